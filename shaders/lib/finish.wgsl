// How surfaces look: patterns of two colours, as functions of a point on the surface in metres. Names and numbers: src/data/scenes/finish.ts.
const PLAIN: u32 = 0u;
const WOOD: u32 = 1u;
const PLANKS: u32 = 2u;
const TILES: u32 = 3u;
const STRIPES: u32 = 4u;
const CHECKS: u32 = 5u;
const WEAVE: u32 = 6u;
const BOOKS: u32 = 7u;
const PICTURE: u32 = 8u;
const SCREEN: u32 = 9u;
const GLOW: u32 = 10u;
const LEAF: u32 = 11u;
const METAL: u32 = 12u;
const MARBLE: u32 = 13u;
const RUG: u32 = 14u;
const DRAPES: u32 = 15u;
const PAPER: u32 = 16u;
const MIRROR: u32 = 17u;

// A surface at a point: coordinates on it in metres and its half extents, and how large a pixel is there.
struct Spot { uv: vec2<f32>, half_size: vec2<f32>, pixel: f32, salt: u32 }

// Four numbers in [0, 1) that belong to a cell of a pattern.
fn cell_numbers(cell: vec2<f32>, salt: u32) -> vec4<f32> {
  let v = random_vec4(salt, bitcast<u32>(i32(cell.x)), bitcast<u32>(i32(cell.y)), 0x5ce4u);
  return vec4<f32>(unit_f32(v.x), unit_f32(v.y), unit_f32(v.z), unit_f32(v.w));
}

// Smooth noise in [0, 1] with cells of size 1. The corners in a loop: the hash is compiled once.
fn noise(at: vec2<f32>, salt: u32) -> f32 {
  let cell = floor(at);
  let f = at - cell;
  let s = f * f * (3.0 - 2.0 * f);
  var sum = 0.0;
  for (var i = 0u; i < 4u; i++) {
    let corner = vec2<f32>(f32(i & 1u), f32(i >> 1u));
    let share = mix(1.0 - s, s, corner);
    sum += share.x * share.y * cell_numbers(cell + corner, salt).x;
  }
  return sum;
}

// Cells a metre of a finish's coarse and fine grain, along and across; 0: it has none.
fn grain_of(finish: u32) -> vec4<f32> {
  switch finish {
    case WOOD, PLANKS: { return vec4<f32>(1.7, 6.0, 2.5, 60.0); }
    case WEAVE, RUG: { return vec4<f32>(14.0, 14.0, 160.0, 160.0); }
    case LEAF: { return vec4<f32>(30.0, 30.0, 90.0, 90.0); }
    case MARBLE: { return vec4<f32>(3.0, 3.0, 9.0, 9.0); }
    default: { return vec4<f32>(0.0); }
  }
}

// 1 for details larger than a pixel, falling to 0 for smaller ones, which would only flicker.
fn seen(detail: f32, pixel: f32) -> f32 {
  return clamp(1.5 * detail / pixel - 0.5, 0.0, 1.0);
}

// 1 within `width` of the edge of a cell whose coordinates are `at` of `size`, 0 inside; as wide as a pixel at least, and then fainter.
fn joint(at: vec2<f32>, size: vec2<f32>, width: f32, pixel: f32) -> f32 {
  let inside = min(at, size - at);
  let wide = max(width, 0.5 * pixel);
  return clamp(1.5 - min(inside.x, inside.y) / wide, 0.0, 1.0) * width / wide;
}

// `grain`: coarse and fine noise.
fn wood(a: vec3<f32>, c: vec3<f32>, grain: vec2<f32>, pixel: f32) -> vec3<f32> {
  return mix(a, c, 0.55 * grain.x + 0.45 * mix(0.5, grain.y, seen(0.012, pixel)));
}

// Boards along u, each of its own shade, every row shifted: the cell, and the point in it.
struct Board { cell: vec2<f32>, at: vec2<f32>, size: vec2<f32> }

fn board_at(uv: vec2<f32>, width: f32, salt: u32) -> Board {
  let size = vec2<f32>(9.0 * width, width);
  let row = floor(uv.y / width);
  let shifted = uv + vec2<f32>(size.x * fract(0.37 * row + 0.21 * f32(salt & 15u)), 0.0);
  let cell = floor(shifted / size);
  return Board(cell, shifted - cell * size, size);
}

