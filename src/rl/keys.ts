import { checkNumber } from "../options.ts";
import { type Place, target, type World } from "./world.ts";

interface Keys extends Place {
  /** Where the key lies; null once it is taken. */
  readonly key: Place | null;
  readonly door: Place;
  readonly goal: Place;
}

const [WALL, KEY, DOOR, GOAL] = [0, 1, 2, 3];
/** What the key pays; the goal pays the rest of 1. */
const KEY_REWARD = 0.25;

/**
 * Two rooms and a door between them that opens with a key. The key, the door and the goal are elsewhere in every episode, and the window
 * shows a part of a room: an agent must look for each, and remember where it has been and what it has in its hand. The key pays 0.25, the
 * goal 0.75; a door is a wall without the key.
 * @param side rows and columns of the first room, 3 or more; the second one is half as wide
 * @throws UsageError
 */
export function keysWorld(side = 5): World<Keys> {
  checkNumber("keysWorld: side", side, { min: 3, integer: true });
  const width = Math.ceil(side / 2);
  const look = ({ key, door, goal }: Keys, row: number, column: number): number => {
    const at = (place: Place | null) => place?.row === row && place.column === column;
    if (at(door)) return DOOR;
    if (row < 0 || row >= side || column < 0 || column === side || column > side + width) return WALL;
    if (at(key)) return KEY;
    return at(goal) ? GOAL : -1;
  };
  return {
    name: "keys",
    about: `a room of ${side} x ${side} cells with a key in it (0.25), a door, and a goal behind it (0.75)`,
    kinds: ["wall", "key", "door", "goal"],
    limit: 4 * side * side,
    best: 1,
    begin(draw) {
      const [own, key] = [draw(side * side), draw(side * side - 1)];
      const place = (cell: number): Place => ({ row: Math.floor(cell / side), column: cell % side });
      const goal = { row: draw(side), column: side + 1 + draw(width) };
      return { ...place(own), key: place(key < own ? key : key + 1), door: { row: draw(side), column: side }, goal };
    },
    look,
    act(state, action) {
      const to = target(state, action);
      const kind = look(state, to.row, to.column);
      if (kind === WALL || (kind === DOOR && state.key)) return { state, reward: 0, ended: false };
      if (kind === GOAL) return { state: { ...state, ...to }, reward: 1 - KEY_REWARD, ended: true };
      if (kind === KEY) return { state: { ...state, ...to, key: null }, reward: KEY_REWARD, ended: false };
      return { state: { ...state, ...to }, reward: 0, ended: false };
    },
  };
}
