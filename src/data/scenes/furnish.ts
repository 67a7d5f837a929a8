import type { RoomKind } from "./classes.ts";
import type { Draw } from "./draw.ts";
import { Finish, look, paint, type Style } from "./finish.ts";
import { bathtub, counter, fridge, shower, toilet, towel, wallCupboards, washbasin } from "./fixtures.ts";
import type { Layout, Placed } from "./layout.ts";
import { bed, type ChairMaker, chairSet, officeChair, sofa, stool } from "./seats.ts";
import { bodyOf, bookcase, chest, coffeeTable, desk, fileCabinet, nightstand, sideboard, table, tvStand, wardrobe } from "./storage.ts";
import { clutter, floorLamp, hungMirror, hungPicture, hungShelf, plant, rug } from "./things.ts";

/** What there is to furnish with. */
interface Furnisher {
  readonly draw: Draw;
  readonly style: Style;
  readonly layout: Layout;
}

/** What each kind of room has. Much of it is in several kinds: no one thing, and no colour, tells which it is. */
const PROGRAMMES: { readonly [K in RoomKind]: (furnisher: Furnisher) => void } = {
  bedroom(f) {
    const { draw, style, layout } = f;
    const place = surely(layout, () => bed(draw, style));
    if (place) {
      for (const side of [-1, 1])
        if (draw.chance(0.75)) {
          const stand = nightstand(draw, style, draw.chance(0.6));
          layout.beside(
            place,
            stand,
            [side * (place.piece.size[0] / 2 + stand.size[0] / 2 + 0.06), -place.piece.size[2] / 2 + stand.size[2] / 2],
            0,
          );
        }
      if (draw.chance(0.7)) overHead(f, place);
      if (draw.chance(0.5)) under(f, place, 0.5);
    }
    if (draw.chance(0.8)) layout.againstWall(wardrobe(draw, style));
    if (draw.chance(0.5)) layout.againstWall(chest(draw, style));
    if (draw.chance(0.3)) workplace(f, draw.chance(0.5));
    if (draw.chance(0.25)) layout.inCorner(sofa(draw, style, 1));
    if (draw.chance(0.3)) layout.againstWall(bookcase(draw, style));
    if (draw.chance(0.2)) layout.againstWall(tvStand(draw, style));
  },
  "living room"(f) {
    const { draw, style, layout } = f;
    const place = surely(layout, () => sofa(draw, style, draw.whole(2, 3)));
    if (place) {
      const big = place.piece;
      const front = big.size[2] / 2;
      if (draw.chance(0.75)) layout.beside(place, coffeeTable(draw, style), [draw.between(-0.2, 0.2), front + 0.65], 0, 0.05);
      if (draw.chance(0.65)) under(f, place, front + 0.7);
      const [cloth] = big.parts;
      for (const side of [-1, 1])
        if (draw.chance(0.4))
          layout.beside(
            place,
            sofa(draw, style, 1, cloth?.look),
            [side * (big.size[0] / 2 + 0.2), front + 0.7],
            (-side * Math.PI) / 2.4,
            0.02,
          );
      if (draw.chance(0.7)) overHead(f, place);
    }
    if (draw.chance(0.75)) opposite(f, place, tvStand(draw, style));
    if (draw.chance(0.65)) layout.againstWall(bookcase(draw, style));
    if (draw.chance(0.35)) layout.againstWall(sideboard(draw, style));
    if (draw.chance(0.2)) diningGroup(f, 2);
    if (draw.chance(0.15)) workplace(f, true);
  },
  "dining room"(f) {
    const { draw, style, layout } = f;
    diningGroup(f, draw.whole(4, 6));
    if (draw.chance(0.75)) layout.againstWall(sideboard(draw, style));
    if (draw.chance(0.3)) layout.againstWall(bookcase(draw, style));
    if (draw.chance(0.3)) layout.againstWall(sofa(draw, style, draw.whole(1, 2)));
    if (draw.chance(0.2)) layout.againstWall(tvStand(draw, style));
    if (draw.chance(0.2)) layout.againstWall(chest(draw, style));
  },
  kitchen(f) {
    const { draw, style, layout } = f;
    const front = bodyOf(draw, style);
    const top = draw.chance(0.4) ? style.wood : look(Finish.marble, paint(0.1, 0.05, draw.between(0.2, 0.95)), paint(0.1, 0.05, 0.5));
    for (let runs = draw.chance(0.4) ? 2 : 1; runs > 0; runs--) {
      const width = 0.6 * draw.whole(2, 5);
      const place =
        layout.againstWall(counter(draw, style, width, front, top)) ?? layout.againstWall(counter(draw, style, 1.2, front, top));
      if (place && draw.chance(0.75)) layout.hang(wallCupboards(style, place.piece.size[0] * draw.between(0.6, 1), front), 1.42, place);
    }
    layout.againstWall(fridge(draw, style));
    if (draw.chance(0.55)) diningGroup(f, draw.whole(2, 4), 0.9);
    else if (draw.chance(0.5)) layout.againstWall(stool(draw, style));
    if (draw.chance(0.25)) layout.againstWall(bookcase(draw, style));
  },
  bathroom(f) {
    const { draw, style, layout } = f;
    const place = surely(layout, () => washbasin(draw, style));
    if (place && draw.chance(0.85)) layout.hang(hungMirror(style, draw.between(0.45, 0.8), draw.between(0.55, 0.85)), 1.15, place);
    if (draw.chance(0.7)) layout.againstWall(bathtub(draw));
    if (draw.chance(0.5)) layout.inCorner(shower(draw)) ?? layout.againstWall(shower(draw));
    if (draw.chance(0.85)) layout.againstWall(toilet());
    if (draw.chance(0.45)) layout.againstWall(draw.chance(0.5) ? chest(draw, style, "chest", 0.6) : nightstand(draw, style, false));
    for (let i = draw.whole(0, 2); i > 0; i--) layout.hang(towel(draw, style), draw.between(0.8, 1.1));
    if (draw.chance(0.2)) layout.againstWall(stool(draw, style));
    if (draw.chance(0.6)) layout.inMiddle(rug(draw, draw.between(0.5, 0.8), draw.between(0.7, 1.1)), 0);
  },
  office(f) {
    const { draw, style, layout } = f;
    workplace(f, true);
    if (draw.chance(0.4)) workplace(f, draw.chance(0.8));
    if (draw.chance(0.75)) layout.againstWall(bookcase(draw, style));
    if (draw.chance(0.4)) layout.againstWall(bookcase(draw, style));
    if (draw.chance(0.6)) layout.againstWall(fileCabinet(draw, style));
    if (draw.chance(0.2)) layout.againstWall(sofa(draw, style, draw.whole(1, 2)));
    if (draw.chance(0.2)) diningGroup(f, 2, 0.9);
    if (draw.chance(0.25)) layout.againstWall(chest(draw, style));
  },
};

