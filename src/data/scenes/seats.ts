import type { Draw } from "./draw.ts";
import { clothOf, Finish, type Look, look, paint, plain, type Style } from "./finish.ts";
import { Piece } from "./piece.ts";

// Where people lie and sit. Fronts look towards +z.

export function bed(draw: Draw, style: Style): Piece {
  const wide = draw.chance(0.6);
  const [w, d] = [wide ? draw.between(1.4, 1.8) : draw.between(0.9, 1.05), draw.between(1.95, 2.1)];
  const [h, head] = [draw.between(0.28, 0.4), draw.between(0.8, 1.15)];
  const [cover, sheet] = [clothOf(draw), draw.chance(0.7) ? look(Finish.weave, paint(0.12, 0.04, 0.95)) : clothOf(draw)];
  const frame = draw.chance(0.6) ? style.wood : draw.chance(0.5) ? style.paint : clothOf(draw);
  const piece = new Piece("bed", [w, head, d]);
  piece.box("bed", frame, [w, h - 0.08, d - 0.02], [0, 0.06, 0.01]);
  piece.box("bed", frame, [w, head, 0.07], [0, 0, -d / 2 + 0.035]);
  piece.box("bed", sheet, [w - 0.06, 0.2, d - 0.1], [0, h, 0.02]);
  const fold = draw.between(0.5, 0.75);
  piece.box("bed", cover, [w + 0.04, 0.26, d - fold - 0.02], [0, h - 0.03, fold / 2]);
  piece.box("bed", sheet, [w + 0.04, 0.035, 0.2], [0, h + 0.225, -d / 2 + fold + 0.08]);
  if (draw.chance(0.25)) piece.box("bed", frame, [w, h + 0.25, 0.05], [0, 0, d / 2 - 0.025]);
  const pillow = draw.chance(0.7) ? sheet : clothOf(draw);
  const xs = wide ? [-w / 4, w / 4] : [0];
  for (const x of xs)
    piece.ball("objects", pillow, [Math.min(0.75, w / xs.length - 0.06), 0.2, 0.46], [x, h + 0.17, -d / 2 + 0.33], { tilt: 0.35 });
  if (draw.chance(0.4))
    piece.ball("objects", clothOf(draw), [0.42, 0.16, 0.36], [draw.between(-0.2, 0.2), h + 0.22, -d / 2 + 0.58], { tilt: 0.8 });
  return piece;
}

/** @param seats 1 for an armchair, 2 or 3 for a sofa */
export function sofa(draw: Draw, style: Style, seats: number, cloth: Look = clothOf(draw)): Piece {
  const arm = draw.between(0.12, 0.24);
  const [w, d] = [seats * draw.between(0.6, 0.72) + 2 * arm, draw.between(0.8, 0.95)];
  const [seat, back, armHigh] = [draw.between(0.38, 0.45), draw.between(0.72, 0.92), draw.between(0.52, 0.66)];
  const piece = new Piece("sofa", [w, back, d]);
  piece.box("sofa", cloth, [w, seat - 0.16, d - 0.06], [0, 0.07, 0]);
  piece.box("sofa", cloth, [w - 2 * arm + 0.02, back - 0.1, 0.2], [0, 0.1, -d / 2 + 0.12], { tilt: -0.12 });
  for (const side of [-1, 1]) {
    piece.box("sofa", cloth, [arm, armHigh - 0.05, d], [(side * (w - arm)) / 2, 0.05, 0]);
    for (const front of [-1, 1]) piece.box("sofa", style.wood, [0.05, 0.08, 0.05], [side * (w / 2 - 0.1), 0, front * (d / 2 - 0.1)]);
  }
  const each = (w - 2 * arm) / seats;
  for (let i = 0; i < seats; i++) {
    const x = (i - (seats - 1) / 2) * each;
    piece.box("sofa", cloth, [each - 0.015, 0.17, d - 0.26], [x, seat - 0.1, 0.11]);
    piece.box("sofa", cloth, [each - 0.02, back - seat - 0.02, 0.17], [x, seat + 0.05, -d / 2 + 0.29], { tilt: -0.2 });
  }
  const other = clothOf(draw);
  if (draw.chance(0.65))
    piece.ball("objects", other, [0.44, 0.42, 0.17], [-w / 2 + arm + 0.22, seat + 0.06, -d / 2 + 0.42], { tilt: -0.35, yaw: 0.3 });
  if (seats > 1 && draw.chance(0.5))
    piece.ball("objects", other, [0.42, 0.4, 0.16], [w / 2 - arm - 0.22, seat + 0.06, -d / 2 + 0.42], { tilt: -0.35, yaw: -0.3 });
  return piece;
}

