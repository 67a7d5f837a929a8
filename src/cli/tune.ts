import type { TuneRow } from "../gpu/tune.ts";
import { clearTunings, keepTuning } from "../host/tuning_cache.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { runOnHost } from "./hosts.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";

export const tune: Command = {
  name: "tune",
  summary: "Measure which variants of kernels are fastest on this adapter, and remember them",
  usage: "[options]",
  about: [
    "Kernels on which time depends have several variants: register tiles, subgroup broadcasts, workgroup memory. All that the adapter supports " +
      "are timed on small shapes, and their results compared; the winners go into the user's cache folder. Runs started afterwards use them, " +
      "until nearfar, the driver or the host changes. A run that was started before, or with --deterministic, keeps the variants it has.",
  ],
  positionals: [0, 0],
  options: [
    HOST_OPTION,
    { name: "clear", type: "flag", group: "What is remembered", help: "forget all measurements, of every adapter, and measure nothing" },
  ],
  examples: [
    ["", "the adapter that Dawn finds"],
    ["--host chrome --json", "the adapter that Chrome finds, one JSON line a kernel and shape"],
    ["--clear", "back to the defaults"],
  ],
  async run(args, output) {
    if (args.values.has("clear")) return clear(output);
    output.status("measuring ...");
    const interrupt = new Interrupt(() => process.exit(INTERRUPTED));
    const rows: TuneRow[] = [];
    const emit = (event: object) => {
      output.event(event);
      rows.push(event as TuneRow);
      output.status(`measuring ... ${rows.length}`);
    };
    try {
      const done = await runOnHost(args, { kind: "tune" }, { signal: interrupt.signal, emit });
      output.status("");
      const file = await keepTuning(done.tuning, args.values.get("host") === "chrome" ? "chrome" : "dawn");
      show(rows, output);
      output.line(`\n${output.bold(done.adapter)}`);
      output.line(`remembered in ${file}`);
      output.event({ ...done, file });
      return rows.some(({ candidates }) => candidates.some(({ error }) => error !== undefined)) ? 1 : 0;
    } finally {
      output.status("");
      interrupt.close();
    }
  },
};

async function clear(output: Output): Promise<number> {
  const files = await clearTunings();
  output.event({ event: "cleared", files });
  output.line(files.length === 0 ? "nothing was remembered" : `forgotten: ${files.join(", ")}`);
  return 0;
}

/** One line a kernel and shape: the winner, and every candidate's time. */
function show(rows: readonly TuneRow[], output: Output): void {
  const lines = rows.map(({ family, shape, winner, default: usual, candidates }) => {
    const times = candidates.map(({ variant, milliseconds, error }) =>
      error === undefined ? `${variant} ${milliseconds.toPrecision(3)}` : `${variant} FAILED`,
    );
    return [`${family}, ${shape}`, winner, winner === usual ? "" : `default ${usual}`, times.join("   ")];
  });
  for (const line of table([["kernel, shape", "chosen", "", "ms"], ...lines])) output.line(line);
  for (const { family, shape, candidates } of rows)
    for (const { variant, error } of candidates)
      if (error !== undefined) output.problem(`nearfar: ${variant} of ${family}, ${shape}: ${error}`);
}
