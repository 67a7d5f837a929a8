/** What a WAV file of the tests is made of: written by other code than reads it, and able to be wrong on purpose. */
export interface WavSpec {
  readonly rate?: number;
  readonly channels?: number;
  /** 1 PCM, 3 floating point. */
  readonly tag?: number;
  readonly bits?: number;
  readonly extensible?: boolean;
  /** Interleaved samples as the format stores them: integers, unsigned for 8 bits; or floating-point numbers. */
  readonly values: readonly number[];
  /** Chunks before and after the samples, by name; "fmt" and "data" stand for those two. Default: fmt, data. */
  readonly order?: readonly (readonly [string, Uint8Array] | "fmt" | "data")[];
  /** Leave the last padding byte out, as many programs do. */
  readonly unpadded?: boolean;
}

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const little = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n));

/** The bytes of a WAV file. */
export function wavBytes(spec: WavSpec): Uint8Array {
  const { rate = 8000, channels = 1, tag = 1, bits = 16, extensible = false, values, order = ["fmt", "data"], unpadded = false } = spec;
  const frame = (channels * bits) / 8;
  const plain = (first: number) => [
    ...little(first, 2),
    ...little(channels, 2),
    ...little(rate, 4),
    ...little(rate * frame, 4),
    ...little(frame, 2),
    ...little(bits, 2),
  ];
  const guid = [...little(tag, 2), 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
  const fmt = extensible ? [...plain(0xfffe), ...little(22, 2), ...little(bits, 2), ...little(0, 4), ...guid] : plain(tag);
  const data = values.flatMap((value) => (tag === 3 ? floating(value, bits) : little(value, bits / 8)));
  const chunk = (name: string, body: readonly number[], last: boolean) => [
    ...ascii(name),
    ...little(body.length, 4),
    ...body,
    ...(body.length % 2 === 1 && !(unpadded && last) ? [0] : []),
  ];
  const chunks = order.flatMap((part, i) => {
    const last = i === order.length - 1;
    if (part === "fmt") return chunk("fmt ", fmt, last);
    if (part === "data") return chunk("data", data, last);
    return chunk(part[0], [...part[1]], last);
  });
  return Uint8Array.from([...ascii("RIFF"), ...little(4 + chunks.length, 4), ...ascii("WAVE"), ...chunks]);
}

function floating(value: number, bits: number): number[] {
  const view = new DataView(new ArrayBuffer(bits / 8));
  if (bits === 32) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return [...new Uint8Array(view.buffer)];
}

/** Samples of a tone as 16-bit integers: `hertz` at `rate`, `level` of full scale. */
export function tone(length: number, hertz: number, rate = 8000, level = 0.5): number[] {
  return Array.from({ length }, (_, i) => Math.round(level * 32767 * Math.sin((2 * Math.PI * hertz * i) / rate)) + 0); // no negative zeros
}
