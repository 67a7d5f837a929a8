// What a camera sees in a scene: light, patterns, a mirror's reflection, tone mapping and the noise of a sensor.
// scenes: f32[B*88]   groups: f32[B*G*8]   parts: f32[B*M*24]   index: u32[B]   ->   image: f32[B,3,H*W]
// grid [ceil(H W/WG), B]. The table of scenes: lib/scene.wgsl; patterns: lib/finish.wgsl; light: lib/scene_light.wgsl.
// Each pixel is the mean of four rays on a rotated grid. image: RGB, 0 to 1, for a screen (gamma 2.2).
// Random numbers: (seed, index[b], pixel, ray): a picture does not depend on the batch that it is made in.
//#import scene
//#import finish
//#import scene_light
//#import random
override WG: u32 = 64u;
struct Params { B: u32, G: u32, M: u32, H: u32, W: u32, seed: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> scenes: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> groups: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> parts: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> index: array<u32>;
@group(0) @binding(5) var<storage, read_write> image: array<f32>;

// Patterns of a part differ from scene to scene.
fn pattern_salt(b: u32, part: u32) -> u32 {
  return random_u32(random_stream(p.seed, PURPOSE_SYNTHETIC), index[b], part, 6u);
}

// A surface where a ray meets it.
struct Surface { code: Code, a: vec3<f32>, c: vec3<f32>, scale: f32, shading: vec3<f32>, spot: Spot }

fn surface_of(b: u32, hit: Hit, at: vec3<f32>, n: vec3<f32>, pixel: f32) -> Surface {
  if (hit.part == SHELL) { return shell_surface(b, at, n, pixel); }
  let part = u32(hit.part);
  let half_size = part_half_size(b, part);
  let shape = part_row(b, part, 1u).w;
  let a = part_row(b, part, 4u);
  let c = part_row(b, part, 5u);
  let code = code_of(a.w);
  let unit = to_unit(b, part, at);
  let local = unit * half_size;
  var spot = Spot(vec2<f32>(local.x + local.z, local.y), half_size.xy, pixel, pattern_salt(b, part));
  var shading = n;
  if (shape == f32(CONE)) { spot.uv.x = atan2(unit.x, unit.z) * half_size.x; }
  if (shape == f32(BOX)) {
    let m = abs(unit);
    if (m.y >= max(m.x, m.z)) { spot.uv = local.xz; spot.half_size = half_size.xz; }
    else if (m.x >= m.z) { spot.uv = local.zy; spot.half_size = half_size.zy; }
    else { spot.uv = local.xy; }
    // The grain of wood runs along the longer side.
    if ((code.finish == WOOD || code.finish == PLANKS) && spot.half_size.y > spot.half_size.x) {
      spot.uv = spot.uv.yx;
      spot.half_size = spot.half_size.yx;
    }
    shading = rounded(part_axes(b, part), n, local, half_size, finish_rounding(code.finish));
  }
  if (code.finish == DRAPES) { shading = normalize(shading + 0.6 * sin(6.2831853 * spot.uv.x / c.w) * part_axes(b, part)[0]); }
  return Surface(code, a.xyz, c.xyz, c.w, shading, spot);
}

// The normal near an edge leans towards the other face.
fn rounded(axes: mat3x3<f32>, n: vec3<f32>, local: vec3<f32>, half_size: vec3<f32>, radius: f32) -> vec3<f32> {
  let r = min(vec3<f32>(radius), 0.8 * half_size);
  let lean = axes * (sign(local) * clamp((abs(local) - half_size + r) / r, vec3<f32>(0.0), vec3<f32>(1.0)));
  return normalize(n + 0.8 * (lean - dot(lean, n) * n));
}

fn shell_surface(b: u32, at: vec3<f32>, n: vec3<f32>, pixel: f32) -> Surface {
  let side = side_of(b, at);
  var which = 2u;
  if (side > 3u) { which = side - 4u; } else if (f32(side) == header(b, OTHER).x) { which = 3u; }
  let a = header(b, SURFACES + 2u * which);
  let c = header(b, SURFACES + 2u * which + 1u);
  let uv = select(select(at.xy, at.zy, side < 2u), at.xz, side > 3u);
  var code = code_of(a.w);
  var colour = a.xyz;
  if (side < 4u && at.y < 0.09) { code.finish = PLAIN; colour = header(b, SURFACES + 2u).xyz; } // a skirting board as white as the ceiling
  return Surface(code, colour, c.xyz, c.w, n, Spot(uv, vec2<f32>(50.0), pixel, pattern_salt(b, 1000u + which)));
}

// How open the surface is that a ray of this pixel met: its rays mostly meet the same one.
struct Known { part: i32, n: vec3<f32>, open: f32 }
var<private> known: Known = Known(-2, vec3<f32>(0.0), 1.0);

fn openness_of(b: u32, hit: Hit, at: vec3<f32>, n: vec3<f32>) -> f32 {
  if (hit.part != known.part || dot(n, known.n) < 0.9) { known = Known(hit.part, n, openness(b, at, n)); }
  return known.open;
}

// Light along a ray, per unit of exposure.
fn seen_along(b: u32, eye: vec3<f32>, towards: vec3<f32>, jitter: vec3<f32>) -> vec3<f32> {
  var origin = eye;
  var direction = towards;
  var path = 0.0;
  var share = 1.0;
  for (var turn = 0u; turn < 2u; turn++) {
    let hit = first_hit(b, origin, direction);
    let at = origin + hit.t * direction;
    let n = hit_normal(b, hit, at);
    path += hit.t;
    if (hit.part == SHELL && hit_class(b, hit, at) == WINDOW) { return share * outside(b, direction); }
    let s = surface_of(b, hit, at, n, path * 2.0 * header(b, CAMERA).w / f32(p.H));
    if (s.code.finish == MIRROR && turn == 0u) {
      origin = at + 1e-3 * n;
      direction = reflect(direction, n);
      share = 0.85;
      continue;
    }
    if (s.code.finish == GLOW) { return share * s.scale * s.a; }
    let albedo = finish_colour(s.code.finish, s.a, s.c, s.scale, s.spot);
    if (s.code.finish == SCREEN && s.scale > 0.0) { return share * s.scale * albedo; }
    let gloss = finish_gloss(s.code.finish);
    var light = albedo * light_at(b, at, n, s.shading, openness_of(b, hit, at, n), jitter);
    if (gloss > 0.0) { light += gloss * shine(b, at, s.shading, direction); }
    return share * light;
  }
  return vec3<f32>(0.0);
}

fn sensor_noise(stream: u32, id: u32, i: u32) -> vec3<f32> {
  let v = random_vec4(stream, id, i, 4u);
  let w = random_vec4(stream, id, i, 5u);
  return vec3<f32>(normal_f32(v.x, v.y), normal_f32(v.z, v.w), normal_f32(w.x, w.y));
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let b = wid.y + p.y0;
  let i = (wid.x + p.x0) * WG + lane;
  let plane = p.H * p.W;
  if (i >= plane) { return; }
  let stream = random_stream(p.seed, PURPOSE_SYNTHETIC); // last words: 0 to 3 rays, 4 and 5 noise, 6 patterns, 7 the table of scenes
  let size = vec2<f32>(f32(p.W), f32(p.H));
  var sum = vec3<f32>(0.0);
  for (var ray = 0u; ray < 4u; ray++) {
    let r = f32(ray);
    let offset = vec2<f32>(0.25 * r + 0.125, fract(0.5 * r + 0.25 * floor(0.5 * r)) + 0.125);
    let spot = vec2<f32>(f32(i % p.W), f32(i / p.W)) + offset;
    let v = random_vec4(stream, index[b], i, ray);
    let jitter = vec3<f32>(unit_f32(v.x), unit_f32(v.y), unit_f32(v.z));
    let direction = camera_ray(b, (spot - 0.5 * size) / size.y * vec2<f32>(1.0, -1.0));
    let bright = header(b, FORWARD).w * seen_along(b, header(b, CAMERA).xyz, direction, jitter);
    sum += vec3<f32>(1.0) - exp(-bright);
  }
  let noisy = pow(sum / 4.0, vec3<f32>(1.0 / 2.2)) + header(b, UP).w * sensor_noise(stream, index[b], i);
  for (var c = 0u; c < 3u; c++) {
    image[(b * 3u + c) * plane + i] = clamp(noisy[c], 0.0, 1.0);
  }
}