/** Fills a room: first what its kind asks for, then what is found anywhere. */
export function furnish(draw: Draw, style: Style, layout: Layout): void {
  PROGRAMMES[layout.room.kind]({ draw, style, layout });
  const small = layout.room.kind === "bathroom" ? 0.3 : 1;
  if (draw.chance(0.4 * small)) layout.inCorner(floorLamp(draw, style));
  if (draw.chance(0.55 * small)) layout.inCorner(plant(draw, draw.between(0.7, 1.5)));
  if (draw.chance(0.35)) layout.againstWall(clutter(draw, style));
  if (draw.chance(0.25)) layout.againstWall(clutter(draw, style));
  if (draw.chance(0.2 * small)) layout.hang(hungShelf(draw, style), draw.between(1.3, 1.6));
  for (let i = draw.whole(1, 3); i > 0; i--)
    layout.hang(hungPicture(draw, style, draw.between(0.3, 0.9), draw.between(0.3, 0.8)), draw.between(1.25, 1.5));
  if (draw.chance(0.2 * small)) layout.hang(hungMirror(style, draw.between(0.4, 0.7), draw.between(0.6, 1)), draw.between(1, 1.3));
  if (draw.chance(0.25 * small)) layout.inMiddle(rug(draw, draw.between(1.2, 2), draw.between(0.9, 1.5)), 0);
}

