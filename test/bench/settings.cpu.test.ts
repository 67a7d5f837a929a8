import { expect, test } from "vitest";
import { CASES } from "../../bench/cases/index.ts";
import { benchSettings } from "../../bench/page/settings.ts";

test("an address without settings means everything, with both peers", () => {
  const { cases, sizes, seconds, variants } = benchSettings("");
  expect(cases).toEqual(CASES);
  expect([sizes, seconds]).toEqual(["issue", 2]);
  expect(variants).toEqual(["ours", "tfjs-webgpu", "jax-js-webgpu"]);
});

test("settings of the address", () => {
  const { cases, sizes, seconds, variants } = benchSettings("?only=matmul-*,nce&sizes=ragged&seconds=0.5&with=jax");
  expect(cases.map(({ name }) => name)).toEqual(["matmul-nn", "matmul-nt", "matmul-tn", "nce"]);
  expect([sizes, seconds]).toEqual(["ragged", 0.5]);
  expect(variants).toEqual(["ours", "jax-js-webgpu"]);
});

test.each([
  ["?size=ragged", /unknown setting "size": expected only, sizes, seconds, with/],
  ["?sizes=huge", /sizes: expected issue, small/],
  ["?seconds=long", /seconds to "long": expected 0 to 60/],
  ["?seconds=", /seconds to "": expected 0 to 60/],
  ["?with=torch", /unknown library "torch" in with: expected tfjs, jax/],
  ["?only=nothing", /no case "nothing"/],
])("%s is refused", (search, message) => {
  expect(() => benchSettings(search)).toThrow(message);
});
