import { describe, test } from "vitest";
import { MemoryBank } from "../../src/bank/memory_bank.ts";
import { Store } from "../../src/gpu/store.ts";
import { contrastBank } from "../../src/ops/contrast_bank.ts";
import { gradcheck } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

describe("gradient of contrastBank by central differences", () => {
  test.each([
    ["full-softmax", 0],
    ["softmax", 0],
    ["nce", 0],
    ["full-softmax", 4],
    ["nce", 4],
  ] as const)("%s, lambda %d", async (mode, proximal) => {
    const [B, N, D] = [3, 17, 8];
    const gpu = await testGpu();
    const bank = new MemoryBank(gpu, { rows: N, dim: D, start: "unit", normalizer: { kind: "given", value: 40 } });
    const store = new Store(gpu, "index", "data");
    const index = { slot: store.add("index", 4 * B), shape: [B], dtype: "u32" as const };
    store.write(index.slot, Uint32Array.of(16, 0, 9));
    const options = { mode, temperature: 0.5, negatives: { count: 10 }, proximal };
    await gradcheck(gpu, { features: [B, D] }, (tape, { features }) => contrastBank(tape, features!, bank, index, options).loss);
    store.destroy();
    bank.destroy();
  });
});
