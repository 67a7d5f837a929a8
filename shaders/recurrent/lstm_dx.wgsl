// Gradients of an LSTM over all steps, backwards in time (see lstm.wgsl): what reaches the projections.
//   dc = dh o (1 - tanh(c')^2) + dc   di = dc g i (1 - i)   df = dc c f (1 - f)   dg = dc i (1 - g^2)   do = dh tanh(c') o (1 - o)
//   of the step before: dc f, and U^T (di, df, dg, do)
// w: f32[4*H,H]   gates: f32[B,T,4*H] (i, f, g, o)   cell: f32[B,T,H]   c0: f32[L] (B*H, or anything unless STATE)   dy: f32[B,T,H]
//   ->  da: f32[B,T,4*H]   dh: f32[B,H]   dc: f32[B,H] (of the initial state)
// grid [B/4]: a workgroup owns four sequences; a lane owns units WG apart. One barrier a step: all of `da` before the products with U^T.
//#import gates
override WG: u32 = 32u;
override STATE: bool = false;
struct Params { B: u32, T: u32, H: u32, L: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> gates: array<f32>;
@group(0) @binding(3) var<storage, read> cell: array<f32>;
@group(0) @binding(4) var<storage, read> c0: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> da: array<f32>;
@group(0) @binding(7) var<storage, read_write> dh: array<f32>;
@group(0) @binding(8) var<storage, read_write> dc: array<f32>;

// Unit u of sequence b at step t: everything that needs no other unit.
fn pointwise(b: u32, t: u32, u: u32) {
  let at = b * p.T + t;
  let a = at * 4u * p.H + u;
  let s = b * p.H + u;
  var d = dy[at * p.H + u];
  var d_cell = 0.0;
  if (t + 1u < p.T) {
    d += dh[s];
    d_cell = dc[s];
  }
  var c = 0.0;
  if (STATE) { c = c0[s]; }
  if (t > 0u) { c = cell[(at - 1u) * p.H + u]; }
  let i = gates[a];
  let f = gates[a + p.H];
  let g = gates[a + 2u * p.H];
  let o = gates[a + 3u * p.H];
  let th = squash(vec4f(cell[at * p.H + u])).x;
  d_cell += d * o * (1.0 - th * th);
  da[a] = d_cell * g * i * (1.0 - i);
  da[a + p.H] = d_cell * c * f * (1.0 - f);
  da[a + 2u * p.H] = d_cell * i * (1.0 - g * g);
  da[a + 3u * p.H] = d * th * o * (1.0 - o);
  dc[s] = d_cell * f;
  dh[s] = 0.0;
}

fn da4(i: u32) -> vec4f { return vec4f(da[i], da[i + 1u], da[i + 2u], da[i + 3u]); }
fn w4(i: u32) -> vec4f { return vec4f(w[i], w[i + p.H], w[i + 2u * p.H], w[i + 3u * p.H]); }

fn add(first: u32, u: u32, v: vec4f) {
  if (u >= p.H) { return; }
  for (var i = 0u; i < min(4u, p.B - first); i++) { dh[(first + i) * p.H + u] += v[i]; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * 4u;
  let b = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.B - 1u));
  let end = 4u * p.H;
  for (var left = p.T; left > 0u; left--) {
    for (var u = lane; u < p.H; u += WG) {
      for (var i = 0u; i < min(4u, p.B - first); i++) { pointwise(b[i], left - 1u, u); }
    }
    storageBarrier();
    let s = (b * p.T + left - 1u) * end;
    for (var u = lane; u < p.H; u += 4u * WG) {
      let units = u + vec4u(0u, 1u, 2u, 3u) * WG;
      var c = min(units, vec4u(p.H - 1u));
      var sx = vec4f(); var sy = vec4f(); var sz = vec4f(); var sw = vec4f();
      for (var k = 0u; k < end; k += 4u) {
        let d = mat4x4f(da4(s.x + k), da4(s.y + k), da4(s.z + k), da4(s.w + k));
        sx += w4(c.x) * d; sy += w4(c.y) * d; sz += w4(c.z) * d; sw += w4(c.w) * d;
        c += 4u * p.H;
      }
      add(first, units.x, sx); add(first, units.y, sy); add(first, units.z, sz); add(first, units.w, sw);
    }
  }
}
