/** What becomes of a command when the reader of its output goes away (`| head`). */
export function endWithReader(): void {
  process.stdout.once("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.stdout.on("error", () => {});
    // What can be stopped and saved is, as if by Ctrl-C; anything else just ends.
    if (!process.emit("SIGTERM", "SIGTERM")) process.exit(1);
  });
}
