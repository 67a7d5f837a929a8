import type { Draw } from "./draw.ts";
import { Finish, type Look, look, paint, plain, type Style } from "./finish.ts";
import { Piece } from "./piece.ts";
import { bodyOf, cabinet } from "./storage.ts";
import { ornament } from "./things.ts";

// What kitchens and bathrooms have. Fronts look towards +z.

const ceramic = look(Finish.metal, [0.82, 0.82, 0.8]);
const black = plain([0.015, 0.015, 0.017]);
const steel = look(Finish.metal, [0.45, 0.46, 0.47]);

/** Cupboards under one worktop, with a sink or a hob; `width` is a multiple of about 0.6. */
export function counter(draw: Draw, style: Style, width: number, front: Look, top: Look): Piece {
  const piece = cabinet("counter", [width, 0.86, 0.6], front, front, style.metal, Math.max(1, Math.round(width / 0.6)), draw.whole(1, 2));
  const whole = new Piece("counter", [width, 0.9, 0.62]).put(piece, [0, 0, 0]);
  whole.box("furniture", top, [width + 0.01, 0.04, 0.64], [0, 0.86, 0]);
  const left = -width / 2 + 0.45;
  whole.box("objects", steel, [0.5, 0.012, 0.42], [left, 0.893, 0]);
  whole.box("objects", black, [0.4, 0.012, 0.32], [left, 0.896, 0.01]);
  whole.cone("objects", steel, [0.03, 0.26, 0.03], [left, 0.9, -0.2]);
  whole.box("objects", steel, [0.025, 0.025, 0.18], [left, 1.14, -0.12]);
  if (width > 1.3) {
    whole.box("furniture", black, [0.56, 0.012, 0.5], [width / 2 - 0.5, 0.896, 0]);
    whole.box("furniture", black, [0.5, 0.42, 0.012], [width / 2 - 0.5, 0.26, 0.3]);
    if (draw.chance(0.6)) whole.cone("objects", steel, [0.22, 0.13, 0.22], [width / 2 - 0.5 + draw.between(-0.12, 0.12), 0.905, 0.05]);
  }
  if (width > 2) whole.put(ornament(draw, style, 0.35), [0, 0.9, -0.1]);
  return whole;
}

/** On the wall above a counter. */
export function wallCupboards(style: Style, width: number, front: Look): Piece {
  const [n, h] = [Math.max(1, Math.round(width / 0.5)), 0.62];
  const piece = new Piece("wall cupboards", [width, h, 0.34]);
  piece.box("furniture", front, [width, h, 0.32], [0, 0, -0.01]);
  for (let i = 0; i < n; i++) {
    const x = (i - (n - 1) / 2) * (width / n);
    piece.box("furniture", front, [width / n - 0.012, h - 0.012, 0.02], [x, 0.006, 0.16]);
    piece.box("furniture", style.metal, [0.02, 0.14, 0.02], [x + (i % 2 ? -1 : 1) * (width / n / 2 - 0.05), 0.06, 0.178]);
  }
  return piece;
}

export function fridge(draw: Draw, style: Style): Piece {
  const h = draw.between(1.45, 1.9);
  const body = draw.chance(0.5) ? style.white : look(Finish.metal, [0.42, 0.43, 0.44]);
  const piece = new Piece("fridge", [0.62, h, 0.64]);
  piece.box("furniture", body, [0.62, h, 0.6], [0, 0, -0.02]);
  piece.box("furniture", body, [0.61, h * 0.6, 0.05], [0, 0.05, 0.29]);
  piece.box("furniture", body, [0.61, h * 0.4 - 0.08, 0.05], [0, h * 0.6 + 0.065, 0.29]);
  piece.box("furniture", style.metal, [0.025, 0.4, 0.03], [0.25, h * 0.3, 0.33]);
  return piece.box("furniture", style.metal, [0.025, 0.2, 0.03], [0.25, h * 0.66, 0.33]);
}

export function toilet(): Piece {
  const piece = new Piece("toilet", [0.38, 0.78, 0.68]);
  piece.box("objects", ceramic, [0.38, 0.38, 0.17], [0, 0.4, -0.255]);
  piece.box("objects", ceramic, [0.4, 0.03, 0.19], [0, 0.76, -0.255]);
  piece.cone("objects", ceramic, [0.25, 0.36, 0.36], [0, 0, 0.02], 0.25);
  piece.cone("objects", ceramic, [0.37, 0.05, 0.5], [0, 0.36, 0.08]);
  return piece.cone("objects", plain([0.75, 0.75, 0.73]), [0.35, 0.025, 0.47], [0, 0.41, 0.08]);
}

