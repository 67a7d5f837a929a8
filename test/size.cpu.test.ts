import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { beforeAll, describe, expect, test } from "vitest";

/** What every app downloads before it does anything. */
const CORE = 60 * 1024;
/** What the objective or the encoder that a run names, or measuring, may add, each. */
const ON_DEMAND = 16 * 1024;

describe("the core entry, minified and gzipped", () => {
  let chunks: ReadonlyMap<string, Rolldown.OutputChunk>;
  beforeAll(async () => {
    chunks = await bundle(fileURLToPath(new URL("../src/index.ts", import.meta.url)));
  }, 60_000);

  test("is at most 60 KB, with all that it imports", () => {
    const code = codeOf([...chunks.values()].filter(({ isEntry }) => isEntry));
    expect(code).toContain("requestAdapter");
    expect(sizeOf(code)).toBeLessThanOrEqual(CORE);
  });

  test("loads objectives and encoders on demand, each at most 16 KB more", () => {
    const entry = [...chunks.values()].filter(({ isEntry }) => isEntry);
    const core = reached(entry);
    const later = [...chunks.values()].filter(({ fileName }) => !core.has(fileName));
    expect(later.map(({ name }) => name).join()).toContain("invaspread");
    for (const chunk of later) {
      const added = [...reached([chunk])].filter((name) => !core.has(name)).flatMap((name) => chunks.get(name) ?? []);
      const code = added.map((part) => part.code).join("\n");
      expect(sizeOf(code), chunk.name).toBeLessThanOrEqual(ON_DEMAND);
    }
  });

  test("has no runtime dependency", () => {
    const outside = [...chunks.values()]
      .flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports])
      .filter((name) => !chunks.has(name));
    expect(outside).toEqual([]);
  });

  const codeOf = (from: readonly Rolldown.OutputChunk[]): string =>
    [...reached(from)].flatMap((name) => chunks.get(name)?.code ?? []).join("\n");

  /** Names of the chunks that are loaded with these: what they import, and what that imports. */
  function reached(from: readonly Rolldown.OutputChunk[]): ReadonlySet<string> {
    const names = new Set(from.map(({ fileName }) => fileName));
    for (const name of names) for (const next of chunks.get(name)?.imports ?? []) names.add(next);
    return names;
  }
});

const sizeOf = (code: string): number => gzipSync(code, { level: 9 }).length;

async function bundle(entry: string): Promise<Map<string, Rolldown.OutputChunk>> {
  const result = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: true, rolldownOptions: { input: entry, preserveEntrySignatures: "strict" } },
  });
  const outputs = [result].flat() as Rolldown.RolldownOutput[];
  const chunks = outputs.flatMap(({ output }) => output.filter((part) => part.type === "chunk"));
  return new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
}
