import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertUnique } from "../../src/data/indices.ts";
import { Loader, type LoaderOptions } from "../../src/data/loader.ts";
import { UsageError } from "../../src/errors.ts";

describe("Loader", () => {
  it("shows every sample at most once an epoch, in full batches, and drops the rest", () => {
    const sizes = fc.integer({ min: 1, max: 60 }).chain((length) => fc.tuple(fc.constant(length), fc.integer({ min: 1, max: length })));
    fc.assert(
      fc.property(sizes, fc.nat({ max: 2 ** 32 - 1 }), fc.nat({ max: 3 }), ([length, batchSize], seed, epoch) => {
        const loader = new Loader({ length, batchSize, seed });
        expect(loader.stepsPerEpoch).toBe(Math.floor(length / batchSize));
        const seen = new Set<number>();
        for (let batch = 0; batch < loader.stepsPerEpoch; batch++) {
          const step = loader.at(epoch * loader.stepsPerEpoch + batch);
          expect([step.epoch, step.batch, step.indices.length]).toEqual([epoch, batch, batchSize]);
          assertUnique(step.indices);
          for (const index of step.indices) seen.add(index);
        }
        expect(seen.size).toBe(loader.stepsPerEpoch * batchSize);
        expect(Math.max(...seen)).toBeLessThan(length);
      }),
    );
  });

  it("is a function of the step alone, whatever was asked before", () => {
    const options = { length: 100, batchSize: 7, seed: 3 };
    const forwards = new Loader(options);
    const all = Array.from({ length: 60 }, (_, step) => forwards.at(step));
    const backwards = new Loader(options);
    for (let step = 59; step >= 0; step--) expect(backwards.at(step)).toEqual(all[step]);
    for (const step of [0, 42, 13]) expect(new Loader(options).at(step)).toEqual(all[step]);
  });

  it("is not changed by what a caller does to a batch", () => {
    const loader = new Loader({ length: 10, batchSize: 5, seed: 1 });
    const before = loader.at(1).indices.slice();
    loader.at(1).indices.fill(0);
    expect(loader.at(1).indices).toEqual(before);
  });

  it("shuffles anew for each epoch and seed", () => {
    const epoch = (seed: number, n: number) => [...new Loader({ length: 50, batchSize: 50, seed }).at(n).indices];
    const orders = [epoch(1, 0), epoch(1, 1), epoch(2, 0), epoch(2, 1)].map(String);
    expect(new Set(orders).size).toBe(4);
    expect(orders).not.toContain(String([...Array(50).keys()]));
  });

  const good: LoaderOptions = { length: 10, batchSize: 5, seed: 0 };
  const bad: readonly [string, object, string][] = [
    ["a batch larger than the data", { batchSize: 11 }, "loader: batch size 11: expected at most 10, the number of samples"],
    ["batches of nothing", { batchSize: 0 }, "loader: batch size: expected an integer of 1 or more"],
    ["a fractional batch", { batchSize: 2.5 }, "loader: batch size: expected an integer of 1 or more and at most 4294967295, got 2.5"],
    ["no data", { length: 0 }, "loader: number of samples: expected an integer of 1 or more"],
    ["a negative seed", { seed: -1 }, "loader: seed: expected an integer of 0 or more and at most 4294967295, got -1"],
    ["a seed beyond 32 bits", { seed: 2 ** 32 }, "got 4294967296"],
    ["NaN", { batchSize: Number.NaN }, "loader: batch size: expected"],
    ["an unknown option", { shuffle: false }, 'loader: unknown option "shuffle"'],
  ];
  it.each(bad)("refuses %s", (_, change, message) => {
    expect(() => new Loader({ ...good, ...change })).toThrow(UsageError);
    expect(() => new Loader({ ...good, ...change })).toThrow(message);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])("refuses step %d", (step) => {
    expect(() => new Loader(good).at(step)).toThrow(UsageError);
  });
});

describe("assertUnique", () => {
  it("accepts distinct indices and none at all", () => {
    assertUnique(Uint32Array.of(3, 1, 2));
    assertUnique(new Uint32Array(0));
  });

  it("names the duplicate and both places", () => {
    expect(() => assertUnique(Uint32Array.of(4, 9, 2, 9))).toThrow("batch: sample 9 at places 1 and 3: every sample may occur once only");
    expect(() => assertUnique(Uint32Array.of(0, 0))).toThrow(UsageError);
  });
});
