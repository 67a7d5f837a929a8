import type { Draw } from "./draw.ts";
import { clothOf, Finish, glow, type Look, look, paint, plain, type Style } from "./finish.ts";
import { Piece } from "./piece.ts";
import type { Vec3 } from "./vec.ts";

// Lamps, plants, rugs, pictures and the small things that stand about.

/** A lamp for a table top. */
export function lampOn(draw: Draw, style: Style, high: number): Piece {
  const piece = new Piece("lamp", [0.26, high, 0.26]);
  const base = draw.chance(0.5) ? style.metal : plain(paint(draw.between(0, 1), 0.35, draw.between(0.3, 0.9)));
  piece.cone("objects", base, [0.15, 0.025, 0.15], [0, 0, 0]);
  if (draw.chance(0.5)) piece.ball("objects", base, [0.14, high * 0.45, 0.14], [0, 0.02, 0]);
  else piece.cone("objects", base, [0.03, high * 0.6, 0.03], [0, 0.02, 0]);
  piece.cone("objects", glow(style), [0.24, high * 0.42, 0.24], [0, high * 0.56, 0], -draw.between(0.05, 0.3));
  piece.light = [0, high * 0.8, 0];
  return piece;
}

export function floorLamp(draw: Draw, style: Style): Piece {
  const high = draw.between(1.4, 1.75);
  const piece = new Piece("floor lamp", [0.4, high, 0.4]);
  piece.cone("objects", style.metal, [0.28, 0.03, 0.28], [0, 0, 0]);
  piece.cone("objects", style.metal, [0.028, high - 0.2, 0.028], [0, 0.02, 0]);
  piece.cone("objects", glow(style), [0.36, 0.28, 0.36], [0, high - 0.3, 0], -draw.between(0.05, 0.3));
  piece.light = [0, high - 0.1, 0];
  return piece;
}

/** Hangs from the ceiling, which is at `ceiling`; its light is `drop` below. */
export function ceilingLamp(draw: Draw, style: Style, ceiling: number, drop: number): Piece {
  const piece = new Piece("ceiling lamp", [0.45, drop + 0.1, 0.45]);
  const y = ceiling - drop;
  if (drop < 0.25) piece.cone("objects", glow(style, [1, 0.93, 0.8]), [0.4, 0.09, 0.4], [0, ceiling - 0.09, 0], draw.between(0, 0.2));
  else {
    piece.cone("objects", style.metal, [0.018, drop, 0.018], [0, y, 0]);
    const shade = glow(style, [1, 0.9, 0.72]);
    if (draw.chance(0.5)) piece.ball("objects", shade, [0.32, 0.32, 0.32], [0, y - 0.16, 0]);
    else piece.cone("objects", shade, [0.36, 0.2, 0.36], [0, y - 0.1, 0], -draw.between(0.1, 0.5));
  }
  piece.light = [0, Math.min(y, ceiling - 0.2), 0];
  return piece;
}

export function plant(draw: Draw, high: number): Piece {
  const wide = high * draw.between(0.5, 0.75);
  const piece = new Piece("plant", [wide, high, wide]);
  const pot = high * draw.between(0.22, 0.32);
  const clay = draw.chance(0.5) ? paint(0.04, 0.6, 0.65) : paint(draw.between(0, 1), 0.2, draw.between(0.3, 0.9));
  piece.cone("objects", plain(clay), [pot * 0.85, pot, pot * 0.85], [0, 0, 0], 0.18);
  const green = paint(draw.between(0.24, 0.36), draw.between(0.45, 0.75), draw.between(0.25, 0.5));
  const leaf = look(Finish.leaf, green, paint(0.28, 0.6, 0.6));
  const long = draw.chance(0.5);
  const leaves = long ? 9 : 12;
  if (!long) piece.cone("objects", plain(paint(0.08, 0.5, 0.3)), [0.03, high * 0.5, 0.03], [0, pot, 0]);
  for (let i = 0; i < leaves; i++) {
    const yaw = i * 2.4 + draw.between(-0.3, 0.3);
    const tilt = draw.between(0.15, long ? 0.85 : 1.2);
    if (long) {
      const length = (high - pot) * draw.between(0.75, 1);
      const out = Math.sin(tilt) * length * 0.5;
      const up = Math.cos(tilt) * length * 0.5;
      piece.ball("objects", leaf, [length * 0.16, length, 0.025], [Math.sin(yaw) * out, pot * 0.9 + up - length / 2, Math.cos(yaw) * out], {
        yaw,
        tilt,
      });
    } else {
      const [out, size] = [wide * draw.between(0.1, 0.32), wide * draw.between(0.35, 0.5)];
      piece.ball(
        "objects",
        leaf,
        [size, size * 0.35, size * 0.7],
        [Math.sin(yaw) * out, pot + (high - pot) * draw.between(0.3, 0.85), Math.cos(yaw) * out],
        { yaw, tilt: tilt - 0.5 },
      );
    }
  }
  return piece;
}

