/** Where an agent is. A world's own state has more in it. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** What an action led to. */
export interface Outcome<S extends Place> {
  readonly state: S;
  readonly reward: number;
  /** The episode is over. */
  readonly ended: boolean;
}

/** A whole number from 0 to below `n`, of the episode at hand: each call draws another one. */
export type Draw = (n: number) => number;

/**
 * A grid that an agent walks: one episode of it, as pure functions of a state. The agent sees a square window around itself and no more, so
 * that what lies behind it is in its memory alone.
 */
export interface World<S extends Place = Place> {
  readonly name: string;
  /** One sentence for people. */
  readonly about: string;
  /** What a cell can be seen to be, the floor left out. */
  readonly kinds: readonly string[];
  /** Most actions of an episode: it ends with that one. */
  readonly limit: number;
  /** Mean return of the best policy that remembers nothing, where it is known. */
  readonly forgetful?: number;
  /** Mean return of the best policy there is. */
  readonly best: number;
  begin(draw: Draw): S;
  /** What a cell is: a place in `kinds`, or -1 for the floor. Beyond the edge: the wall. */
  look(state: S, row: number, column: number): number;
  act(state: S, action: number): Outcome<S>;
}

/** Rows and columns of each action: up, right, down, left. */
const MOVES = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;
export const ACTIONS = MOVES.length;

/** Side of the window, an odd number of cells: the agent stands in the middle. */
export const VIEW = 5;

/** Numbers of an observation: each cell of the window is one of the world's kinds, or none of them. */
export const observationSize = ({ kinds }: Pick<World, "kinds">): number => VIEW * VIEW * kinds.length;

/** The cell that an action leads to, whatever it is. */
export function target({ row, column }: Place, action: number): Place {
  const [down = 0, right = 0] = MOVES[action] ?? [];
  return { row: row + down, column: column + right };
}

/** Writes what the agent sees into `to`, from `at` on: `observationSize` numbers, 0 or 1, row by row, kinds innermost. */
export function observe<S extends Place>(world: World<S>, state: S, to: Float32Array, at: number): void {
  const { length } = world.kinds;
  to.fill(0, at, at + VIEW * VIEW * length);
  const reach = (VIEW - 1) / 2;
  for (let i = 0; i < VIEW * VIEW; i++) {
    const kind = world.look(state, state.row - reach + Math.floor(i / VIEW), state.column - reach + (i % VIEW));
    if (kind >= 0) to[at + i * length + kind] = 1;
  }
}
