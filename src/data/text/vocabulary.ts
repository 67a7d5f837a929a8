import { FormatError, UsageError } from "../../errors.ts";
import { checkNumber } from "../../options.ts";

/** Stands for every word that is not in a vocabulary; its number is 0. */
export const UNKNOWN = "<unknown>";

/** Words by number, the most frequent first; number 0 is every other word. */
export class Vocabulary {
  readonly #ids: ReadonlyMap<string, number>;

  /** @param words number 1, 2, ...; all different */
  constructor(readonly words: readonly string[]) {
    this.#ids = new Map(words.map((word, i) => [word, i + 1]));
    if (this.#ids.size !== words.length || this.#ids.has(UNKNOWN)) throw new FormatError("a vocabulary has each word once");
  }

  /** Numbers that a word can have, the unknown one among them. */
  get size(): number {
    return this.words.length + 1;
  }

  /** 0 for a word that is not in it. */
  id(word: string): number {
    return this.#ids.get(word) ?? 0;
  }

  word(id: number): string {
    return id === 0 ? UNKNOWN : (this.words[id - 1] ?? UNKNOWN);
  }
}

export interface VocabularyOptions {
  /** Words at most, the unknown one not counted: the most frequent ones. Default 20,000, as in the paper. */
  readonly size?: number;
  /** How often a word must have been seen. Default 2. */
  readonly least?: number;
  /** Different words held while counting. Default a million. */
  readonly held?: number;
}

/**
 * Counts words as they stream by, in bounded memory: when more different ones are held than allowed, the rarest are let go (Manku and Motwani
 * 2002: a word seen more often than the bound says is always kept).
 */
export class VocabularyBuilder {
  readonly #counts = new Map<string, number>();
  readonly #size: number;
  readonly #least: number;
  readonly #held: number;
  #floor = 0;

  /** @throws UsageError on a value out of range */
  constructor({ size = 20_000, least = 2, held = 1_000_000 }: VocabularyOptions = {}) {
    for (const [name, value] of Object.entries({ size, least, held })) checkNumber(`vocabulary: ${name}`, value, { min: 1, integer: true });
    if (held < size) throw new UsageError(`vocabulary: held: expected as many as its size of ${size} or more, got ${held}`);
    [this.#size, this.#least, this.#held] = [size, least, held];
  }

  add(words: Iterable<string>): void {
    for (const word of words) {
      // A word that was let go may have been seen as often as the floor says, and no more.
      this.#counts.set(word, (this.#counts.get(word) ?? this.#floor) + 1);
      if (this.#counts.size > this.#held) this.#prune();
    }
  }

  #prune(): void {
    while (this.#counts.size > this.#held / 2) {
      this.#floor++;
      for (const [word, count] of this.#counts) if (count <= this.#floor) this.#counts.delete(word);
    }
  }

  /** The vocabulary so far: by frequency, equals in the order of their characters. @throws UsageError when no word is frequent enough */
  finish(): Vocabulary {
    const frequent = [...this.#counts].filter(([, count]) => count >= this.#least);
    if (frequent.length === 0) throw new UsageError(`vocabulary: no word was seen ${this.#least} times`);
    frequent.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    return new Vocabulary(frequent.slice(0, this.#size).map(([word]) => word));
  }
}
