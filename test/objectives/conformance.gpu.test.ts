import { describe, expect, test } from "vitest";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { verifyCase } from "../../src/objectives/verify.ts";
import { conformanceFiles } from "../conformance/files.ts";
import { testGpu } from "../host.ts";

/** Tensors that every case of an objective must be judged by. */
const EXPECTED: { readonly [objective: string]: readonly string[] } = {
  instdisc: ["loss", "contrast", "proximal", "gradient.features", "bank.rows"],
  invaspread: ["loss", "gradient.features"],
  cpc: ["loss", "loss.steps", "accuracy.steps", "gradient.latents", "gradient.context", "gradient.weights"],
  cmc: ["loss", "loss.pairs", "gradient.features", "banks.rows"],
};

const files = await conformanceFiles();

test("the reference cases are there", () => {
  expect([...files.keys()].filter((name) => name.startsWith("instdisc")).length).toBe(4);
  expect([...files.keys()].filter((name) => name.startsWith("invaspread")).length).toBe(2);
  expect([...files.keys()].filter((name) => name.startsWith("cpc")).length).toBe(2);
  expect([...files.keys()].filter((name) => name.startsWith("cmc")).length).toBe(2);
});

/** Largest error of a case whose bank is kept in halves: of each entry at most 2^-11, of a score and what follows from it a few of these. */
const HALF_TOLERANCE = 1e-3;

describe("reference cases, the bank in halves", () => {
  for (const [name, bytes] of files) {
    if (!/^(instdisc|cmc)/.test(name)) continue;
    test(name, async () => {
      const file = readSafetensors(bytes, { name });
      const config = JSON.stringify({ ...JSON.parse(file.metadata.get("config") ?? ""), precision: "f16" });
      const { errors } = await verifyCase(await testGpu(), { ...file, metadata: new Map(file.metadata).set("config", config) });
      for (const [tensor, error] of Object.entries(errors)) expect(error, tensor).toBeLessThan(HALF_TOLERANCE);
      const rows = errors["bank.rows"] ?? errors["banks.rows"] ?? 0;
      expect(rows, "they are really halves").toBeGreaterThan(2 ** -14);
    });
  }
});

describe("reference cases", () => {
  for (const [name, bytes] of files) {
    const expected = EXPECTED[name.replace(/-.*/, "")];
    if (!expected) continue;
    test(name, async () => {
      const result = await verifyCase(await testGpu(), readSafetensors(bytes, { name }));
      expect(result).toMatchObject({ case: name, passed: true });
      expect(Object.keys(result.errors)).toEqual(expect.arrayContaining([...expected]));
    });
  }
});
