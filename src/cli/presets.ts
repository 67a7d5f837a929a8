import { UsageError } from "../errors.ts";
import { mebibytes } from "../gpu/memory.ts";
import type { MeasureDone } from "../host/job_measure.ts";
import { checkNumber } from "../options.ts";
import { resolveConfig } from "../train/config.ts";
import { type Cost, costOf, countOf } from "../train/cost.ts";
import { PRESETS, type Preset, presetOf } from "../train/presets.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { runOnHost } from "./hosts.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Arguments } from "./options.ts";
import type { Output } from "./output.ts";
import { clock } from "./progress.ts";

const MEASURE = "Measuring";
/** Most bytes of images that are generated when nobody says how many. */
const MOST_BYTES = 200e6;

export const presets: Command = {
  name: "presets",
  summary: "List the published recipes, show one, or measure what it costs here",
  usage: "[NAME] [options]",
  about: [
    "Without a name: a table of all presets, with what training costs (from the launches of the recorded step; evaluation not counted) and the " +
      "published figure. With one: its config as JSON, which --config takes; `made` says where it is from. `train --preset NAME` trains it.",
    "--measure runs some training steps of it on images of noise and projects an epoch and the whole run: here, and on a GPU of --tflops.",
  ],
  positionals: [0, 1],
  options: [
    { name: "measure", type: "flag", group: MEASURE, help: "time training steps on generated images" },
    { name: "batch", type: "integer", value: "B", group: MEASURE, help: "images a step", shown: "the preset's" },
    { name: "accumulate", type: "integer", value: "N", group: MEASURE, help: "compute a batch in N parts", shown: "the preset's" },
    { name: "limit", type: "integer", value: "N", group: MEASURE, help: "images generated (rows of a bank)", shown: "all, up to 200 MB" },
    { name: "steps", type: "integer", value: "N", group: MEASURE, help: "steps timed, after one that is not", shown: "3" },
    {
      name: "tflops",
      type: "number",
      value: "T",
      group: MEASURE,
      help: "float32 peak of the GPU projected to, in 1e12 a second",
      shown: "10",
    },
    { name: "share", type: "number", value: "S", group: MEASURE, help: "share of that peak assumed to be reached, 0 to 1", shown: "0.3" },
    HOST_OPTION,
  ],
  examples: [
    ["", "the table"],
    ["instdisc-cifar10 > mine.json", "a config to change and train with --config mine.json"],
    ["instdisc-cifar10 --measure --batch 16", "what it costs on this machine"],
  ],
  async run(args, output) {
    const [name] = args.positionals;
    const measuring = [...args.values.keys()].find((option) => option !== "json" && option !== "measure");
    if (measuring !== undefined && !args.values.has("measure")) throw new UsageError(`--${measuring} is for --measure`);
    if (name === undefined) {
      if (args.values.has("measure")) throw new UsageError("--measure wants the name of a preset");
      await list(output);
      return 0;
    }
    const preset = presetOf(name);
    if (args.values.has("measure")) await measure(preset, args, output);
    else await show(preset, output);
    return 0;
  },
};

