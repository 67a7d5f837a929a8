import type { Draw } from "./draw.ts";
import { Finish, type Look, look, paint, plain, type Style } from "./finish.ts";
import { Piece } from "./piece.ts";
import { lampOn, ornament } from "./things.ts";
import type { Vec3 } from "./vec.ts";

// Tables, shelves and cupboards. Fronts look towards +z.

const dark = plain([0.012, 0.012, 0.014]);

/** A box on the floor with fronts: `columns` x `rows` doors or drawers, each with a handle. */
function cabinet(name: string, size: Vec3, front: Look, body: Look, handle: Look, columns: number, rows: number, foot = 0.06): Piece {
  const [w, h, d] = size;
  const piece = new Piece(name, size);
  piece.box("furniture", dark, [w - 0.06, foot, d - 0.08], [0, 0, -0.02]);
  piece.box("furniture", body, [w, h - foot, d - 0.02], [0, foot, -0.01]);
  const [cw, rh] = [(w - 0.02) / columns, (h - foot - 0.03) / rows];
  for (let i = 0; i < columns; i++)
    for (let j = 0; j < rows; j++) {
      const x = (i - (columns - 1) / 2) * cw;
      const y = foot + 0.005 + j * rh;
      piece.box("furniture", front, [cw - 0.012, rh - 0.012, 0.02], [x, y, d / 2 - 0.01]);
      const upright = rh > cw;
      const at: Vec3 = upright
        ? [x + (i % 2 ? -1 : 1) * (cw / 2 - 0.05), y + rh / 2 - 0.08, d / 2 + 0.012]
        : [x, y + rh * 0.62, d / 2 + 0.012];
      piece.box("furniture", handle, upright ? [0.02, 0.16, 0.02] : [Math.min(0.16, cw / 3), 0.02, 0.02], at);
    }
  return piece;
}

const bodyOf = (draw: Draw, style: Style): Look => (draw.chance(0.5) ? style.wood : draw.chance(0.6) ? style.paint : style.white);

export function nightstand(draw: Draw, style: Style, lamp: boolean): Piece {
  const body = bodyOf(draw, style);
  const size: Vec3 = [draw.between(0.38, 0.5), draw.between(0.42, 0.58), draw.between(0.35, 0.42)];
  const piece = cabinet("nightstand", size, body, body, style.metal, 1, draw.whole(1, 3));
  return piece.put(lamp ? lampOn(draw, style, 0.45) : ornament(draw, style), [0, size[1], 0]);
}

export function wardrobe(draw: Draw, style: Style): Piece {
  const body = bodyOf(draw, style);
  const columns = draw.whole(2, 3);
  return cabinet(
    "wardrobe",
    [columns * draw.between(0.45, 0.58), draw.between(1.85, 2.2), draw.between(0.52, 0.62)],
    body,
    body,
    style.metal,
    columns,
    1,
  );
}

/** Drawers, with a thing or two on top. */
export function chest(draw: Draw, style: Style, name = "chest", width = draw.between(0.75, 1.2)): Piece {
  const body = bodyOf(draw, style);
  const size: Vec3 = [width, draw.between(0.72, 1), draw.between(0.4, 0.5)];
  const piece = cabinet(name, size, draw.chance(0.7) ? body : style.white, body, style.metal, width > 0.95 ? 2 : 1, draw.whole(2, 4));
  piece.put(draw.chance(0.3) ? lampOn(draw, style, 0.42) : ornament(draw, style), [-width / 4, size[1], 0]);
  return draw.chance(0.6) ? piece.put(ornament(draw, style), [width / 4, size[1], 0]) : piece;
}

export function sideboard(draw: Draw, style: Style): Piece {
  return chest(draw, style, "sideboard", draw.between(1.2, 1.7));
}

export function bookcase(draw: Draw, style: Style): Piece {
  const body = bodyOf(draw, style);
  const [w, h, d] = [draw.between(0.7, 1.3), draw.between(1.3, 2.15), draw.between(0.27, 0.36)];
  const piece = new Piece("bookcase", [w, h, d]);
  for (const side of [-1, 1]) piece.box("furniture", body, [0.025, h, d], [side * (w / 2 - 0.0125), 0, 0]);
  piece.box("furniture", body, [w - 0.05, h - 0.02, 0.015], [0, 0.01, -d / 2 + 0.0075]);
  const shelves = Math.round(h / draw.between(0.32, 0.42));
  const step = (h - 0.03) / shelves;
  for (let i = 0; i <= shelves; i++) piece.box("furniture", body, [w - 0.05, 0.025, d - 0.01], [0, i * step, 0]);
  const full = draw.between(0.45, 0.95);
  for (let i = 0; i < shelves; i++) {
    const base = i * step + 0.025;
    if (draw.chance(full)) {
      const long = (w - 0.07) * draw.between(0.45, 1);
      const x = (draw.chance(0.5) ? -1 : 1) * ((w - 0.07 - long) / 2);
      const deep = draw.between(0.16, d - 0.06);
      piece.box(
        "books",
        look(Finish.books, [0.3, 0.2, 0.1], [0.3, 0.2, 0.1], draw.between(0.05, 0.08)),
        [long, Math.min(step - 0.06, draw.between(0.22, 0.3)), deep],
        [x, base, -d / 2 + 0.03 + deep / 2],
      );
    } else if (draw.chance(0.7)) piece.put(ornament(draw, style, step - 0.08), [draw.between(-w / 4, w / 4), base, 0]);
  }
  return piece;
}

