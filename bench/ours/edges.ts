import { ViewBanks } from "../../src/bank/view_banks.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { viewEdges } from "../../src/objectives/view_edges.ts";
import { contrastViews, viewRows } from "../../src/ops/contrast_views.ts";
import { openTape } from "../../src/ops/tape.ts";
import { viewsOf } from "../cases/edges.ts";
import { normalizer, TEMPERATURE } from "../cases/nce.ts";
import { given, gradientOf, type OursCase } from "./ours.ts";

export const edges: OursCase = (gpu, size, inputs) => {
  const { B = 0, K = 0, D = 0, N = 0, P = 0 } = size;
  const names = Array.from({ length: viewsOf(size) }, (_, v) => `view ${v}`);
  const graph = viewEdges(names, "core", "sum");
  const z = { kind: "given", value: normalizer(size) } as const;
  const present = names.map(() => undefined);
  const banks = new ViewBanks(gpu, { rows: N, dim: D, edges: graph, present, start: "unit", normalizer: z });
  banks.write(given(inputs, "banks", "f32"));
  const plan = new Plan(gpu, "edges");
  const tape = openTape(plan, true);
  const features = tape.input("features", [names.length, B, D]);
  features.requiresGrad = true;
  const [index, rows] = [tape.input("index", [B], "u32"), tape.input("negatives", [B, K], "u32")];
  const own = viewRows(tape, banks.graph, index);
  const options = { mode: "nce", temperature: TEMPERATURE, negatives: { rows } } as const;
  const { loss } = contrastViews(tape, features, banks, { index, rows: own }, options);
  tape.backward(loss);
  return {
    plan,
    // As published, -ln(1 - h) carries a constant of 1e-7 for each negative, which the reference leaves out.
    convert: { loss: (values) => [(values[0] ?? 0) - 2 * P * K * Math.log1p((1e-7 * N) / K)] },
    results: { loss, gradient: gradientOf(tape, features) },
    feed: [
      [features, given(inputs, "features", "f32")],
      [index, given(inputs, "index", "u32")],
      [rows, given(inputs, "negatives", "u32")],
    ],
    close: () => banks.destroy(),
  };
};
