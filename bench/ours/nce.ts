import { MemoryBank } from "../../src/bank/memory_bank.ts";
import type { Precision } from "../../src/bank/table.ts";
import { Plan } from "../../src/gpu/plan.ts";
import type { Operand } from "../../src/gpu/slot.ts";
import { type ContrastMode, contrastBank } from "../../src/ops/contrast_bank.ts";
import { openTape } from "../../src/ops/tape.ts";
import { normalizer, TEMPERATURE } from "../cases/nce.ts";
import type { OursCase } from "./ours.ts";
import { given, gradientOf } from "./ours.ts";

/** Loss and gradient by the features, against rows that the caller chose. */
const contrast =
  (mode: ContrastMode, precision: Precision = "f32"): OursCase =>
  (gpu, size, inputs) => {
    const { B = 0, D = 0, N = 0, K = 0 } = size;
    const z = { kind: "given", value: normalizer(size) } as const;
    const bank = new MemoryBank(gpu, { rows: N, dim: D, start: "unit", normalizer: z, precision });
    bank.write(given(inputs, "bank", "f32"));
    const plan = new Plan(gpu, mode);
    const tape = openTape(plan, true);
    const features = tape.input("features", [B, D]);
    features.requiresGrad = true;
    const index = tape.input("index", [B], "u32");
    const rows = K > 0 ? tape.input("negatives", [B, K], "u32") : undefined;
    const negatives = rows && { rows: rows as Operand };
    const { loss } = contrastBank(tape, features, bank, index, { mode, temperature: TEMPERATURE, negatives });
    tape.backward(loss);
    return {
      plan,
      // As published, -ln(1 - h) carries a constant of 1e-7 for each negative, which the reference and the peers leave out.
      convert: { loss: (values) => [(values[0] ?? 0) - (mode === "nce" ? K * Math.log1p((1e-7 * N) / K) : 0)] },
      results: { loss, gradient: gradientOf(tape, features) },
      feed: [
        [features, given(inputs, "features", "f32")],
        [index, given(inputs, "index", "u32")],
        ...(rows ? [[rows, given(inputs, "negatives", "u32")] as const] : []),
      ],
      close: () => bank.destroy(),
    };
  };

export const nce = contrast("nce");
export const sampledSoftmax = contrast("softmax");
export const fullSoftmax = contrast("full-softmax");
export const nceHalves = contrast("nce", "f16");
export const sampledSoftmaxHalves = contrast("softmax", "f16");
