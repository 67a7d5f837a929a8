import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { GpuUnavailableError, InternalError } from "../errors.ts";

/**
 * The script of the page that headless Chrome opens: the built one beside this file when there is one (an installed package),
 * else bundled in memory from the source, which takes about half a second and can never be stale.
 */
export async function pageScript(): Promise<string> {
  const built = fileURLToPath(new URL("./chrome_page.js", import.meta.url));
  return existsSync(built) ? readFile(built, "utf8") : bundlePage(fileURLToPath(new URL("./chrome_page.ts", import.meta.url)));
}

/** A page's script with all that it imports, in one text. @param entry path of a TypeScript file @throws GpuUnavailableError without vite */
export async function bundlePage(entry: string): Promise<string> {
  const { build } = await import("vite").catch((cause: unknown) => {
    throw new GpuUnavailableError('--host chrome needs the package "vite" to build its page. Install it: npm i -D vite', { cause });
  });
  const result = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: false, target: "es2023", rolldownOptions: { input: entry, output: { codeSplitting: false } } },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const chunks = outputs.flatMap((part) => ("output" in part ? part.output : [])).filter((part) => part.type === "chunk");
  const [script] = chunks;
  if (!script || chunks.length !== 1)
    throw new InternalError(`the page of --host chrome was built as ${chunks.length} scripts instead of one`);
  return script.code;
}
