import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";

const LIMIT = 60 * 1024;

test("the core entry is at most 60 KB, minified and gzipped", { timeout: 60_000 }, async () => {
  const chunks = await bundle(fileURLToPath(new URL("../src/index.ts", import.meta.url)));
  const code = chunks.map((chunk) => chunk.code).join("\n");
  expect(code).toContain("requestAdapter");
  const inside = new Set(chunks.map((chunk) => chunk.fileName));
  const outside = chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]).filter((name) => !inside.has(name));
  expect(outside, "the core has no runtime dependency").toEqual([]);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(LIMIT);
});

async function bundle(entry: string): Promise<Rolldown.OutputChunk[]> {
  const result = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: true, rolldownOptions: { input: entry, preserveEntrySignatures: "strict" } },
  });
  const outputs = [result].flat() as Rolldown.RolldownOutput[];
  return outputs.flatMap(({ output }) => output.filter((part) => part.type === "chunk"));
}
