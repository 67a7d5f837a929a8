// Rays against a scene: a room (the inside of a box) with furniture, which is boxes, cones (cylinders) and balls in groups with bounding boxes.
// The table that describes it is written by src/data/scenes/table.ts: names and places agree with it.
// The importing kernel declares
//   scenes: array<vec4<f32>>  22 a scene: see the constants below
//   groups: array<vec4<f32>>  2 a group: lower corner and first part (counted within the scene), upper corner and number of parts
//   parts:  array<vec4<f32>>  6 a part: middle, radius of the ball around it; three rows of the linear map to the unit shape, with its shape,
//           its taper and 0; two colours, with its code and the size of its pattern
// and p.G and p.M, the groups and parts that a scene may have. Lengths are metres; y points up; the room is [0, room].
const CAMERA: u32 = 0u;    // eye, tan(half of the vertical angle of view)
const RIGHT: u32 = 1u;     // .w: the number of groups
const UP: u32 = 2u;        // .w: standard deviation of the sensor's noise
const FORWARD: u32 = 3u;   // .w: exposure
const ROOM: u32 = 4u;      // .w: light that comes from everywhere
const SUN: u32 = 5u;       // direction to the sun, its strength
const SUN_COLOUR: u32 = 6u; // .w: strength of the sky
const LAMP: u32 = 7u;      // position, strength
const LAMP_COLOUR: u32 = 8u; // .w: radius
const WINDOWS: u32 = 9u;   // two of (wall, middle along the wall, middle height, 0), (half width, half height, 0, 0); none: a half width of 0
const SURFACES: u32 = 13u; // floor, ceiling, walls, one other wall: two colours each, as of a part
const OTHER: u32 = 21u;    // the other wall; 0; 0; 0
const HEADER: u32 = 22u;

const BOX: u32 = 0u;
const CONE: u32 = 1u; // about the y axis: x^2 + z^2 = (1 + taper y)^2 for |y| <= 1
const BALL: u32 = 2u;
const FAR: f32 = 1e9;
const SHELL: i32 = -1;

const BED: u32 = 0u; // the names are in src/data/scenes/classes.ts
const CEILING: u32 = 2u;
const FLOOR: u32 = 4u;
const WALL: u32 = 11u;
const WINDOW: u32 = 12u;

// What a ray meets first: its distance and a part of the scene, or SHELL.
struct Hit { t: f32, part: i32 }

// What a part or a surface is: `finish` says how it looks (lib/finish.wgsl).
struct Code { segment: u32, finish: u32 }

fn code_of(number: f32) -> Code {
  let code = u32(number);
  return Code(code & 15u, code >> 4u);
}

fn header(b: u32, i: u32) -> vec4<f32> {
  return scenes[b * HEADER + i];
}

fn part_row(b: u32, part: u32, row: u32) -> vec4<f32> {
  return parts[(b * p.M + part) * 6u + row];
}

// Direction through a point of the image, (0, 0) its upper left corner, in units of its height and from its middle: right and up.
fn camera_ray(b: u32, right_up: vec2<f32>) -> vec3<f32> {
  let scale = 2.0 * header(b, CAMERA).w;
  return normalize(header(b, FORWARD).xyz + scale * (right_up.x * header(b, RIGHT).xyz + right_up.y * header(b, UP).xyz));
}

// No component is 0, so that its inverse is finite.
fn invertible(d: vec3<f32>) -> vec3<f32> {
  return select(d, vec3<f32>(1e-7), abs(d) < vec3<f32>(1e-7));
}

// A point in the coordinates of the part's unit shape, [-1, 1]^3.
fn to_unit(b: u32, part: u32, at: vec3<f32>) -> vec3<f32> {
  let o = at - part_row(b, part, 0u).xyz;
  return vec3<f32>(dot(part_row(b, part, 1u).xyz, o), dot(part_row(b, part, 2u).xyz, o), dot(part_row(b, part, 3u).xyz, o));
}

// Unit vectors along the part's axes, as columns.
fn part_axes(b: u32, part: u32) -> mat3x3<f32> {
  return mat3x3<f32>(normalize(part_row(b, part, 1u).xyz), normalize(part_row(b, part, 2u).xyz), normalize(part_row(b, part, 3u).xyz));
}

fn part_half_size(b: u32, part: u32) -> vec3<f32> {
  return 1.0 / vec3<f32>(length(part_row(b, part, 1u).xyz), length(part_row(b, part, 2u).xyz), length(part_row(b, part, 3u).xyz));
}

