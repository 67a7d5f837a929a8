import type { InfoEvent } from "../host/jobs.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { runOnHost } from "./hosts.ts";
import { Interrupt } from "./interrupt.ts";
import type { Output } from "./output.ts";

/** Limits that decide what fits and how kernels may be shaped; the rest is in the JSON. */
const SHOWN_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupsPerDimension",
];

export const info: Command = {
  name: "info",
  summary: "Show the GPU that would be used, and measure it",
  usage: "[options]",
  about: ["Prints the adapter, its features and limits, and two measured figures: multiply-adds and memory bandwidth."],
  positionals: [0, 0],
  options: [HOST_OPTION],
  examples: [
    ["", "the adapter that Dawn finds"],
    ["--host chrome --json", "the adapter that Chrome finds, for programs"],
  ],
  async run(args, output) {
    output.status("measuring ...");
    const interrupt = new Interrupt(() => process.exit(130));
    try {
      const event = await runOnHost(args, { kind: "info" }, { signal: interrupt.signal, emit: () => {} });
      output.status("");
      output.event(event);
      show(event, output);
      return 0;
    } finally {
      output.status("");
      interrupt.close();
    }
  },
};

function show({ adapter, identity, features, limits, variants, fma, copy }: InfoEvent, output: Output): void {
  const row = (name: string, value: string) => output.line(`${name.padEnd(36)}${value}`);
  output.line(output.bold(adapter));
  if (identity.software) output.line("A software adapter: correct, but it runs on the CPU. Its figures say nothing about a GPU.");
  output.line();
  row("multiply-adds (f32)", `${figures(fma / 1e9)} GFLOP/s`);
  row("copy (read + write)", `${figures(copy / 1e9)} GB/s`);
  const { subgroupMinSize: least, subgroupMaxSize: most } = identity;
  row("subgroup lanes", least === 0 ? "not told" : least === most ? String(least) : `${least} to ${most}`);
  row("variants of kernels", variants);
  row("f16 activations", features.includes("shader-f16") ? "offered: train --activations f16" : "not offered: no shader-f16");
  for (const name of SHOWN_LIMITS) {
    const value = limits[name];
    if (value !== undefined) row(name, value >= 2 ** 20 ? `${(value / 2 ** 20).toFixed(0)} MiB` : value.toLocaleString("en"));
  }
  output.line();
  output.line(`features: ${features.join(", ")}`);
}

const figures = (value: number): string => value.toLocaleString("en", { maximumSignificantDigits: 3 });
