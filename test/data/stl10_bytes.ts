/** The pixel of image i, channel k, row r, column c: each differs from its neighbours, and from its mirror image in the diagonal. */
export const stlPixel = (i: number, k: number, r: number, c: number): number => (7 * i + 50 * k + 3 * r + c) % 256;

/** An image file of STL-10: image by image, channel by channel, column by column. */
export function stlImages(count: number): Uint8Array {
  const bytes = new Uint8Array(count * 27_648);
  let at = 0;
  for (let i = 0; i < count; i++)
    for (let k = 0; k < 3; k++) for (let c = 0; c < 96; c++) for (let r = 0; r < 96; r++) bytes[at++] = stlPixel(i, k, r, c);
  return bytes;
}

/** The files of a small STL-10: 20 training images, 12 held out, 300 without labels. */
export function stlFiles(): Map<string, Uint8Array> {
  const labels = (count: number) => Uint8Array.from({ length: count }, (_, i) => 1 + (i % 10));
  const names = "airplane bird car cat deer dog horse monkey ship truck".split(" ");
  return new Map([
    ["train_X.bin", stlImages(20)],
    ["train_y.bin", labels(20)],
    ["test_X.bin", stlImages(12)],
    ["test_y.bin", labels(12)],
    ["unlabeled_X.bin", stlImages(300)],
    ["class_names.txt", new TextEncoder().encode(`${names.join("\n")}\n`)],
  ]);
}