fn ray_box(o: vec3<f32>, d: vec3<f32>) -> f32 {
  let inverse = 1.0 / invertible(d);
  let a = (-1.0 - o) * inverse;
  let c = (1.0 - o) * inverse;
  let low = min(a, c);
  let high = max(a, c);
  let near = max(max(low.x, low.y), low.z);
  return select(FAR, near, near > 0.0 && near <= min(min(high.x, high.y), high.z));
}

fn ray_ball(o: vec3<f32>, d: vec3<f32>) -> f32 {
  let a = dot(d, d);
  let b = dot(o, d);
  let root = b * b - a * (dot(o, o) - 1.0);
  let t = (-b - sqrt(max(root, 0.0))) / a;
  return select(FAR, t, root > 0.0 && t > 0.0);
}

// The side where |y| <= 1 or a cap within its radius, whichever comes first.
fn ray_cone(o: vec3<f32>, d: vec3<f32>, taper: f32) -> f32 {
  let a0 = dot(d.xz, d.xz) - taper * taper * d.y * d.y;
  let a = select(a0, 1e-7, abs(a0) < 1e-7);
  let b = dot(o.xz, d.xz) - taper * d.y * (1.0 + taper * o.y);
  let c = dot(o.xz, o.xz) - (1.0 + taper * o.y) * (1.0 + taper * o.y);
  let root = b * b - a * c;
  var best = FAR;
  if (root > 0.0) {
    let sides = (vec2<f32>(-b) + vec2<f32>(-1.0, 1.0) * sqrt(root)) / a;
    let valid = (sides > vec2<f32>(0.0)) & (abs(o.y + sides * d.y) <= vec2<f32>(1.0));
    best = min(select(FAR, sides.x, valid.x), select(FAR, sides.y, valid.y));
  }
  let dy = select(d.y, 1e-7, abs(d.y) < 1e-7);
  let cap = -sign(dy); // the one that the ray comes from
  let t = (cap - o.y) / dy;
  let on = o.xz + t * d.xz;
  let radius = 1.0 + taper * cap;
  return select(best, min(best, t), t > 0.0 && dot(on, on) <= radius * radius);
}

// Distance along a ray (of a unit direction) to a part, FAR when it does not meet it before `limit`. Most parts are ruled out by the ball around
// them: reading the rest costs more than computing on some adapters.
fn ray_part(b: u32, part: u32, origin: vec3<f32>, direction: vec3<f32>, limit: f32) -> f32 {
  let ball = part_row(b, part, 0u);
  let to = ball.xyz - origin;
  let along = dot(to, direction);
  if (dot(to, to) - along * along > ball.w * ball.w || abs(along) > limit + ball.w) { return FAR; }
  let x = part_row(b, part, 1u);
  let y = part_row(b, part, 2u);
  let z = part_row(b, part, 3u).xyz;
  let o = -vec3<f32>(dot(x.xyz, to), dot(y.xyz, to), dot(z, to));
  let d = vec3<f32>(dot(x.xyz, direction), dot(y.xyz, direction), dot(z, direction));
  if (x.w == f32(BOX)) { return ray_box(o, d); }
  if (x.w == f32(CONE)) { return ray_cone(o, d, y.w); }
  return ray_ball(o, d);
}

// Whether a ray crosses a group's bounding box before `limit`.
fn meets_group(low: vec3<f32>, high: vec3<f32>, origin: vec3<f32>, inverse: vec3<f32>, limit: f32) -> bool {
  let a = (low - origin) * inverse;
  let c = (high - origin) * inverse;
  let enter = min(a, c);
  let leave = max(a, c);
  let near = max(max(enter.x, enter.y), enter.z);
  let far = min(min(leave.x, leave.y), leave.z);
  return far >= max(near, 0.0) && near < limit;
}

// Where a ray from inside leaves the room.
fn leave_room(b: u32, origin: vec3<f32>, direction: vec3<f32>) -> f32 {
  let d = invertible(direction);
  let t = (select(vec3<f32>(0.0), header(b, ROOM).xyz, d > vec3<f32>(0.0)) - origin) / d;
  return min(min(t.x, t.y), t.z);
}

