import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const blocks = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

/** What a reader has and the README leaves out: data, and a device in Node. */
const PRELUDE = `
import { openNodeGpu as openGpu } from "${root}src/host/node.ts";
const noise = (n: number) => Uint8Array.from({ length: n }, (_, i) => (i * 2654435761) >>> 24);
const pixels = (step: number) => Float32Array.from(noise(16 * 784), (v) => (v + step) / 255);
const samples = (step: number) => Uint32Array.from({ length: 16 }, (_, i) => 16 * step + i);
`;

it("shows two examples", () => expect(blocks).toHaveLength(2));

it.each(blocks.map((code, i) => [i + 1, code] as const))("README example %i runs as printed", { timeout: 120_000 }, (_, code) => {
  const folder = mkdtempSync(join(tmpdir(), "nearfar-readme-"));
  try {
    const file = join(folder, "example.mts");
    const body = code.replace(/import \{([^}]*)\} from "nearfar";/, (_, names: string) => {
      return `import {${names.replace(/ openGpu,?/, "")}} from "${root}src/index.ts";`;
    });
    expect(body).not.toContain('"nearfar"');
    writeFileSync(file, `${PRELUDE}${body}\nprocess.exit(0);\n`);
    const output = execFileSync(join(root, "node_modules/.bin/tsx"), [file], { cwd: root, encoding: "utf8" });
    expect(Number(/-?\d+\.\d+/.exec(output.trim().split("\n").at(-1) ?? "")?.[0])).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