/** A vase, a bowl, a box, a few books, a small plant or a picture in a frame, at most as high as asked. */
export function ornament(draw: Draw, style: Style, most = 0.4): Piece {
  const colour = plain(paint(draw.between(0, 1), draw.between(0.2, 0.8), draw.between(0.3, 0.9)));
  const high = Math.min(most, draw.between(0.16, 0.36));
  const piece = new Piece("ornament", [0.24, high, 0.24]);
  switch (draw.whole(0, 5)) {
    case 0:
      piece.ball("objects", colour, [high * 0.6, high * 0.75, high * 0.6], [0, 0, 0]);
      return piece.cone("objects", colour, [high * 0.25, high * 0.4, high * 0.25], [0, high * 0.6, 0], 0.3);
    case 1:
      return piece.cone("objects", colour, [0.2, Math.min(most, 0.09), 0.2], [0, 0, 0], 0.4);
    case 2:
      return piece.box("objects", draw.chance(0.5) ? clothOf(draw) : colour, [0.22, Math.min(most, 0.14), 0.17], [0, 0, 0], {
        yaw: draw.between(-0.3, 0.3),
      });
    case 3:
      for (let i = 0; i < 3; i++)
        piece.box("books", plain(paint(draw.between(0, 1), 0.5, draw.between(0.3, 0.8))), [0.24, 0.035, 0.17], [0, i * 0.035, 0], {
          yaw: draw.between(-0.3, 0.3),
        });
      return piece;
    case 4:
      return plant(draw, high);
    default:
      piece.box("picture", style.wood, [high * 0.75, high, 0.02], [0, 0, 0], { tilt: -0.12 });
      return piece.box("picture", painting(draw), [high * 0.62, high * 0.85, 0.008], [0, high * 0.075, 0.013], { tilt: -0.12 });
  }
}

const painting = (draw: Draw): Look =>
  look(
    Finish.picture,
    paint(draw.between(0, 1), draw.between(0.2, 0.8), draw.between(0.5, 0.95)),
    paint(draw.between(0, 1), draw.between(0.2, 0.8), draw.between(0.25, 0.8)),
  );

/** Flat on a wall; y = 0 is its lower edge. */
export function hungPicture(draw: Draw, style: Style, width: number, height: number): Piece {
  const piece = new Piece("picture", [width, height, 0.03]);
  piece.box(
    "picture",
    draw.chance(0.5) ? style.wood : draw.chance(0.5) ? plain([0.02, 0.02, 0.02]) : style.white,
    [width, height, 0.025],
    [0, 0, 0.0025],
  );
  return piece.box("picture", painting(draw), [width - 0.05, height - 0.05, 0.008], [0, 0.025, 0.014]);
}

export function hungMirror(style: Style, width: number, height: number): Piece {
  const piece = new Piece("mirror", [width, height, 0.03]);
  piece.box("objects", style.metal, [width, height, 0.02], [0, 0, 0]);
  return piece.box("objects", look(Finish.mirror, [0.8, 0.8, 0.8]), [width - 0.04, height - 0.04, 0.008], [0, 0.02, 0.012]);
}

/** A board with books and things on it. */
export function hungShelf(draw: Draw, style: Style): Piece {
  const w = draw.between(0.6, 1);
  const piece = new Piece("shelf", [w, 0.4, 0.24]);
  piece.box("furniture", style.wood, [w, 0.03, 0.24], [0, 0, 0]);
  const long = w * draw.between(0.3, 0.6);
  piece.box(
    "books",
    look(Finish.books, [1, 1, 1], [1, 1, 1], draw.between(0.05, 0.08)),
    [long, 0.24, 0.17],
    [-(w - long) / 2 + 0.03, 0.03, -0.02],
  );
  return piece.put(ornament(draw, style, 0.3), [w / 2 - 0.14, 0.03, 0]);
}

/** Lies on the floor, which it is part of. */
export function rug(draw: Draw, w: number, d: number): Piece {
  const cloth = clothOf(draw);
  const pattern: Look = draw.chance(0.6)
    ? look(Finish.rug, cloth.a, paint(draw.between(0, 1), draw.between(0.1, 0.6), draw.between(0.3, 0.9)), draw.between(0.2, 0.4))
    : cloth;
  const piece = new Piece("rug", [w, 0.012, d]);
  return draw.chance(0.25) ? piece.cone("floor", pattern, [w, 0.012, d], [0, 0, 0]) : piece.box("floor", pattern, [w, 0.012, d], [0, 0, 0]);
}

/** A basket, a bin, a box or a crate of toys: something on the floor. */
export function clutter(draw: Draw, style: Style): Piece {
  const colour = plain(paint(draw.between(0, 1), draw.between(0.1, 0.7), draw.between(0.25, 0.85)));
  const [w, h]: readonly [number, number] = [draw.between(0.24, 0.4), draw.between(0.22, 0.4)];
  const piece = new Piece("clutter", [w, h, w] as Vec3);
  if (draw.chance(0.4))
    return piece.cone(
      "objects",
      draw.chance(0.5) ? look(Finish.weave, paint(0.09, 0.5, 0.6)) : colour,
      [w * 0.9, h, w * 0.9],
      [0, 0, 0],
      0.15,
    );
  if (draw.chance(0.5)) return piece.box("objects", look(Finish.plain, paint(0.09, 0.45, 0.7)), [w, h, w * 0.8], [0, 0, 0]);
  return piece.ball("objects", draw.chance(0.5) ? clothOf(draw) : style.paint, [w, w * 0.8, w], [0, 0, 0]);
}
