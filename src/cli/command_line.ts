import { NearfarError, UsageError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { CALL } from "./call.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { embed } from "./embed.ts";
import { evaluate } from "./evaluate.ts";
import { experiment } from "./experiment.ts";
import { commandHelp, overview } from "./help.ts";
import { info } from "./info.ts";
import { type Arguments, parseArguments } from "./options.ts";
import { Output, type Sink } from "./output.ts";
import { presets } from "./presets.ts";
import { probe } from "./probe.ts";
import { retrieve } from "./retrieve.ts";
import { suggest } from "./suggest.ts";
import { train } from "./train.ts";
import { defaultShown } from "./train_options.ts";
import { tune } from "./tune.ts";
import { verify } from "./verify.ts";

const COMMANDS: readonly Command[] = [train, evaluate, probe, retrieve, embed, presets, experiment, verify, tune, info];

/** Runs `nearfar ARGS`, and tells `out` and `err` what a person or a program should know. @returns the exit code */
export async function commandLine(args: readonly string[], out: Sink, err: Sink): Promise<number> {
  const [first, ...rest] = args;
  // Known before anything can go wrong, so that errors take the right form, too.
  const output = new Output(args.includes("--json"), out, err);
  const print = (text: string): number => {
    out.write(text);
    return 0;
  };
  try {
    if (first === undefined) {
      output.problem(overview(COMMANDS, CALL));
      return 2;
    }
    if (first === "--version" || first === "-V") return print(`${VERSION}\n`);
    if (first === "--help" || first === "-h" || (first === "help" && rest.length === 0)) return print(overview(COMMANDS, CALL));
    if (first === "help") return await commandLine([...rest, "--help"], out, err);
    const command = findCommand(first);
    if (rest.includes("--help") || rest.includes("-h")) return print(commandHelp(command, CALL, defaultShown));
    return await command.run(parse(command, rest), output);
  } catch (error) {
    return report(error, output);
  }
}

function findCommand(name: string): Command {
  const names = COMMANDS.map((command) => command.name);
  const found = COMMANDS.find((command) => command.name === name);
  if (found) return found;
  if (name.startsWith("-")) throw new UsageError(`the command comes first (${names.join(", ")}), then options such as ${name}`);
  const near = suggest(name, names);
  throw new UsageError(`unknown command ${JSON.stringify(name)}${near ? `; did you mean ${near}?` : `: expected ${names.join(", ")}`}`);
}

function parse(command: Command, rest: readonly string[]): Arguments {
  const args = parseArguments(rest, [...command.options, ...COMMON_OPTIONS]);
  const [least, most] = command.positionals;
  const count = args.positionals.length;
  if (count < least) throw new UsageError(`usage: ${CALL} ${command.name} ${command.usage}`);
  if (count > most)
    throw new UsageError(`unexpected ${JSON.stringify(args.positionals[most])}. Usage: ${CALL} ${command.name} ${command.usage}`);
  return args;
}

/** Says what went wrong, in words; a defect also shows where. @returns the exit code */
function report(error: unknown, output: Output): number {
  const known = error instanceof NearfarError;
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  output.event({ event: "error", error: name, message });
  const detailed = !known || error.name === "InternalError" || Boolean(process.env.NEARFAR_DEBUG);
  output.problem(`nearfar: ${detailed ? (stack ?? message) : message}`);
  if (!(error instanceof UsageError)) return 1;
  output.problem(`See ${CALL} --help`);
  return 2;
}
