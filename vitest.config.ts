import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromeLaunch } from "./src/host/browser.ts";

/** `--project NAME` as given on the command line: Chrome is only unpacked when its tests run. */
const asked = process.argv.flatMap((arg, i) =>
  arg === "--project" ? [process.argv[i + 1]] : arg.startsWith("--project=") ? [arg.slice(10)] : [],
);
const launchOptions = asked.length === 0 || asked.includes("chrome") ? await chromeLaunch() : {};

const gpu = {
  include: ["test/**/*.gpu.test.ts"],
  setupFiles: ["test/setup.gpu.ts"],
  // A software adapter uses every core by itself; two at a time only take turns.
  fileParallelism: false,
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    // One project after the other (groupOrder): they would only share the same cores.
    projects: [
      { test: { name: "cpu", include: ["test/**/*.cpu.test.ts"], pool: "forks", sequence: { groupOrder: 0 } } },
      { test: { name: "dawn", ...gpu, pool: "forks", sequence: { groupOrder: 1 } } },
      {
        test: {
          name: "chrome",
          ...gpu,
          sequence: { groupOrder: 2 },
          include: [...gpu.include, "test/**/*.chrome.test.ts"],
          browser: {
            enabled: true,
            headless: true,
            // A number, not a name: minimal containers do not resolve "localhost".
            api: { host: "127.0.0.1" },
            screenshotFailures: false,
            provider: playwright({ launchOptions }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
      {
        test: {
          name: "e2e",
          sequence: { groupOrder: 3 },
          include: ["test/**/*.e2e.test.ts"],
          pool: "forks",
          // Two at a time: much of their time is one thread's, reading sources and building pages.
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
