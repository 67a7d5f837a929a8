import { test } from "vitest";
import { ViewBanks } from "../../src/bank/view_banks.ts";
import { contrastViews, viewRows } from "../../src/ops/contrast_views.ts";
import { Tensor } from "../../src/tensor.ts";
import { unitRows } from "../contrast_run.ts";
import { gradcheck } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

test.each([
  ["full-softmax", true],
  ["softmax", true],
  ["nce", true],
] as const)("gradient of %s into every view (some missing: %s)", async (mode, missing) => {
  const gpu = await testGpu();
  const [V, B, N, D] = [3, 4, 30, 8];
  const edges = [[0, 1], [1, 0], [2, 0], [1, 2]].map(([anchor = 0, bank = 0], e) => ({ anchor, bank, weight: 1 + e / 2 })); // biome-ignore format: pairs
  const present = Array.from({ length: V }, (_, v) =>
    missing ? Uint8Array.from({ length: N }, (_, i) => Number((i + v) % 3 > 0)) : undefined,
  );
  const banks = new ViewBanks(gpu, { rows: N, dim: D, edges, present, start: "unit", seed: 3, normalizer: { kind: "given", value: 40 } });
  await gradcheck(
    gpu,
    { features: [V, B, D] },
    (tape, { features }) => {
      const operand = tape.plan.input("index", [B], "u32"); // all zero: one sample four times, which scoring does not mind
      const index = new Tensor(operand.slot, operand.shape, "u32");
      const rows = viewRows(tape, banks.graph, index);
      return contrastViews(tape, features!, banks, { index, rows }, { mode, temperature: 0.5, negatives: { count: 12 } }).loss;
    },
    { value: (_, i) => unitRows(V * B, D, 5)[i]! },
  );
  banks.destroy();
});
