/** Where text goes: process.stdout and process.stderr, or a test's. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Everything a command prints. With `--json`, stdout carries one JSON object per line; text for people is then left out. */
export class Output {
  #live = "";

  constructor(
    readonly json: boolean,
    readonly out: Sink,
    readonly err: Sink,
  ) {}

  /** Whether a line can be redrawn: a person is looking at a terminal. */
  get live(): boolean {
    return !this.json && this.out.isTTY === true;
  }

  /** For programs: one line, only with `--json`. */
  event(event: object): void {
    if (this.json) this.out.write(`${JSON.stringify(event, plainNumbers)}\n`);
  }

  /** For people: a line that stays. */
  line(text = ""): void {
    if (this.json) return;
    this.out.write(`${this.#erase()}${text}\n${this.#live}`);
  }

  /** For people: the bottom line, redrawn in place; "" takes it away. Only on a terminal. */
  status(text: string): void {
    if (!this.live) return;
    const cursor = text === "" ? "\u001b[?25h" : "\u001b[?25l";
    this.out.write(`${this.#erase()}${text === this.#live ? "" : cursor}${text}`);
    this.#live = text;
  }

  /** Something went wrong, or is about to: on stderr, with or without `--json`. */
  problem(text: string): void {
    this.status("");
    this.err.write(`${text}\n`);
  }

  /** Something that a person should know, on stderr. */
  readonly warn = (text: string): void => this.problem(`nearfar: warning: ${text}`);

  bold(text: string): string {
    return this.#styled(1, text);
  }

  dim(text: string): string {
    return this.#styled(2, text);
  }

  #styled(code: number, text: string): string {
    const colourful = this.live && !process.env.NO_COLOR;
    return colourful ? `\u001b[${code}m${text}\u001b[22m` : text;
  }

  #erase(): string {
    return this.#live === "" ? "" : "\r\u001b[K";
  }
}

/** JSON has no word for infinity and NaN; a null in their place would look like "not measured". */
function plainNumbers(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}
