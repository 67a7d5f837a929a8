import { createHash } from "node:crypto";

// A FLAC encoder for tests, after RFC 9639: frames of verbatim and constant subframes, which compress (nearly) nothing.

export interface FlacSpec {
  readonly rate?: number;
  readonly bits?: number;
  /** Samples of each channel as integers, all of one length. */
  readonly channels: readonly (readonly number[])[];
  /** Samples of a frame, but the last. */
  readonly block?: number;
  /** Leave the MD5 out. */
  readonly unsigned?: boolean;
  /** Write other numbers into STREAMINFO than are true. */
  readonly lie?: { readonly samples?: number; readonly rate?: number };
}

/** The bytes of a FLAC file. */
export function flacBytes({ rate = 8000, bits = 16, channels, block = 256, unsigned = false, lie = {} }: FlacSpec): Uint8Array {
  const samples = channels[0]?.length ?? 0;
  const info = new Bits();
  info.put(block, 16).put(block, 16).put(0, 24).put(0, 24);
  info
    .put(lie.rate ?? rate, 20)
    .put(channels.length - 1, 3)
    .put(bits - 1, 5);
  info.put(0, 4).put(lie.samples ?? samples, 32);
  const md5 = unsigned ? new Uint8Array(16) : createHash("md5").update(interleaved(channels, bits)).digest();
  const frames: number[] = [];
  for (let from = 0, number = 0; from < samples; from += block, number++) {
    frames.push(
      ...frame(
        channels.map((channel) => channel.slice(from, from + block)),
        { rate, bits, number },
      ),
    );
  }
  return Uint8Array.from([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34, ...info.bytes(), ...md5, ...frames]);
}

/** What the MD5 is of: little-endian integers of whole bytes, one channel's after the other's. */
function interleaved(channels: readonly (readonly number[])[], bits: number): Uint8Array {
  const width = Math.ceil(bits / 8);
  const out: number[] = [];
  for (let i = 0; i < (channels[0]?.length ?? 0); i++)
    for (const channel of channels) for (let k = 0; k < width; k++) out.push(((channel[i] ?? 0) >> (8 * k)) & 255);
  return Uint8Array.from(out);
}

const SAMPLE_SIZES: Readonly<Record<number, number>> = { 8: 1, 12: 2, 16: 4, 20: 5, 24: 6 };

function frame(
  channels: readonly (readonly number[])[],
  { rate, bits, number }: { readonly rate: number; readonly bits: number; readonly number: number },
): number[] {
  const head = new Bits();
  head.put(0b11111111111110, 14).put(0, 1).put(0, 1);
  // Block size and rate in 16 bits each at the end of the header.
  head
    .put(0b0111, 4)
    .put(0b1101, 4)
    .put(channels.length - 1, 4)
    .put(SAMPLE_SIZES[bits] ?? 0, 3)
    .put(0, 1);
  for (const byte of new TextEncoder().encode(String.fromCodePoint(number))) head.put(byte, 8);
  head.put((channels[0]?.length ?? 0) - 1, 16).put(rate, 16);
  head.put(crc(head.bytes(), 8, 0x07), 8);
  for (const channel of channels) {
    const constant = channel.every((value) => value === channel[0]);
    head
      .put(0, 1)
      .put(constant ? 0 : 1, 6)
      .put(0, 1);
    for (const value of constant ? channel.slice(0, 1) : channel) head.put(value, bits);
  }
  head.align();
  return [...head.bytes(), ...new Bits().put(crc(head.bytes(), 16, 0x8005), 16).bytes()];
}

/** The remainder of bits, most significant first, by a polynomial of `width` bits; no start value, nothing reflected. */
function crc(bytes: readonly number[], width: number, polynomial: number): number {
  let rest = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const out = (rest >> (width - 1)) & 1;
      rest = ((rest << 1) & (2 ** width - 1)) ^ (out ^ ((byte >> bit) & 1) ? polynomial : 0);
    }
  }
  return rest;
}

/** Bits, most significant first. */
class Bits {
  readonly #bits: number[] = [];

  /** The low `count` bits of an integer, which may be negative. */
  put(value: number, count: number): this {
    for (let bit = count - 1; bit >= 0; bit--) this.#bits.push(Math.floor(value / 2 ** bit) & 1);
    return this;
  }

  align(): void {
    while (this.#bits.length % 8 > 0) this.#bits.push(0);
  }

  bytes(): number[] {
    const out: number[] = [];
    for (let at = 0; at < this.#bits.length; at += 8) out.push(this.#bits.slice(at, at + 8).reduce((sum, bit) => 2 * sum + bit, 0));
    return out;
  }
}
