import { execFileSync } from "node:child_process";
import { endWithReader } from "../src/cli/broken_pipe.ts";
import { INTERRUPTED, Interrupt } from "../src/cli/interrupt.ts";
import { NearfarError, UsageError } from "../src/errors.ts";
import { writeAtomically } from "../src/host/atomic_write.ts";
import { CASES } from "./cases/index.ts";
import type { Detail } from "./contract.ts";
import { type Entry, entries } from "./entries.ts";
import { type BenchOptions, benchOptions, parseOptions, USAGE } from "./options.ts";
import { benchFile, benchText } from "./out/json.ts";
import { growthLines, type LinearRow } from "./out/lines.ts";
import { renderReport } from "./out/report.ts";
import { caseTable, sizeText } from "./out/table.ts";
import { openChromeHost } from "./run/chrome.ts";
import type { BenchHost, Machine, Roof } from "./run/job.ts";
import { openNodeHost } from "./run/node.ts";
import { failed } from "./run/run_case.ts";

const say = (text = ""): void => void process.stdout.write(`${text}\n`);

/** What has come out so far. */
class Session {
  readonly rows: Detail[] = [];
  readonly linear: LinearRow[] = [];
  machine: Machine | undefined;
  roof: Roof | null = null;

  constructor(
    readonly options: BenchOptions,
    readonly browser: string,
    readonly commit: string,
  ) {}

  async save(): Promise<void> {
    const head = { adapter: this.machine?.adapter ?? "unknown", browser: this.browser, commit: this.commit };
    const { json, html } = this.options;
    if (json !== undefined) await writeAtomically(json, benchText(benchFile(head, this.rows, this.roof)));
    if (html === undefined) return;
    const shown = { ...head, software: this.machine?.software ?? false, roof: this.roof, cases: CASES };
    await writeAtomically(html, renderReport({ ...shown, rows: this.linear.length > 0 ? [] : this.rows, linear: this.linear }));
  }
}

async function main(args: readonly string[]): Promise<number> {
  const values = parseOptions(args);
  if (values.has("help")) return say(USAGE) ?? 0;
  if (values.has("list")) return list();
  const options = benchOptions(values);
  const work = entries(options);
  if (work.length === 0) throw new UsageError("these cases have none of these sizes: see --list");
  const software = options.adapter === "auto" ? undefined : options.adapter === "software";
  const host = await (options.host === "node" ? openNodeHost(software) : openChromeHost(software));
  const session = new Session(options, host.browser, commit());
  const interrupt = new Interrupt(() => void host.close().catch(() => {})); // its failure is told at the end
  try {
    return await measure(host, session, work, interrupt.signal);
  } finally {
    interrupt.close();
    await session.save();
    await host.close();
  }
}

async function measure(host: BenchHost, session: Session, work: readonly Entry[], signal: AbortSignal): Promise<number> {
  const { machine, roof } = await host.run({ kind: "roof" });
  session.machine = machine;
  session.roof = roof;
  say(`${machine.adapter}; ${host.browser}; ${session.commit}`);
  if (machine.software) say("A software adapter: it runs on the CPU. Ratios count, milliseconds say nothing about a GPU.");
  say(`peak ${roof?.gflops.toFixed(1)} GFLOP/s (multiply-adds), copy ${roof?.gbps.toFixed(2)} GB/s (read + written)`);
  for (const entry of work) {
    if (signal.aborted) break;
    say(`\n${entry.bench.title} (${entry.bench.name}), ${sizeText(entry.size)}`);
    const fresh = await rowsOf(host, session.options, entry, signal);
    session.rows.push(...fresh);
    if (entry.axis !== undefined) session.linear.push(...fresh.map((row) => ({ axis: entry.axis ?? "", row })));
    for (const line of caseTable(fresh, roof)) say(`  ${line}`);
    await session.save();
  }
  if (session.linear.length > 0) say("\nexponents (1: a cost in proportion)");
  for (const line of growthLines(session.linear)) say(`  ${line}`);
  return signal.aborted ? INTERRUPTED : 0;
}

/** The rows of a case; when its page breaks as a whole, rows that say so, and the bench goes on. */
async function rowsOf(
  host: BenchHost,
  { seconds, variants }: BenchOptions,
  { bench, size, forms }: Entry,
  signal: AbortSignal,
): Promise<readonly Detail[]> {
  try {
    return (await host.run({ kind: "case", case: bench.name, size, seconds, variants, forms })).rows;
  } catch (error) {
    if (signal.aborted) return [];
    const message = error instanceof Error ? error.message : String(error);
    return variants.map((variant) => failed(bench, size, { variant, form: "best" }, message));
  }
}

function list(): number {
  for (const { name, title, sizes } of CASES) {
    say(`${name}: ${title}`);
    for (const { set, size } of sizes) say(`  ${set.padEnd(9)} ${sizeText(size)}`);
  }
  return 0;
}

function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return git("rev-parse", "--short=12", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+changes");
  } catch {
    return "unknown";
  }
}

function report(error: unknown): number {
  process.stderr.write(`bench: ${error instanceof NearfarError ? error.message : error instanceof Error ? error.stack : error}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${USAGE}`);
  return error instanceof UsageError ? 2 : 1;
}

endWithReader();
process.exitCode = await main(process.argv.slice(2)).catch(report);
