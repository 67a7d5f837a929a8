import type { Draw } from "./draw.ts";
import { times, type Vec3 } from "./vec.ts";

/** How a surface looks: twins of the numbers in shaders/lib/finish.wgsl. */
export const Finish = {
  plain: 0,
  wood: 1,
  planks: 2,
  tiles: 3,
  stripes: 4,
  checks: 5,
  weave: 6,
  books: 7,
  picture: 8,
  screen: 9,
  glow: 10,
  leaf: 11,
  metal: 12,
  marble: 13,
  rug: 14,
  drapes: 15,
  paper: 16,
  mirror: 17,
} as const;

/** A pattern, its two colours (linear RGB) and its size in metres (of `glow` and `screen`: how bright). */
export interface Look {
  readonly finish: number;
  readonly a: Vec3;
  readonly b: Vec3;
  readonly scale: number;
}

/** A colour as painters name it: hue in turns, saturation, value on a screen; to linear RGB. */
export function paint(hue: number, saturation: number, value: number): Vec3 {
  const channel = (offset: number): number => {
    const distance = Math.abs(((((hue + offset) % 1) + 1) % 1) - 0.5) * 6;
    return (value * (1 - saturation * (1 - Math.min(1, Math.max(0, distance - 1))))) ** 2.2;
  };
  return [channel(0), channel(2 / 3), channel(1 / 3)];
}

export const look = (finish: number, a: Vec3, b: Vec3 = a, scale = 1): Look => ({ finish, a, b, scale });
export const plain = (a: Vec3): Look => look(Finish.plain, a);

/** Colours that go together in one room: they are chosen for the scene, not for its kind. */
export interface Style {
  readonly wood: Look;
  readonly paint: Look;
  readonly metal: Look;
  readonly white: Look;
  /** Lamps are lit. */
  readonly lit: boolean;
}

export function styleOf(draw: Draw, lit: boolean): Style {
  const coloured = paint(draw.between(0, 1), draw.between(0.1, 0.5), draw.between(0.35, 0.9));
  const grey = draw.between(0.85, 0.96);
  return {
    wood: woodOf(draw),
    paint: draw.chance(0.45) ? plain(coloured) : draw.chance(0.5) ? plain(paint(0.1, 0.03, grey)) : woodOf(draw),
    metal: look(Finish.metal, times([1, 0.98, 0.95], draw.chance(0.4) ? 0.03 : draw.between(0.35, 0.6))),
    white: plain(paint(0.12, 0.03, draw.between(0.9, 0.97))),
    lit,
  };
}

/** From pale birch to dark walnut. */
export function woodOf(draw: Draw): Look {
  const value = draw.between(0.3, 0.88);
  const a = paint(draw.between(0.055, 0.1), draw.between(0.35, 0.62), value);
  return look(Finish.wood, a, times(a, draw.between(0.5, 0.75)));
}

/** Cloth of one colour, of stripes or of checks. */
export function clothOf(draw: Draw): Look {
  const hue = draw.between(0, 1);
  const a = paint(hue, draw.between(0.05, 0.7), draw.between(0.25, 0.9));
  if (draw.chance(0.6)) return look(Finish.weave, a);
  const b = draw.chance(0.5)
    ? paint(0.12, 0.06, 0.92)
    : paint(hue + draw.between(0.1, 0.5), draw.between(0.2, 0.6), draw.between(0.3, 0.8));
  return look(draw.chance(0.55) ? Finish.stripes : Finish.checks, a, b, draw.between(0.03, 0.12));
}

export const glow = (style: Style, warm: Vec3 = [1, 0.8, 0.52]): Look => look(Finish.glow, warm, warm, style.lit ? 2.2 : 0.45);
