import { expect, it } from "vitest";
import { MemoryBank } from "../../src/bank/memory_bank.ts";
import { testGpu } from "../host.ts";

it("bank.nearest finds the rows most like a query, before any plan has used the bank", async () => {
  const bank = new MemoryBank(await testGpu(), { rows: 5, dim: 4, start: "unit" });
  bank.write(Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0.6, 0.8, 0, 0, 0, 0, 1, 0, -1, 0, 0, 0));
  const found = await bank.nearest({ data: Float32Array.of(2, 0, 0, 0, 0, 3, 0, 0), shape: [2, 4] }, 2);
  expect([...found.index]).toEqual([0, 2, 1, 2]);
  expect([...found.similarity].map((s) => s.toFixed(5))).toEqual(["1.00000", "0.60000", "1.00000", "0.80000"]);
  bank.destroy();
});
