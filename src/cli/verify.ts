import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../errors.ts";
import type { VerifyLine } from "../host/jobs.ts";
import type { RunFolder } from "../train/folder.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { runOnHost } from "./hosts.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Output } from "./output.ts";

/** The cases that nearfar ships. */
const SHIPPED = fileURLToPath(new URL("../../conformance", import.meta.url));

export const verify: Command = {
  name: "verify",
  summary: "Check that this GPU computes every objective correctly",
  usage: "[DIR-or-FILE ...] [options]",
  about: [
    "Runs reference cases (made with double-precision PyTorch) through the objectives on this adapter and compares losses, gradients " +
      "and bank rows. A case passes when every relative error is at most 1e-4. Without arguments: the cases that nearfar ships.",
    "Exit code 1 if any case failed. An objective that is not implemented yet is skipped.",
  ],
  positionals: [0, Number.POSITIVE_INFINITY],
  options: [HOST_OPTION],
  examples: [
    ["", "all shipped cases on the default adapter"],
    ["--host chrome --json", "the same in headless Chrome, one JSON line a case"],
    ["conformance/instdisc-nce.safetensors", "one case"],
  ],
  async run(args, output) {
    const files = await caseFiles(args.positionals.length > 0 ? args.positionals : [SHIPPED]);
    // Cases travel under their number: paths are nobody's business in a browser.
    const cases = files.map((name, i) => ({ file: `${i}.safetensors`, name }));
    const interrupt = new Interrupt(() => process.exit(INTERRUPTED));
    const emit = (event: object) => {
      output.event(event);
      show(event as VerifyLine, output);
    };
    try {
      const done = await runOnHost(args, { kind: "verify", cases }, { folder: new Files(files), signal: interrupt.signal, emit });
      output.event(done);
      const { passed, failed, skipped, adapter } = done;
      output.line(`\n${output.bold(`${passed} passed, ${failed} failed, ${skipped} skipped`)} on ${adapter}`);
      return failed > 0 ? 1 : 0;
    } finally {
      interrupt.close();
    }
  },
};

/** The files themselves, and the `.safetensors` files of folders, sorted. @throws UsageError when one does not exist or a folder has none */
async function caseFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const info = await stat(path).catch((cause: unknown) => {
      throw new UsageError(`${path}: no such file or folder`, { cause });
    });
    if (!info.isDirectory()) {
      files.push(path);
      continue;
    }
    const found = (await readdir(path)).filter((name) => name.endsWith(".safetensors")).sort();
    if (found.length === 0) throw new UsageError(`${path}: no reference cases (*.safetensors) in this folder`);
    files.push(...found.map((name) => join(path, name)));
  }
  return files;
}

/** The case files as a folder that can only be read: "3.safetensors" is the fourth one. */
class Files implements RunFolder {
  constructor(private readonly paths: readonly string[]) {}

  async read(name: string): Promise<Uint8Array | undefined> {
    const path = this.paths[Number.parseInt(name, 10)];
    return path === undefined ? undefined : readFile(path);
  }

  async write(name: string): Promise<void> {
    throw new UsageError(`${name}: reference cases are never written`);
  }

  append(name: string): Promise<void> {
    return this.write(name);
  }
}

function show({ case: name, passed, errors, skipped, error }: VerifyLine, output: Output): void {
  const verdict = passed ? "passed " : skipped === undefined ? output.bold("FAILED ") : output.dim("skipped");
  const worst = Object.entries(errors).toSorted(([, a], [, b]) => b - a)[0];
  const why = error ?? skipped ?? (worst ? `worst error ${worst[1].toExponential(1)} (${worst[0]})` : "");
  output.line(`${verdict}  ${name.padEnd(30)} ${output.dim(why)}`);
}
