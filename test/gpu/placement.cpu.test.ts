import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Lifetime, place } from "../../src/gpu/placement.ts";
import { align, Slot } from "../../src/gpu/slot.ts";

const random = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 5000 }), first: fc.nat(30), length: fc.nat(10) }), { maxLength: 40 });

function build(rows: { bytes: number; first: number; length: number }[]): Lifetime[] {
  return rows.map(({ bytes, first, length }, i) => ({ slot: new Slot(`s${i}`, bytes), first, last: first + length }));
}

describe("placement by liveness", () => {
  it("never lets two slots that are alive together share bytes", () => {
    fc.assert(
      fc.property(random, (rows) => {
        const lifetimes = build(rows);
        const { places, arenas } = place(lifetimes, new Map(), 1e9);
        for (const a of lifetimes) {
          const pa = places.get(a.slot);
          if (!pa) return false;
          if (pa.offset % 256 !== 0 || pa.offset + align(a.slot.bytes) > (arenas[pa.arena] ?? 0)) return false;
          for (const b of lifetimes) {
            const pb = places.get(b.slot);
            if (a === b || !pb || pa.arena !== pb.arena || a.first > b.last || b.first > a.last) continue;
            if (pa.offset < pb.offset + b.slot.bytes && pb.offset < pa.offset + a.slot.bytes) return false;
          }
        }
        return true;
      }),
    );
  });

  it("reuses the bytes of what is no longer needed", () => {
    const chain = Array.from({ length: 10 }, (_, i) => ({ slot: new Slot(`s${i}`, 1024), first: i, last: i + 1 }));
    expect(place(chain, new Map(), 1e9).arenas).toEqual([2048]);
  });

  it("keeps a dispatch's reads and writes in different buffers", () => {
    const [a, b] = [new Slot("a", 256), new Slot("b", 256)];
    const apart = new Map([
      [a, new Set([b])],
      [b, new Set([a])],
    ]);
    const { places } = place(
      [
        { slot: a, first: 0, last: 1 },
        { slot: b, first: 1, last: 1 },
      ],
      apart,
      1e9,
    );
    expect(places.get(a)?.arena).not.toBe(places.get(b)?.arena);
  });

  it("starts another arena rather than pass the adapter's buffer limit", () => {
    const slots = [0, 1, 2].map((i) => ({ slot: new Slot(`s${i}`, 600), first: 0, last: 9 }));
    expect(place(slots, new Map(), 1600).arenas).toEqual([1536, 768]);
  });
});
