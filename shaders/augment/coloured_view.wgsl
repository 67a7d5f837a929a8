// view[b,c] = gain_c recoloured(view[b])_c + bias_c: colour jitter in random order, and greyscale      (torchvision: ColorJitter, RandomGrayscale)
// index: u32[B]   view: f32[B,C,P]   (in place: RGB or one channel, 0 to 1, before)
// grid [B]: a workgroup recolours one view. Contrast blends with the mean grey of the view as it is when contrast's turn comes: then a first
// pass goes that far and sums up. A lane has four pixels at a time. Factors: uniform in [max(0, 1 - range), 1 + range], the hue's in [-range, range] turns.
// `jitter` and `grey` are the probabilities. Random numbers: (seed, step, index[b], view).
// Requires C = 3, or C = 1 with saturation, hue and grey of 0; WG >= 16.
//#import colour
//#import random
//#import step
override WG: u32 = 256u;
struct Params {
  B: u32, C: u32, P: u32, number: u32, grey_first: u32, x0: u32,
  jitter: f32, brightness: f32, contrast: f32, saturation: f32, hue: f32, grey: f32,
  gain0: f32, gain1: f32, gain2: f32, bias0: f32, bias1: f32, bias2: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> view: array<f32>;
@group(0) @binding(3) var<uniform> step: Step;

var<workgroup> sums: array<f32, WG>;
var<workgroup> parts: array<f32, 16>;

// What happens to one view: the first `count` of operations a, b, c and d, the one at `contrast_at` contrast. An operation is a blend by a
// factor x with y mean + z luma, or, where w is not 0, a turn of the hue by w.
struct Change { a: vec4f, b: vec4f, c: vec4f, d: vec4f, count: u32, contrast_at: u32, grey: u32 }

fn random_change(id: u32) -> Change {
  // The crop draws from 16 number to 16 number + 10.
  let stream = random_stream(step.seed, PURPOSE_AUGMENT);
  let f = random_vec4(stream, step.step, id, 16u * p.number + 11u);
  let u = random_vec4(stream, step.step, id, 16u * p.number + 12u);
  let range = vec4f(p.brightness, p.contrast, p.saturation, p.hue);
  let low = vec4f(max(vec3f(), 1.0 - range.xyz), -range.w);
  let high = vec4f(1.0 + range.xyz, range.w);
  let factor = low + (high - low) * vec4f(unit_f32(f.x), unit_f32(f.y), unit_f32(f.z), unit_f32(f.w));
  let order = order_of(index_below(u.z, 24u));
  let ops = (vec4u(order) >> vec4u(0u, 4u, 8u, 12u)) & vec4u(15u);
  let is_contrast = ops == vec4u(CONTRAST);
  let contrast_at = select(select(select(3u, 2u, is_contrast.z), 1u, is_contrast.y), 0u, is_contrast.x);
  let count = select(0u, 4u, unit_f32(u.x) < p.jitter);
  return Change(
    operation(ops.x, factor), operation(ops.y, factor), operation(ops.z, factor), operation(ops.w, factor),
    count, contrast_at, u32(unit_f32(u.y) < p.grey),
  );
}

// One whose range is 0 is off: its factor is 1, or its turn 0.
fn operation(op: u32, factor: vec4f) -> vec4f {
  if (op == HUE) { return vec4f(1.0, 0.0, 0.0, factor.w); }
  let blended = select(select(factor.x, factor.y, op == CONTRAST), factor.z, op == SATURATION);
  return vec4f(blended, f32(op == CONTRAST), f32(op == SATURATION), 0.0);
}

// Pixels i, i + WG, i + 2 WG and i + 3 WG of a view; for those beyond the last, i again, which no other lane writes.
fn places(i: u32) -> vec4u {
  let at = i + vec4u(0u, 1u, 2u, 3u) * WG;
  return select(vec4u(i), at, at < vec4u(p.P));
}

fn channel(plane: u32, at: vec4u) -> vec4f { return vec4f(view[plane + at.x], view[plane + at.y], view[plane + at.z], view[plane + at.w]); }

fn colours_at(start: u32, at: vec4u) -> Colours {
  let r = channel(start, at);
  if (p.C == 1u) { return Colours(r, r, r); }
  return Colours(r, channel(start + p.P, at), channel(start + 2u * p.P, at));
}

// The pixels after the first `count` operations. These move up, as an index into them would be a load for every lane.
fn changed(before: Colours, change: Change, count: u32, mean: f32) -> Colours {
  var v = before;
  if (change.grey == 1u && p.grey_first == 1u) { let y = luma(v); v = Colours(y, y, y); }
  var now = change.a; var next = change.b; var third = change.c;
  for (var k = 0u; k < count; k++) {
    if (now.w != 0.0) { v = turn_hue(v, now.w); }
    else { v = blend(v, now.x, now.y * mean + now.z * luma(v)); }
    now = next; next = third; third = change.d;
  }
  return v;
}

fn store(plane: u32, i: u32, v: vec4f) {
  view[plane + i] = v.x;
  if (i + WG < p.P) { view[plane + i + WG] = v.y; }
  if (i + 2u * WG < p.P) { view[plane + i + 2u * WG] = v.z; }
  if (i + 3u * WG < p.P) { view[plane + i + 3u * WG] = v.w; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = wid.x + p.x0;
  let start = b * p.C * p.P;
  let change = random_change(index[b]);
  var sum = vec4f();
  if (change.count > 0u && p.contrast > 0.0) {
    for (var i = lane; i < p.P; i += 4u * WG) {
      let v = changed(colours_at(start, places(i)), change, change.contrast_at, 0.0);
      let there = i + vec4u(0u, 1u, 2u, 3u) * WG < vec4u(p.P);
      sum += select(vec4f(), select(luma(v), v.r, p.C == 1u), there);
    }
  }
  sums[lane] = (sum.x + sum.y) + (sum.z + sum.w);
  workgroupBarrier();
  // Sixteen partial sums, then their sum, in every lane alike: two barriers instead of log2(WG), which is what costs on a CPU.
  if (lane < 16u) {
    var part = 0.0;
    for (var i = lane; i < WG; i += 16u) { part += sums[i]; }
    parts[lane] = part;
  }
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < 16u; i++) { total += parts[i]; }
  for (var i = lane; i < p.P; i += 4u * WG) {
    var v = changed(colours_at(start, places(i)), change, change.count, total / f32(p.P));
    if (change.grey == 1u && p.grey_first == 0u) { let y = luma(v); v = Colours(y, y, y); }
    store(start, i, p.gain0 * v.r + p.bias0);
    if (p.C == 3u) {
      store(start + p.P, i, p.gain1 * v.g + p.bias1);
      store(start + 2u * p.P, i, p.gain2 * v.b + p.bias2);
    }
  }
}
