import { expect, test } from "vitest";
import { ShapeError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { Store } from "../../src/gpu/store.ts";
import { embedding, NO_WORD, wordPlaces } from "../../src/ops/embedding.ts";
import { meanSteps } from "../../src/ops/mean_steps.ts";
import { openTape } from "../../src/ops/tape.ts";
import { gradcheck } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

async function given(data: Uint32Array) {
  const store = new Store(await testGpu(), "given", "data");
  const slot = store.add("given", data.byteLength);
  store.write(slot, data);
  return { slot, shape: [data.length], dtype: "u32" } as const;
}

test("the gradient of an embedding: words that come often, once and never, and places without a word", async () => {
  const index = Uint32Array.of(3, 0, NO_WORD, 3, 3, 5, NO_WORD, 0);
  const { places, starts } = wordPlaces(index, 6);
  expect([...starts]).toEqual([0, 2, 2, 2, 5, 5, 6]);
  expect([...places]).toEqual([1, 7, 0, 3, 4, 5, 2, 6]);
  const words = { index: await given(index), places: await given(places), starts: await given(starts.slice()) };
  await gradcheck(await testGpu(), { table: [6, 4] }, (tape, { table }) => embedding(tape, table!, words));
});

test("the gradient of a mean over as many steps as there are", async () => {
  const length = await given(Uint32Array.of(5, 1, 0, 3));
  await gradcheck(await testGpu(), { x: [4, 3, 5] }, (tape, { x }) => meanSteps(tape, x!, length));
});

test("sizes that do not match are refused while recording", async () => {
  const tape = openTape(new Plan(await testGpu(), "refused"), true);
  const [index, starts] = [tape.tensor([5], "u32"), tape.tensor([4], "u32")];
  expect(() => embedding(tape, tape.tensor([4, 2]), { index, places: index, starts })).toThrow(/starts \[4\]: expected .*\[V \+ 1\]/);
  expect(() => meanSteps(tape, tape.tensor([4, 2]), index)).toThrow(ShapeError);
});
