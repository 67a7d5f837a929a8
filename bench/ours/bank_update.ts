import { MemoryBank } from "../../src/bank/memory_bank.ts";
import type { Precision } from "../../src/bank/table.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { rowsOf } from "../../src/ops/contrast_parts.ts";
import { openTape } from "../../src/ops/tape.ts";
import { bankRows } from "../bank_rows.ts";
import { MOMENTUM } from "../cases/bank_update.ts";
import { given, type OursCase } from "./ours.ts";

/** Halves and shards are no array of numbers to read from: there a second launch fetches the rows that were written, and is timed too. */
const update =
  (precision: Precision): OursCase =>
  (gpu, { B = 0, D = 0, N = 0 }, inputs) => {
    const bank = new MemoryBank(gpu, { rows: N, dim: D, start: "unit", momentum: MOMENTUM, precision });
    bank.write(given(inputs, "bank", "f32"));
    const plan = new Plan(gpu, "bank update");
    const tape = openTape(plan, true);
    const [features, index] = [tape.input("features", [B, D]), tape.input("index", [B], "u32")];
    bank.update(tape, index, features);
    const plain = bank.table.layout === undefined;
    return {
      plan,
      results: { rows: plain ? bank.table : rowsOf(tape, bank.table, index) },
      ...(plain && { convert: { rows: bankRows(inputs) } }),
      feed: [
        [features, given(inputs, "features", "f32")],
        [index, given(inputs, "index", "u32")],
      ],
      close: () => bank.destroy(),
    };
  };

export const bankUpdate = update("f32");
export const bankUpdateHalves = update("f16");
