// npm run gen [-- --check]: checks every shader and writes (or compares) the modules that TypeScript sees them through.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MODULES } from "./gen/emit.ts";
import { generate } from "./gen/generate.ts";

/** Runs the generator on a checkout. Returns the exit code: 1 when a shader is wrong or, with `check`, when a file is stale. */
export function main(root: string, check: boolean, print: (line: string) => void = console.error): number {
  const { made, problems } = generate(readShaders(root));
  for (const problem of problems) print(problem);
  if (problems.length > 0) return 1;
  const changed = [...made].filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), "utf8") !== text);
  const orphans = modulesIn(root).filter((path) => !made.has(path));
  if (!check) {
    mkdirSync(join(root, MODULES), { recursive: true });
    for (const [path, text] of changed) writeFileSync(join(root, path), text);
    for (const path of orphans) rmSync(join(root, path));
    return 0;
  }
  const stale = [...changed.map(([path]) => path), ...orphans];
  for (const path of stale) print(`${path} is stale: run "npm run gen" and commit it`);
  return stale.length > 0 ? 1 : 0;
}

function modulesIn(root: string): string[] {
  const folder = join(root, MODULES);
  return existsSync(folder) ? readdirSync(folder).map((name) => `${MODULES}/${name}`) : [];
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
