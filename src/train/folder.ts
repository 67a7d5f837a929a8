/**
 * Where a run keeps its files (`config.json`, `metrics.jsonl`, `checkpoint.safetensors`, `report.html`): a folder on disk in
 * Node, a relay to one in headless Chrome, the browser's own file system in a page. Names are plain file names, without folders.
 */
export interface RunFolder {
  /** The whole file, or undefined when there is none. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Replaces the whole file atomically: whoever reads it, even after a crash, finds the old bytes or the new ones. Text is UTF-8. */
  write(name: string, bytes: Uint8Array | string): Promise<void>;
  /** Adds text (UTF-8) at the end; makes the file when there is none. */
  append(name: string, text: string): Promise<void>;
}
