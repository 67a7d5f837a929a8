import { commandLine } from "./command_line.ts";

process.stdout.once("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.stdout.on("error", () => {});
  // The reader went away (`| head`). A run that can be stopped and saved is, as if by Ctrl-C; anything else just ends.
  if (!process.emit("SIGTERM", "SIGTERM")) process.exit(1);
});
process.exitCode = await commandLine(process.argv.slice(2), process.stdout, process.stderr);
