// Negatives of every frame, n each, as n permutations of the frames: the j-th negative of row a is shuffle_j(a). So every frame is drawn equally
// often, and who drew it is known without a search: drawn[a,j] = c and users[c,j] = a. A function of (seed, step).
//   SCOPE 0: any frame   1: of the same sequence   2: of another sequence   3: of a sequence of the same group   4: of another one of the group
// groups: u32[L] (B, or anything below SCOPE 3)   ->  drawn: u32[R,n] (rows; NO_FRAME: there is none)   users: u32[R,n]
// grid [R*n/64]: one draw an invocation. Requires R = B T; SCOPE 2: B >= 2.
//#import shuffles
//#import step
override WG: u32 = 64u;
override SCOPE: u32 = 0u;
struct Params { R: u32, B: u32, T: u32, L: u32, n: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> groups: array<u32>;
@group(0) @binding(2) var<storage, read_write> drawn: array<u32>;
@group(0) @binding(3) var<storage, read_write> users: array<u32>;
@group(0) @binding(4) var<uniform> step: Step;

const NO_FRAME: u32 = 0xffffffffu;

// How many sequences of b's group there are (x), how many of them come before b (y), and the first (z).
fn rank(b: u32) -> vec3u {
  var found = vec3u(0u, 0u, b);
  for (var i = p.B; i > 0u; i--) {
    if (groups[i - 1u] == groups[b]) {
      found.x += 1u;
      found.z = i - 1u;
      if (i - 1u < b) { found.y += 1u; }
    }
  }
  return found;
}

// The sequence of b's group that `before` others come before.
fn member(b: u32, before: u32) -> u32 {
  var left = before;
  for (var i = 0u; i < p.B; i++) {
    if (groups[i] == groups[b]) {
      if (left == 0u) { return i; }
      left -= 1u;
    }
  }
  return b;
}

// How far on in a ring of `size` sequences the other one is: 1 to size - 1.
fn away(size: u32, stream: u32, j: u32, place: u32) -> u32 {
  return 1u + index_below(random_vec4(stream, step.step, j, place).x, size - 1u);
}

fn draw(row: u32, j: u32) -> u32 {
  let stream = random_stream(step.seed, PURPOSE_NEGATIVES);
  let b = row / p.T;
  let t = row % p.T;
  if (SCOPE == 0u) { return shuffled(row, p.R, stream, step.step, j); }
  if (SCOPE == 1u) { return b * p.T + shuffled(t, p.T, stream, step.step, j * p.B + b); }
  if (SCOPE == 2u) {
    let to = shuffled(t, p.T, stream, step.step, j * p.B + b);
    return (b + away(p.B, stream, j, to)) % p.B * p.T + to;
  }
  let own = rank(b);
  if (SCOPE == 3u) {
    let to = shuffled(own.y * p.T + t, own.x * p.T, stream, step.step, j * p.B + own.z);
    return member(b, to / p.T) * p.T + to % p.T;
  }
  if (own.x == 1u) { return NO_FRAME; }
  let to = shuffled(t, p.T, stream, step.step, j * p.B + b);
  return member(b, (own.y + away(own.x, stream, j * p.B + own.z, to)) % own.x) * p.T + to;
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (wid.x + p.x0) * WG + lane;
  if (i >= p.R * p.n) { return; }
  let row = i / p.n;
  let j = i % p.n;
  let to = draw(row, j);
  drawn[i] = to;
  if (to == NO_FRAME) { users[i] = NO_FRAME; } else { users[to * p.n + j] = row; }
}
