import type { RunFolder } from "./folder.ts";

/** A run folder that lives in memory: for a page that offers its files as downloads, for tests and for short experiments. */
export class MemoryFolder implements RunFolder {
  readonly files = new Map<string, Uint8Array>();

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.files.get(name);
  }

  async write(name: string, bytes: Uint8Array | string): Promise<void> {
    this.files.set(name, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
  }

  async append(name: string, text: string): Promise<void> {
    const before = this.files.get(name) ?? new Uint8Array();
    const added = new TextEncoder().encode(text);
    const whole = new Uint8Array(before.length + added.length);
    whole.set(before);
    whole.set(added, before.length);
    this.files.set(name, whole);
  }
}
