import { MemoryBank } from "../../src/bank/memory_bank.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { openTape } from "../../src/ops/tape.ts";
import { bankRows } from "../bank_rows.ts";
import { MOMENTUM } from "../cases/bank_update.ts";
import { given, type OursCase } from "./ours.ts";

export const bankUpdate: OursCase = (gpu, { B = 0, D = 0, N = 0 }, inputs) => {
  const bank = new MemoryBank(gpu, { rows: N, dim: D, start: "unit", momentum: MOMENTUM });
  bank.write(given(inputs, "bank", "f32"));
  const plan = new Plan(gpu, "bank update");
  const tape = openTape(plan, true);
  const [features, index] = [tape.input("features", [B, D]), tape.input("index", [B], "u32")];
  bank.update(tape, index, features);
  return {
    plan,
    results: { rows: bank.table },
    convert: { rows: bankRows(inputs) },
    feed: [
      [features, given(inputs, "features", "f32")],
      [index, given(inputs, "index", "u32")],
    ],
    close: () => bank.destroy(),
  };
};