/** A television on a low cupboard. */
export function tvStand(draw: Draw, style: Style): Piece {
  const body = bodyOf(draw, style);
  const size: Vec3 = [draw.between(1.2, 1.8), draw.between(0.4, 0.55), draw.between(0.38, 0.45)];
  const piece = cabinet("tv stand", size, body, body, style.metal, draw.whole(2, 3), draw.whole(1, 2));
  return piece.put(television(draw, draw.between(0.8, Math.min(1.35, size[0] - 0.1))), [0, size[1], -0.05]);
}

/** On a foot; sometimes it runs. */
export function television(draw: Draw, width: number): Piece {
  const high = width * 0.58;
  const piece = new Piece("tv", [width, high + 0.06, 0.2]);
  piece.box("tv", dark, [width * 0.3, 0.015, 0.18], [0, 0, 0]);
  piece.box("tv", dark, [0.06, 0.07, 0.04], [0, 0.01, -0.01]);
  piece.box("tv", dark, [width, high, 0.045], [0, 0.06, 0]);
  const picture = look(
    Finish.screen,
    paint(draw.between(0, 1), 0.6, 0.9),
    paint(draw.between(0, 1), 0.6, 0.8),
    draw.chance(0.4) ? draw.between(0.5, 1) : 0,
  );
  return piece.box(
    "tv",
    picture.scale > 0 ? picture : { ...picture, a: [0.012, 0.013, 0.016] },
    [width - 0.03, high - 0.03, 0.006],
    [0, 0.075, 0.024],
  );
}

/** A table of given width, height and depth; round when asked and as wide as deep. */
export function table(draw: Draw, style: Style, [w, h, d]: Vec3, round = false): Piece {
  const top = draw.chance(0.65) ? style.wood : draw.chance(0.5) ? style.white : style.paint;
  const leg = draw.chance(0.6) ? top : draw.chance(0.5) ? style.metal : style.wood;
  const piece = new Piece("table", [w, h, d]);
  if (round) {
    piece.cone("table", top, [w, 0.035, w], [0, h - 0.035, 0]);
    piece.cone("table", leg, [0.1, h - 0.05, 0.1], [0, 0.03, 0]);
    return piece.cone("table", leg, [w * 0.5, 0.04, w * 0.5], [0, 0, 0], -0.3);
  }
  piece.box("table", top, [w, 0.04, d], [0, h - 0.04, 0]);
  if (h > 0.6 && draw.chance(0.5)) piece.box("table", leg, [w - 0.16, 0.08, d - 0.16], [0, h - 0.12, 0]);
  return piece.legs("table", leg, w - 0.06, d - 0.06, h - 0.04, draw.between(0.04, 0.075));
}

export function coffeeTable(draw: Draw, style: Style): Piece {
  const round = draw.chance(0.3);
  const w = round ? draw.between(0.7, 0.9) : draw.between(0.8, 1.2);
  const size: Vec3 = [w, draw.between(0.36, 0.46), round ? w : draw.between(0.5, 0.65)];
  const piece = table(draw, style, size, round);
  return draw.chance(0.7) ? piece.put(ornament(draw, style, 0.3), [draw.between(-0.15, 0.15), size[1], 0]) : piece;
}

/** A desk with what lies on it; the chair is apart. */
export function desk(draw: Draw, style: Style, computer: boolean): Piece {
  const size: Vec3 = [draw.between(1.1, 1.6), draw.between(0.72, 0.76), draw.between(0.6, 0.75)];
  const piece = table(draw, style, size);
  const [w, h, d] = size;
  if (draw.chance(0.5)) {
    const body = bodyOf(draw, style);
    const side = draw.chance(0.5) ? 1 : -1;
    piece.put(cabinet("drawers", [0.4, h - 0.06, d - 0.1], body, body, style.metal, 1, 3), [side * (w / 2 - 0.24), 0, 0]);
  }
  if (computer) {
    piece.put(television(draw, draw.between(0.5, 0.72)), [0, h, -d / 2 + 0.16]);
    piece.box("objects", plain(paint(0.6, 0.05, draw.chance(0.5) ? 0.15 : 0.85)), [0.42, 0.02, 0.14], [0, h, 0.1]);
  }
  if (draw.chance(0.5))
    piece.box("books", look(Finish.books, [1, 1, 1], [1, 1, 1], 0.06), [0.3, 0.24, 0.18], [-w / 2 + 0.2, h, -d / 2 + 0.15]);
  if (draw.chance(0.6))
    piece.box("objects", style.white, [0.22, 0.012, 0.3], [draw.between(0.2, w / 2 - 0.15), h, 0.12], { yaw: draw.between(-0.4, 0.4) });
  return piece.put(draw.chance(0.55) ? lampOn(draw, style, 0.42) : ornament(draw, style, 0.25), [w / 2 - 0.18, h, -d / 2 + 0.16]);
}

/** Steel cupboard with drawers. */
export function fileCabinet(draw: Draw, style: Style): Piece {
  const grey = draw.chance(0.5) ? plain(paint(0.6, 0.05, draw.between(0.4, 0.8))) : style.paint;
  return cabinet(
    "file cabinet",
    [draw.between(0.42, 0.5), draw.between(0.7, 1.35), draw.between(0.5, 0.6)],
    grey,
    grey,
    style.metal,
    1,
    draw.whole(2, 4),
  );
}

export { bodyOf, cabinet };
