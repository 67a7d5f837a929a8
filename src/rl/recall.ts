import { checkNumber } from "../options.ts";
import { type Place, target, type World } from "./world.ts";

interface Recall extends Place {
  /** The arm that pays: 0 above, 1 below. */
  readonly arm: number;
}

const [WALL, ABOVE, BELOW, END] = [0, 1, 2, 3];

/**
 * A corridor with a fork at its end. A cue beside the start, seen from the first three cells only, says which arm pays 1; the other one pays
 * nothing. The way pays nothing either. Who remembers gets 1, who does not 0.5: a T-maze (Bakker 2001, NIPS 14).
 * @param length cells from the start to the fork, 3 or more: at the fork the cue is out of sight
 * @throws UsageError
 */
export function recallWorld(length = 6): World<Recall> {
  checkNumber("recallWorld: length", length, { min: 3, integer: true });
  const look = ({ arm }: Recall, row: number, column: number): number => {
    if (row === -1 && column === 0) return arm === 0 ? ABOVE : BELOW;
    if (row === 0 && column >= 0 && column <= length) return -1;
    return Math.abs(row) === 1 && column === length ? END : WALL;
  };
  return {
    name: "recall",
    about: `a corridor of ${length + 1} cells, a cue at its start that says which arm of the fork at its end pays 1`,
    kinds: ["wall", "cue: above", "cue: below", "end"],
    limit: 10 * length,
    forgetful: 0.5,
    best: 1,
    begin: (draw) => ({ row: 0, column: 0, arm: draw(2) }),
    look,
    act(state, action) {
      const to = target(state, action);
      const kind = look(state, to.row, to.column);
      if (kind === END) return { state: { ...state, ...to }, reward: to.row === (state.arm === 0 ? -1 : 1) ? 1 : 0, ended: true };
      return { state: kind < 0 ? { ...state, ...to } : state, reward: 0, ended: false };
    },
  };
}
