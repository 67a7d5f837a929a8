import { indexBelow, Purpose, randomStream, randomVec4, unitF32 } from "../../random.ts";

/** Last word of the numbers that a scene's table draws; the shader's own are below (shaders/scenes/scene_image.wgsl). */
const TABLE = 7;

/** The random numbers of one scene, one after the other: a function of (seed, index). */
export class Draw {
  readonly #stream: number;
  #count = 0;

  constructor(
    seed: number,
    readonly index: number,
  ) {
    this.#stream = randomStream(seed, Purpose.synthetic);
  }

  #bits(): number {
    const count = this.#count++;
    return randomVec4(this.#stream, this.index, count >> 2, TABLE)[count & 3] ?? 0;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * unitF32(this.#bits());
  }

  /** Integer, uniform from low to high, both included. */
  whole(low: number, high: number): number {
    return low + indexBelow(this.#bits(), high - low + 1);
  }

  chance(probability: number): boolean {
    return unitF32(this.#bits()) < probability;
  }

  /** @param options at least one */
  pick<T>(options: readonly [T, ...T[]]): T {
    return options[this.whole(0, options.length - 1)] ?? options[0];
  }
}