export function bathtub(draw: Draw): Piece {
  const [w, h, d] = [draw.between(1.5, 1.75), draw.between(0.5, 0.6), draw.between(0.7, 0.8)];
  const piece = new Piece("bathtub", [w, h, d]);
  const skin = draw.chance(0.4)
    ? look(Finish.tiles, paint(draw.between(0, 1), 0.15, 0.9), paint(draw.between(0, 1), 0.15, 0.85), 0.15)
    : ceramic;
  for (const side of [-1, 1]) {
    piece.box("objects", skin, [w, h - 0.03, 0.07], [0, 0, side * (d / 2 - 0.035)]);
    piece.box("objects", skin, [0.09, h - 0.03, d - 0.14], [side * (w / 2 - 0.045), 0, 0]);
    piece.box("objects", ceramic, [w + 0.02, 0.035, 0.09], [0, h - 0.035, side * (d / 2 - 0.04)]);
    piece.box("objects", ceramic, [0.11, 0.035, d - 0.16], [side * (w / 2 - 0.05), h - 0.035, 0]);
  }
  piece.box("objects", ceramic, [w - 0.18, 0.12, d - 0.14], [0, 0.02, 0]);
  if (draw.chance(0.5)) piece.box("objects", look(Finish.metal, [0.35, 0.6, 0.65]), [w - 0.18, h * 0.5, d - 0.14], [0, 0.1, 0]);
  piece.cone("objects", steel, [0.035, 0.16, 0.035], [-w / 2 + 0.06, h, 0]);
  return piece.box("objects", steel, [0.16, 0.03, 0.03], [-w / 2 + 0.12, h + 0.13, 0]);
}

/** Tray, glass on one side, a head. */
export function shower(draw: Draw): Piece {
  const w = draw.between(0.8, 1);
  const piece = new Piece("shower", [w, 2, w]);
  piece.box("objects", ceramic, [w, 0.12, w], [0, 0, 0]);
  piece.box("objects", steel, [0.03, 1.9, 0.03], [w / 2 - 0.015, 0.1, w / 2 - 0.015]);
  piece.box("objects", steel, [w, 0.03, 0.03], [0, 1.98, w / 2 - 0.015]);
  piece.cone("objects", steel, [0.025, 1.95, 0.025], [0, 0.1, -w / 2 + 0.05]);
  piece.cone("objects", steel, [0.2, 0.03, 0.2], [0, 2, -w / 2 + 0.2], -0.3);
  const curtain = look(Finish.drapes, paint(draw.between(0, 1), draw.between(0.1, 0.5), 0.9), paint(draw.between(0, 1), 0.3, 0.8), 0.11);
  const drawn = draw.between(0.25, 0.7);
  return piece.box("objects", curtain, [w * drawn, 1.75, 0.04], [(-w * (1 - drawn)) / 2, 0.2, w / 2 - 0.02]);
}

/** A basin on a cupboard or on a foot. */
export function washbasin(draw: Draw, style: Style): Piece {
  const w = draw.between(0.55, 0.9);
  const piece = new Piece("washbasin", [w, 0.9, 0.5]);
  if (draw.chance(0.6)) {
    const body = bodyOf(draw, style);
    piece.put(cabinet("vanity", [w - 0.04, 0.78, 0.46], body, body, style.metal, 2, draw.whole(1, 2)), [0, 0, 0]);
  } else piece.cone("objects", ceramic, [0.2, 0.78, 0.18], [0, 0, -0.06], 0.1);
  piece.box("objects", ceramic, [w, 0.08, 0.48], [0, 0.78, 0]);
  piece.cone("objects", plain([0.55, 0.56, 0.56]), [w * 0.62, 0.012, 0.3], [0, 0.853, 0.03]);
  piece.cone("objects", steel, [0.035, 0.15, 0.035], [0, 0.86, -0.18]);
  return piece.box("objects", steel, [0.03, 0.025, 0.14], [0, 0.99, -0.12]);
}

/** A towel on a rail, flat on a wall. */
export function towel(draw: Draw, style: Style): Piece {
  const piece = new Piece("towel", [0.55, 0.65, 0.06]);
  piece.box("objects", style.metal, [0.55, 0.025, 0.025], [0, 0.61, 0.01]);
  const cloth = look(Finish.weave, paint(draw.between(0, 1), draw.between(0.1, 0.6), draw.between(0.5, 0.95)));
  return piece.box("objects", cloth, [0.42, 0.6, 0.04], [0, 0.02, 0.01]);
}