fn tiles(a: vec3<f32>, c: vec3<f32>, s: Spot, size: f32) -> vec3<f32> {
  let cell = floor(s.uv / size);
  let odd = (i32(cell.x) + i32(cell.y)) & 1;
  let tile = select(a, c, odd == 1) * (0.94 + 0.12 * cell_numbers(cell, s.salt).x);
  return mix(tile, vec3<f32>(0.52, 0.5, 0.47), joint(s.uv - cell * size, vec2<f32>(size), 0.005, s.pixel));
}

fn stripes(a: vec3<f32>, c: vec3<f32>, u: f32, pixel: f32, width: f32) -> vec3<f32> {
  let wave = sin(3.14159265 * u / width);
  return mix(a, c, mix(0.5, smoothstep(-0.15, 0.15, wave), seen(width, pixel)));
}

fn checks(a: vec3<f32>, c: vec3<f32>, s: Spot, size: f32) -> vec3<f32> {
  let wave = smoothstep(vec2<f32>(-0.2), vec2<f32>(0.2), sin(3.14159265 * s.uv / size));
  return mix(a, c, mix(0.5, 0.5 * (wave.x + wave.y), seen(size, s.pixel)));
}

fn weave(a: vec3<f32>, grain: vec2<f32>, pixel: f32) -> vec3<f32> {
  return a * (0.9 + 0.12 * grain.x + 0.14 * (grain.y - 0.5) * seen(0.008, pixel));
}

// A row of spines of unequal height; behind the shorter ones it is dark.
fn books(s: Spot, width: f32) -> vec3<f32> {
  let spot = s.uv.x + s.half_size.x;
  let cell = floor(spot / width);
  let own = cell_numbers(vec2<f32>(cell, 3.0), s.salt);
  let split = width * (0.25 + 0.5 * own.w); // two books a cell
  let second = f32(spot - cell * width > split);
  let book = cell_numbers(vec2<f32>(2.0 * cell + second, 11.0), s.salt);
  let height = (s.uv.y + s.half_size.y) / (2.0 * s.half_size.y);
  let hue = fract(vec3<f32>(book.x, book.x + 0.33, book.x + 0.67) * 1.0);
  let vivid = clamp(abs(hue * 6.0 - 3.0) - 1.0, vec3<f32>(0.0), vec3<f32>(1.0));
  var colour = mix(vec3<f32>(0.55, 0.5, 0.44), vivid, 0.35 + 0.35 * book.y) * (0.22 + 0.6 * book.z);
  if (abs(height - 0.55) < 0.05 || abs(height - 0.2) < 0.025) { colour = mix(colour, vec3<f32>(0.85, 0.78, 0.6), 0.7 * book.w); }
  let edge = joint(vec2<f32>(spot - cell * width - select(0.0, split, second > 0.0), 1.0), vec2<f32>(select(split, width - split, second > 0.0), 2.0), 0.002, s.pixel);
  return select(colour * (1.0 - 0.6 * edge), vec3<f32>(0.03, 0.025, 0.02), height > 0.72 + 0.28 * book.y);
}

// Something hangs there: hills under a sky, or fields of colour.
fn picture(a: vec3<f32>, c: vec3<f32>, s: Spot) -> vec3<f32> {
  let at = s.uv / s.half_size;
  let own = cell_numbers(vec2<f32>(1.0, 2.0), s.salt);
  if (max(abs(at.x), abs(at.y)) > 0.78 && own.w < 0.6) { return vec3<f32>(0.86, 0.84, 0.79); }
  if (own.x < 0.55) {
    let far_hill = 0.12 * sin(2.3 * at.x + 7.0 * own.y) + 0.05 * sin(6.1 * at.x + 9.0 * own.z) + 0.1;
    let near_hill = 0.25 * sin(1.9 * at.x + 7.0 * own.z) - 0.35;
    let sky = mix(vec3<f32>(0.9, 0.8, 0.65), a, clamp(at.y + 0.3, 0.0, 1.0));
    let disc = length(at - vec2<f32>(own.y - 0.5, 0.45)) < 0.16;
    let behind = select(sky, vec3<f32>(0.95, 0.75, 0.4), disc);
    return select(select(behind, 0.6 * c + 0.25 * a, at.y < far_hill), 0.5 * c, at.y < near_hill);
  }
  let field = floor(at * (1.0 + 1.5 * own.yz) + own.zy * 3.0);
  let n = cell_numbers(field, s.salt + 5u);
  return mix(mix(a, c, n.x), n.yzw, 0.45);
}

