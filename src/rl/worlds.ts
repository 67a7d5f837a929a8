import { InternalError, ShapeError, UsageError } from "../errors.ts";
import { Purpose, randomBelow, randomStream } from "../random.ts";
import { ACTIONS, type Draw, observationSize, observe, type Place, type World } from "./world.ts";

/** What the last action of every environment led to. */
export interface Step {
  readonly rewards: Float32Array;
  /** 1 where the episode ended with it: the environment is then at the start of its next one. */
  readonly ended: Uint8Array;
}

/** An episode that is over. */
export interface Episode {
  /** Sum of its rewards, not discounted. */
  readonly reward: number;
  readonly length: number;
}

/** One environment. */
interface Running<S extends Place> {
  readonly state: S;
  readonly number: number;
  readonly length: number;
  readonly reward: number;
}

/** N environments of one world, one action each at a time. Episode e of environment b is a function of (seed, b, e). */
export class Worlds<S extends Place = Place> {
  readonly #running: Running<S>[];
  readonly #stream: number;
  #over: Episode[] = [];

  constructor(
    readonly world: World<S>,
    readonly count: number,
    seed: number,
  ) {
    this.#stream = randomStream(seed, Purpose.synthetic);
    this.#running = Array.from({ length: count }, (_, b) => this.#begin(b, 0));
  }

  #begin(b: number, number: number): Running<S> {
    let calls = 0;
    const draw: Draw = (n) => randomBelow(n, this.#stream, b, number, calls++);
    return { state: this.world.begin(draw), number, length: 0, reward: 0 };
  }

  /** What every agent sees now, f32[N, observation]. */
  observe(): Float32Array<ArrayBuffer> {
    const size = observationSize(this.world);
    const seen = new Float32Array(this.count * size);
    this.#running.forEach(({ state }, b) => {
      observe(this.world, state, seen, b * size);
    });
    return seen;
  }

  /** Number of the episode that every environment is in. */
  episodes(): Uint32Array<ArrayBuffer> {
    return Uint32Array.from(this.#running, ({ number }) => number);
  }

  /** Whether every environment is at the start of its episode: 1 or 0. */
  fresh(): Float32Array<ArrayBuffer> {
    return Float32Array.from(this.#running, ({ length }) => (length === 0 ? 1 : 0));
  }

  /** One action in every environment. @throws ShapeError, UsageError when there are more or fewer, or one that does not exist */
  step(actions: ArrayLike<number>): Step {
    if (actions.length !== this.count) throw new ShapeError(`worlds: ${actions.length} actions for ${this.count} environments`);
    const [rewards, ended] = [new Float32Array(this.count), new Uint8Array(this.count)];
    for (let b = 0; b < this.count; b++) {
      const action = actions[b] ?? ACTIONS;
      if (!(Number.isInteger(action) && action >= 0 && action < ACTIONS))
        throw new UsageError(`worlds: action ${action} of environment ${b}: expected 0 to ${ACTIONS - 1}`);
      const next = this.#act(b, action);
      rewards[b] = next.reward;
      ended[b] = next.ended ? 1 : 0;
    }
    return { rewards, ended };
  }

  #act(b: number, action: number): { readonly reward: number; readonly ended: boolean } {
    const own = this.#running[b];
    if (!own) throw new InternalError(`no environment ${b}`);
    const { state, reward, ended } = this.world.act(own.state, action);
    const now = { ...own, state, length: own.length + 1, reward: own.reward + reward };
    const over = ended || now.length >= this.world.limit;
    if (over) this.#over.push({ reward: now.reward, length: now.length });
    this.#running[b] = over ? this.#begin(b, own.number + 1) : now;
    return { reward, ended: over };
  }

  /** Episodes that have ended since this was asked last. */
  finished(): readonly Episode[] {
    const over = this.#over;
    this.#over = [];
    return over;
  }
}
