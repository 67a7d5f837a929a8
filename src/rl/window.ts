import { NO_ACTION } from "../ops/policy.ts";
import { ACTIONS, observationSize } from "./world.ts";
import type { Worlds } from "./worlds.ts";

/** One frame of N environments. */
export interface Frames {
  /** f32[N, observation] */
  readonly observation: Float32Array;
  /** f32[N, actions + 1] */
  readonly past: Float32Array;
  /** f32[N] */
  readonly keep: Float32Array;
}

/** T actions of N environments, and the frame after them: inputs of a `Learner`'s update. */
export interface Window {
  /** f32[N, T + 1, observation] */
  readonly observation: Float32Array;
  /** f32[N, T + 1, actions + 1] */
  readonly past: Float32Array;
  /** f32[N, T + 1] */
  readonly keep: Float32Array;
  /** u32[N, T + 1] */
  readonly episode: Uint32Array;
  /** u32[N, T + 1]; the last frame has none. */
  readonly action: Uint32Array;
  /** f32[N, T] */
  readonly reward: Float32Array;
  /** f32[N, T]: 0 where the episode ended with the action. */
  readonly goesOn: Float32Array;
}

/** Lets N environments and an agent take turns, and keeps what a window holds. */
export class Recorder {
  #past: Float32Array<ArrayBuffer>;

  /** @param memory false: the core starts anew at every frame */
  constructor(
    readonly worlds: Worlds,
    readonly memory: boolean,
  ) {
    this.#past = new Float32Array(worlds.count * (ACTIONS + 1));
  }

  /** What the agent is told now. */
  frames(): Frames {
    const fresh = this.worlds.fresh();
    return { observation: this.worlds.observe(), past: this.#past, keep: fresh.map((first) => (this.memory && !first ? 1 : 0)) };
  }

  /** A window of T actions. @param act the agent's answer to a frame, t of the window */
  async record(T: number, act: (t: number, frames: Frames) => Promise<ArrayLike<number>>): Promise<Window> {
    const window = emptyWindow(this.worlds.count, T, observationSize(this.worlds.world));
    for (let t = 0; t < T; t++) {
      const frames = this.frames();
      this.#write(window, t, T, frames);
      const actions = await act(t, frames);
      const { rewards, ended } = this.worlds.step(actions);
      for (let b = 0; b < this.worlds.count; b++) {
        window.action[b * (T + 1) + t] = actions[b] ?? NO_ACTION;
        window.reward[b * T + t] = rewards[b] ?? 0;
        window.goesOn[b * T + t] = ended[b] ? 0 : 1;
      }
      this.#past = pastOf(actions, rewards, ended);
    }
    this.#write(window, T, T, this.frames());
    return window;
  }

  #write(window: Window, t: number, T: number, { observation, past, keep }: Frames): void {
    const N = this.worlds.count;
    const episodes = this.worlds.episodes();
    for (let b = 0; b < N; b++) {
      const at = b * (T + 1) + t;
      for (const [to, from] of [
        [window.observation, observation],
        [window.past, past],
        [window.keep, keep],
      ] as const) {
        const size = from.length / N;
        to.set(from.subarray(b * size, (b + 1) * size), at * size);
      }
      window.episode[at] = episodes[b] ?? 0;
    }
  }
}

function emptyWindow(N: number, T: number, observation: number): Window {
  return {
    observation: new Float32Array(N * (T + 1) * observation),
    past: new Float32Array(N * (T + 1) * (ACTIONS + 1)),
    keep: new Float32Array(N * (T + 1)),
    episode: new Uint32Array(N * (T + 1)),
    action: new Uint32Array(N * (T + 1)).fill(NO_ACTION),
    reward: new Float32Array(N * T),
    goesOn: new Float32Array(N * T),
  };
}

/** The action before a frame and its reward, or nothing where an episode has just begun. */
function pastOf(actions: ArrayLike<number>, rewards: Float32Array, ended: Uint8Array): Float32Array<ArrayBuffer> {
  const past = new Float32Array(rewards.length * (ACTIONS + 1));
  rewards.forEach((reward, b) => {
    if (ended[b]) return;
    past[b * (ACTIONS + 1) + (actions[b] ?? 0)] = 1;
    past[b * (ACTIONS + 1) + ACTIONS] = reward;
  });
  return past;
}
