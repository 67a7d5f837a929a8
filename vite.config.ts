import { defineConfig } from "vite";
import { contentPolicy, mnistFiles, sharedStyle } from "./vite.site.ts";

/** The package's entries: see `exports` in package.json. */
const ENTRIES = {
  index: "src/index.ts",
  node: "src/host/node.ts",
  data: "src/data/index.ts",
  objectives: "src/objectives/index.ts",
  encoders: "src/nn/encoders/index.ts",
  evaluate: "src/evaluate/index.ts",
  rl: "src/rl/index.ts",
  text: "src/train/text.ts",
};

/** `vite build` makes the static site, `vite build --mode library` the package's entries. */
export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: mode === "library" ? [] : [mnistFiles(), sharedStyle(), contentPolicy()],
  publicDir: mode === "library" ? (false as const) : "public",
  worker: { format: "es" as const },
  build:
    mode === "library"
      ? {
          outDir: "dist",
          target: "es2023",
          sourcemap: true,
          minify: false,
          lib: { entry: ENTRIES, formats: ["es" as const] },
          rolldownOptions: {
            external: [/^node:/, "webgpu", "@sparticuz/chromium", "fast-png", /^@jsquash\//, "h5wasm/node", "@wasm-audio-decoders/flac"],
          },
        }
      : { outDir: "site", target: "es2023", rolldownOptions: { input: ["index.html", "bench/index.html"] } },
}));
