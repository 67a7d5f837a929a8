import { COMMON_OPTIONS, type Command } from "./command.ts";
import type { Option } from "./options.ts";

const WIDTH = 100;

/** `nearfar --help`: what it is, the commands, how to go on. `call` is what a person types: "nearfar" or "npm run -s nearfar --". */
export function overview(commands: readonly Command[], call: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 3;
  return [
    "nearfar trains contrastive encoders on hand-written WebGPU kernels.",
    "",
    `Usage: ${call} COMMAND [options]`,
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    "",
    "Examples:",
    ...commands.flatMap((command) => exampleLines(command, call).slice(0, 2)),
    "",
    `${call} COMMAND --help tells more about a command, --version prints the version.`,
    "Exit codes: 0 done, 1 failed, 2 the command line cannot be used, 130 stopped by Ctrl-C (the run was saved).",
    "",
  ].join("\n");
}

/** `nearfar COMMAND --help`. */
export function commandHelp(command: Command, call: string, defaultOf: (option: Option) => string | undefined): string {
  const options = [...command.options, ...COMMON_OPTIONS];
  const groups = [...new Set(options.map(({ group }) => group))];
  return [
    ...wrap(`${command.summary}.`, 0),
    "",
    `Usage: ${call} ${command.name} ${command.usage}`,
    "",
    ...command.about.flatMap((paragraph) => [...wrap(paragraph, 0), ""]),
    ...groups.flatMap((group) => [
      `${group}:`,
      ...options.filter((option) => option.group === group).flatMap((option) => optionLines(option, defaultOf(option))),
      "",
    ]),
    "Examples:",
    ...exampleLines(command, call),
    "",
  ].join("\n");
}

const exampleLines = ({ name, examples }: Command, call: string): string[] =>
  examples.flatMap(([line, meaning]) => [`  ${call} ${name} ${line}`.trimEnd(), `      ${meaning}`]);

function optionLines(option: Option, shown: string | undefined): string[] {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  const left = `  ${short}--${option.name}${option.type === "flag" ? "" : ` ${option.value ?? "VALUE"}`}`;
  const right = wrap(`${option.help}${shown === undefined ? "" : ` [${shown}]`}`, 28);
  const first = right[0]?.trimStart() ?? "";
  // A long name gets a line of its own.
  return left.length > 26 ? [left, ...right] : [left.padEnd(28) + first, ...right.slice(1)];
}

/** Breaks text at spaces so that no line is longer than the page, each indented. */
function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((content) => " ".repeat(indent) + content);
}