fn first_hit(b: u32, origin: vec3<f32>, direction: vec3<f32>) -> Hit {
  var hit = Hit(leave_room(b, origin, direction), SHELL);
  let inverse = 1.0 / invertible(direction);
  let count = u32(header(b, RIGHT).w);
  for (var g = 0u; g < count; g++) {
    let low = groups[(b * p.G + g) * 2u];
    let high = groups[(b * p.G + g) * 2u + 1u];
    if (meets_group(low.xyz, high.xyz, origin, inverse, hit.t)) {
      let first = u32(low.w);
      for (var part = first; part < first + u32(high.w); part++) {
        let t = ray_part(b, part, origin, direction, hit.t);
        if (t < hit.t) { hit = Hit(t, i32(part)); }
      }
    }
  }
  return hit;
}

// The wall (0: x = 0, 1: x = room.x, 2: z = 0, 3: z = room.z), 4 for the floor or 5 for the ceiling that a point of the shell is on.
fn side_of(b: u32, at: vec3<f32>) -> u32 {
  let room = header(b, ROOM).xyz;
  let low = abs(at);
  let high = abs(room - at);
  let nearest = min(low, high);
  if (nearest.y <= min(nearest.x, nearest.z)) { return select(5u, 4u, low.y < high.y); }
  if (nearest.x <= nearest.z) { return select(1u, 0u, low.x < high.x); }
  return select(3u, 2u, low.z < high.z);
}

// Into the room.
fn side_normal(side: u32) -> vec3<f32> {
  switch side {
    case 0u: { return vec3<f32>(1.0, 0.0, 0.0); }
    case 1u: { return vec3<f32>(-1.0, 0.0, 0.0); }
    case 2u: { return vec3<f32>(0.0, 0.0, 1.0); }
    case 3u: { return vec3<f32>(0.0, 0.0, -1.0); }
    case 4u: { return vec3<f32>(0.0, 1.0, 0.0); }
    default: { return vec3<f32>(0.0, -1.0, 0.0); }
  }
}

// How much of a window lies over a point of a wall: 1 inside, 0 outside, a ramp of the given width between.
fn window_over(b: u32, at: vec3<f32>, side: u32, soft: f32) -> f32 {
  var most = 0.0;
  for (var i = 0u; i < 2u; i++) {
    let place = header(b, WINDOWS + 2u * i);
    let half_size = header(b, WINDOWS + 2u * i + 1u).xy;
    let along = select(at.x, at.z, side < 2u);
    let inside = half_size - abs(vec2<f32>(along, at.y) - place.yz);
    let cover = clamp(inside / soft + 0.5, vec2<f32>(0.0), vec2<f32>(1.0));
    if (half_size.x > 0.0 && u32(place.x) == side) { most = max(most, cover.x * cover.y); }
  }
  return most;
}

// Outward normal of a part at a point of its surface.
fn part_normal(b: u32, part: u32, at: vec3<f32>) -> vec3<f32> {
  let u = to_unit(b, part, at);
  let x = part_row(b, part, 1u);
  let y = part_row(b, part, 2u);
  var n = u;
  if (x.w == f32(BOX)) {
    let a = abs(u);
    let most = max(max(a.x, a.y), a.z);
    if (a.y == most) { n = vec3<f32>(0.0, u.y, 0.0); }
    else if (a.x == most) { n = vec3<f32>(u.x, 0.0, 0.0); }
    else { n = vec3<f32>(0.0, 0.0, u.z); }
  } else if (x.w == f32(CONE)) {
    let radius = 1.0 + y.w * u.y;
    // On a cap the point lies inside the side.
    let cap = 1.0 - abs(u.y) < abs(radius - length(u.xz));
    n = select(vec3<f32>(u.x, -y.w * radius, u.z), vec3<f32>(0.0, u.y, 0.0), cap);
  }
  return normalize(n.x * x.xyz + n.y * y.xyz + n.z * part_row(b, part, 3u).xyz);
}

fn hit_normal(b: u32, hit: Hit, at: vec3<f32>) -> vec3<f32> {
  if (hit.part == SHELL) { return side_normal(side_of(b, at)); }
  return part_normal(b, u32(hit.part), at);
}

fn hit_class(b: u32, hit: Hit, at: vec3<f32>) -> u32 {
  if (hit.part != SHELL) { return code_of(part_row(b, u32(hit.part), 4u).w).segment; }
  let side = side_of(b, at);
  if (side == 4u) { return FLOOR; }
  if (side == 5u) { return CEILING; }
  return select(WALL, WINDOW, window_over(b, at, side, 1e-6) > 0.5);
}
