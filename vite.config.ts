import { defineConfig } from "vite";

/** `vite build` makes the static site, `vite build --mode library` the package's entries. */
export default defineConfig(({ mode }) => ({
  base: "./",
  worker: { format: "es" as const },
  build:
    mode === "library"
      ? {
          outDir: "dist",
          target: "es2023",
          sourcemap: true,
          minify: false,
          lib: { entry: { index: "src/index.ts", node: "src/host/node.ts" }, formats: ["es" as const] },
          rolldownOptions: { external: [/^node:/, "webgpu", "@sparticuz/chromium"] },
        }
      : { outDir: "site", target: "es2023" },
}));