fn rug(a: vec3<f32>, c: vec3<f32>, s: Spot, size: f32) -> vec3<f32> {
  let edge = min(s.half_size.x - abs(s.uv.x), s.half_size.y - abs(s.uv.y));
  let band = f32(edge < 0.16 && edge > 0.08);
  let motif = abs(fract(s.uv.x / size + 0.5) - 0.5) + abs(fract(s.uv.y / size + 0.5) - 0.5);
  let inner = f32(edge > 0.2) * mix(0.3, smoothstep(0.02, -0.02, abs(motif - 0.3) - 0.1), seen(0.3 * size, s.pixel));
  return mix(a, c, max(band, inner));
}

// Wallpaper: rows of lozenges, every other one shifted.
fn paper(a: vec3<f32>, c: vec3<f32>, s: Spot, size: f32) -> vec3<f32> {
  let row = floor(s.uv.y / size);
  let at = abs(fract(vec2<f32>(s.uv.x / size + 0.5 * (row - 2.0 * floor(0.5 * row)), s.uv.y / size)) - 0.5);
  let motif = smoothstep(0.03, -0.03, at.x * 1.6 + at.y - 0.36);
  return mix(a, c, mix(0.2, motif, seen(0.5 * size, s.pixel)));
}

fn marble(a: vec3<f32>, c: vec3<f32>, uv: vec2<f32>, grain: vec2<f32>) -> vec3<f32> {
  let vein = 1.0 - abs(sin(5.0 * (uv.x + 0.6 * uv.y) + 5.0 * grain.x + 2.5 * grain.y));
  return mix(a, c, 0.8 * vein * vein * vein);
}

// Reflected light of a surface (of a screen: what it shows), 0 to 1 a channel, linear.
fn finish_colour(finish: u32, a: vec3<f32>, c: vec3<f32>, scale: f32, s: Spot) -> vec3<f32> {
  var uv = s.uv;
  var board = Board(vec2<f32>(0.0), vec2<f32>(0.0), vec2<f32>(1.0));
  if (finish == PLANKS) {
    board = board_at(s.uv, scale, s.salt);
    uv += 3.7 * board.cell.yx;
  }
  let cells = grain_of(finish);
  var grain = vec2<f32>(0.5);
  if (cells.x > 0.0) {
    grain.x = noise(uv * cells.xy, s.salt);
    grain.y = noise(uv * cells.zw + vec2<f32>(0.0, 4.0 * grain.x), s.salt + 1u);
  }
  switch finish {
    case WOOD: { return wood(a, c, grain, s.pixel); }
    case PLANKS: {
      let gap = joint(board.at, board.size, 0.004, s.pixel);
      return wood(a, c, grain, s.pixel) * (0.86 + 0.28 * cell_numbers(board.cell, s.salt).x) * (1.0 - 0.7 * gap);
    }
    case TILES: { return tiles(a, c, s, scale); }
    case STRIPES: { return stripes(a, c, s.uv.x, s.pixel, scale); }
    case DRAPES: { return stripes(a, c, s.uv.x, s.pixel, 3.0 * scale); }
    case CHECKS: { return checks(a, c, s, scale); }
    case WEAVE: { return weave(a, grain, s.pixel); }
    case RUG: { return weave(rug(a, c, s, scale), grain, s.pixel); }
    case BOOKS: { return books(s, scale); }
    case PICTURE, SCREEN: { return select(a, picture(a, c, s), scale > 0.0); }
    case LEAF: { return mix(a, c, grain.x); }
    case MARBLE: { return marble(a, c, s.uv, grain); }
    case PAPER: { return paper(a, c, s, scale); }
    default: { return a; }
  }
}

// How much light is mirrored when looked at straight; more at a slant.
fn finish_gloss(finish: u32) -> f32 {
  switch finish {
    case WOOD: { return 0.035; }
    case PLANKS: { return 0.045; }
    case TILES, MARBLE: { return 0.1; }
    case SCREEN: { return 0.12; }
    case METAL: { return 0.3; }
    case LEAF: { return 0.04; }
    default: { return 0.0; }
  }
}

// How far a box is rounded at its edges, in metres: only its shading, not its shape.
fn finish_rounding(finish: u32) -> f32 {
  return select(0.008, 0.05, finish == WEAVE || finish == STRIPES || finish == CHECKS);
}