/** A chair for a table; all of one set share the numbers that `chairSet` draws. */
export type ChairMaker = () => Piece;

export function chairSet(draw: Draw, style: Style): ChairMaker {
  const frame = draw.chance(0.65) ? style.wood : draw.chance(0.5) ? style.paint : style.metal;
  const cushion = draw.chance(0.5) ? clothOf(draw) : frame;
  const [w, seat, high] = [draw.between(0.4, 0.46), draw.between(0.44, 0.47), draw.between(0.82, 1.02)];
  const slats = draw.whole(0, 3);
  return () => {
    const piece = new Piece("chair", [w, high, w + 0.04]);
    piece.legs("chair", frame, w, w, seat - 0.03, 0.04);
    piece.box("chair", frame, [w, 0.035, w], [0, seat - 0.035, 0]);
    if (cushion !== frame) piece.box("chair", cushion, [w - 0.02, 0.05, w - 0.02], [0, seat, 0]);
    if (slats === 0) piece.box("chair", cushion, [w - 0.02, high - seat - 0.12, 0.04], [0, seat + 0.12, -w / 2 + 0.01], { tilt: -0.12 });
    for (let i = 0; i < slats; i++)
      piece.box("chair", frame, [w - 0.04, 0.07, 0.025], [0, high - 0.09 - (i * (high - seat - 0.1)) / slats, -w / 2 + 0.01], {
        tilt: -0.1,
      });
    for (const side of [-1, 1])
      piece.box("chair", frame, [0.035, high - seat, 0.035], [side * (w / 2 - 0.02), seat, -w / 2 + 0.01], { tilt: -0.08 });
    return piece;
  };
}

/** On castors. */
export function officeChair(draw: Draw, style: Style): Piece {
  const cloth = draw.chance(0.6) ? look(Finish.weave, paint(draw.between(0, 1), 0.25, draw.between(0.12, 0.35))) : clothOf(draw);
  const dark = plain(paint(0.6, 0.1, 0.14));
  const piece = new Piece("office chair", [0.62, 1.05, 0.62]);
  for (let i = 0; i < 5; i++) {
    const angle = (i * 2 * Math.PI) / 5;
    piece.box("chair", dark, [0.05, 0.04, 0.3], [0.14 * Math.sin(angle), 0.05, 0.14 * Math.cos(angle)], { yaw: angle });
    piece.ball("chair", dark, [0.06, 0.06, 0.06], [0.28 * Math.sin(angle), 0, 0.28 * Math.cos(angle)]);
  }
  piece.cone("chair", style.metal, [0.06, 0.36, 0.06], [0, 0.08, 0]);
  piece.box("chair", cloth, [0.48, 0.09, 0.47], [0, 0.43, 0]);
  piece.box("chair", cloth, [0.44, 0.52, 0.07], [0, 0.55, -0.24], { tilt: -0.12 });
  if (draw.chance(0.6))
    for (const side of [-1, 1]) {
      piece.box("chair", dark, [0.04, 0.2, 0.05], [side * 0.27, 0.46, 0]);
      piece.box("chair", dark, [0.06, 0.03, 0.28], [side * 0.27, 0.66, 0]);
    }
  return piece;
}

export function stool(draw: Draw, style: Style): Piece {
  const high = draw.between(0.42, 0.66);
  const piece = new Piece("stool", [0.38, high, 0.38]);
  piece.legs("chair", style.wood, 0.34, 0.34, high - 0.03, 0.035);
  return piece.cone("chair", draw.chance(0.5) ? style.wood : clothOf(draw), [0.38, 0.05, 0.38], [0, high - 0.04, 0]);
}
