// npm run gen [-- --check]: checks every shader and writes (or compares) the table that TypeScript sees them through.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "./gen/generate.ts";

const OUTPUT = "src/gpu/kernels.gen.ts";

/** Runs the generator on a checkout. Returns the exit code: 1 when a shader is wrong or, with `check`, when the table is stale. */
export function main(root: string, check: boolean, print: (line: string) => void = console.error): number {
  const { text, problems } = generate(readShaders(root));
  for (const problem of problems) print(problem);
  if (problems.length > 0) return 1;
  const path = join(root, OUTPUT);
  const current = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (current === text) return 0;
  if (check) print(`${OUTPUT} is stale: run "npm run gen" and commit it`);
  else writeFileSync(path, text);
  return check ? 1 : 0;
}

function readShaders(root: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(join(root, "shaders"), { recursive: true, encoding: "utf8" })) {
    const path = `shaders/${entry.replaceAll("\\", "/")}`;
    if (path.endsWith(".wgsl")) files[path] = readFileSync(join(root, path), "utf8").replaceAll("\r\n", "\n");
  }
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = main(fileURLToPath(new URL("..", import.meta.url)), process.argv.includes("--check"));
}
