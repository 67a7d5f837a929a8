const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** npm and tsx pass on a Ctrl-C that the terminal has already delivered: the echo within this time is not a second one. */
const ECHO_MILLISECONDS = 400;

/** The exit code of a program that was stopped by Ctrl-C, as shells count. */
export const INTERRUPTED = 130;

/** Ctrl-C (or a polite kill, or a closed terminal): the first one asks to stop, the second one ends the process at once. */
export class Interrupt {
  readonly #abort = new AbortController();
  readonly #stop: () => void;
  readonly #listener = () => this.#interrupted();
  #first = 0;

  /** @param onFirst called at the first signal, once */
  constructor(onFirst: () => void) {
    this.#stop = onFirst;
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  /** Aborted at the first signal. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Signals have their usual effect again. */
  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }

  #interrupted(): void {
    const now = performance.now();
    if (this.#first === 0) {
      this.#first = now;
      this.#abort.abort(new Error("interrupted"));
      this.#stop();
    } else if (now - this.#first > ECHO_MILLISECONDS) process.exit(INTERRUPTED);
  }
}
