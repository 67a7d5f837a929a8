/** A record of CIFAR: label bytes, then 3,072 pixels that all hold `value` but for the first (red, top left) and the last (blue, bottom right). */
export const record = (labels: number[], value: number): number[] => [...labels, 1, ...Array<number>(3070).fill(value), 2];

/** One entry of a tar archive as POSIX describes it. */
export function entry(name: string, data: Uint8Array, type = "0", damage = 0): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write(`${data.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        ", 148);
  header.write(type, 156);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((a, b) => a + b, damage);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

/** A whole archive: entries and the end mark. */
export const tar = (...entries: Buffer[]): Buffer => Buffer.concat([...entries, Buffer.alloc(1024)]);