async function list(output: Output): Promise<void> {
  const rows = [["preset", "data", "encoder", "epochs", "PFLOP", "aims at"]];
  for (const preset of PRESETS) {
    const config = resolveConfig(preset.config);
    const cost = await costOf(config, preset.images);
    output.event({ event: "preset", ...madeOf(preset, cost), config: preset.config });
    const peta = (cost.flops / 1e15).toLocaleString("en", { maximumSignificantDigits: 3 });
    rows.push([preset.name, preset.config.data?.name ?? "(yours)", config.encoder.name, String(config.epochs), peta, preset.figure]);
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const [i, row] of rows.entries()) {
    const line = row.map((cell, column) =>
      column > 2 && column < 5 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    output.line(i === 0 ? output.bold(line.join("  ").trimEnd()) : line.join("  ").trimEnd());
  }
}

async function show(preset: Preset, output: Output): Promise<void> {
  const cost = await costOf(resolveConfig(preset.config), preset.images);
  const made = madeOf(preset, cost);
  output.event({ event: "preset", ...made, config: preset.config });
  output.line(JSON.stringify({ ...preset.config, made }, null, 2));
}

function madeOf({ name, title, source, figure, protocol, differences, images }: Preset, cost: Cost) {
  const { launches, flopsPerImage, flopsPerStep, stepsPerEpoch, flops, memory } = cost;
  const costs = { launches, flopsPerImage, flopsPerStep, stepsPerEpoch, flops, bytes: memory.total };
  return { preset: name, title, source, figure, protocol, differences, images, cost: costs };
}

async function measure(preset: Preset, args: Arguments, output: Output): Promise<void> {
  const { values } = args;
  const number = (name: string, otherwise: number): number => (values.get(name) as number | undefined) ?? otherwise;
  const base = resolveConfig(preset.config);
  const config = resolveConfig({ ...base, batch: number("batch", base.batch), accumulate: number("accumulate", base.accumulate) });
  const { images } = preset;
  const { count: all, what } = countOf(images);
  const most = "count" in images ? Math.floor(MOST_BYTES / (images.channels * images.height * images.width)) : all;
  const count = number("limit", Math.min(all, most));
  const [steps, tflops, share] = [number("steps", 3), number("tflops", 10), number("share", 0.3)];
  checkNumber("--limit", count, { min: config.batch, max: all, integer: true });
  checkNumber("--steps", steps, { min: 1, integer: true });
  checkNumber("--tflops", tflops, { min: 0, above: true });
  checkNumber("--share", share, { min: 0, max: 1, above: true });
  output.status("measuring ...");
  const interrupt = new Interrupt(() => process.exit(INTERRUPTED));
  try {
    const job = { kind: "measure", config, images: { ...images, [what === "images" ? "count" : what]: count }, steps } as const;
    const done = await runOnHost(args, job, { signal: interrupt.signal, emit: () => {} });
    const projected = project(done, await costOf(base, images), { epochs: base.epochs, count: all, tflops, share });
    output.status("");
    output.event({ ...done, preset: preset.name, ...projected });
    report(preset, done, projected, what, output);
  } finally {
    output.status("");
    interrupt.close();
  }
}

/** Seconds of training alone: at the speed measured, and at `share` of a peak of `tflops`. */
function project(done: MeasureDone, cost: Cost, of: { epochs: number; count: number; tflops: number; share: number }) {
  const { epochs, tflops, share } = of;
  const [here, there] = [of.count / done.imagesPerSecond, cost.flops / epochs / (tflops * 1e12 * share)];
  return { epochs, tflops, share, epochSeconds: here, runSeconds: epochs * here, gpuEpochSeconds: there, gpuRunSeconds: epochs * there };
}

function report(preset: Preset, done: MeasureDone, projected: ReturnType<typeof project>, what: string, output: Output): void {
  const figures = (value: number) => value.toLocaleString("en", { maximumSignificantDigits: 3 });
  const row = (name: string, text: string) => output.line(`${name.padEnd(10)}${text}`);
  const { memory, batch, launches, steps, flopsPerStep, secondsPerStep, imagesPerSecond, flopsPerSecond } = done;
  const { epochs, tflops, share, epochSeconds, runSeconds, gpuEpochSeconds, gpuRunSeconds } = projected;
  const parts = Object.entries(memory.bytes)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([name, bytes]) => `${name} ${mebibytes(bytes)}`);
  output.line(output.bold(`${preset.name}: ${preset.title}`));
  row("adapter", `${done.adapter}; ${done.images.toLocaleString("en")} generated ${what}`);
  row(
    "step",
    `${batch} ${what}, ${launches} launches, ${figures(flopsPerStep / 1e9)} GFLOP: ${figures(secondsPerStep)} s (mean of ${steps})`,
  );
  row("speed", `${figures(imagesPerSecond)} ${what}/s, ${figures(flopsPerSecond / 1e9)} GFLOP/s`);
  row("memory", `${mebibytes(memory.total)} (${parts.join(", ")})`);
  row("an epoch", `${clock(epochSeconds)} here; ${clock(gpuEpochSeconds)} at ${100 * share} % of ${figures(tflops)} TFLOP/s`);
  row("the run", `${clock(runSeconds)} here for ${epochs} epochs; ${clock(gpuRunSeconds)} there, evaluation not counted`);
}