/** What the room is for: where one does not fit, another may. */
function surely(layout: Layout, make: () => Placed["piece"]): Placed | undefined {
  for (let i = 0; i < 4; i++) {
    const place = layout.againstWall(make());
    if (place) return place;
  }
  return undefined;
}

function overHead({ draw, style, layout }: Furnisher, place: Placed): void {
  const width = draw.between(0.5, Math.max(0.6, place.piece.size[0] * 0.8));
  layout.hang(
    hungPicture(draw, style, width, draw.between(0.35, 0.65)),
    Math.max(place.piece.size[1] + 0.15, draw.between(1.25, 1.45)),
    place,
  );
}

/** A rug in front of a piece, some of it below. */
function under({ draw, layout }: Furnisher, place: Placed, out: number): void {
  layout.beside(place, rug(draw, draw.between(1.6, 2.4), draw.between(1.2, 1.7)), [0, out], 0);
}

/** On the wall that a piece looks at, or on any. */
function opposite({ layout }: Furnisher, place: Placed | undefined, piece: Placed["piece"]): void {
  const x = place ? Math.round(Math.sin(place.yaw)) : 0;
  const z = place ? Math.round(Math.cos(place.yaw)) : 0;
  const wall = x > 0 ? 1 : x < 0 ? 0 : z > 0 ? 3 : 2;
  if (!place || !layout.againstWall(piece, wall)) layout.againstWall(piece);
}

/** A desk at a wall with a chair before it. */
function workplace({ draw, style, layout }: Furnisher, computer: boolean): void {
  const place = surely(layout, () => desk(draw, style, computer));
  if (!place) return;
  const chair = draw.chance(0.7) ? officeChair(draw, style) : chairSet(draw, style)();
  const out = place.piece.size[2] / 2 + draw.between(0.05, 0.4);
  layout.beside(place, chair, [draw.between(-0.15, 0.15), out + chair.size[2] / 2], Math.PI + draw.between(-0.5, 0.5));
}

/** A table with chairs around it. */
function diningGroup({ draw, style, layout }: Furnisher, seats: number, long = 1): void {
  const round = draw.chance(0.25) && seats < 5;
  const w = round ? draw.between(0.9, 1.2) * long : (seats > 4 ? draw.between(1.6, 2) : draw.between(1.1, 1.4)) * long;
  const d = round ? w : draw.between(0.75, 0.95);
  const top = table(draw, style, [w, draw.between(0.72, 0.77), d], round);
  const place = layout.inMiddle(top, 0.55) ?? layout.inMiddle(top, 0.3) ?? layout.againstWall(top, undefined, 0.05);
  if (!place) return;
  const chair: ChairMaker = chairSet(draw, style);
  const sides: (readonly [number, number, number])[] = [];
  for (const side of [-1, 1] as const) {
    const turn = side > 0 ? Math.PI : 0;
    for (const x of seats > 4 ? [-w / 4, w / 4] : [0]) sides.push([x, side * (d / 2 + 0.16), turn]);
    if (seats !== 2 && seats !== 4) sides.push([side * (w / 2 + 0.16), 0, (-side * Math.PI) / 2]);
    else if (seats === 4) sides.push([side * (w / 2 + 0.16), 0, (-side * Math.PI) / 2]);
  }
  for (const [x, z, turn] of sides.slice(0, Math.max(2, seats))) {
    const pull = 1 + draw.between(0, 0.25);
    layout.beside(place, chair(), [x * (z === 0 ? pull : 1), z * pull], turn + draw.between(-0.15, 0.15), -0.25);
  }
}
