// Gradients of a GRU over all steps, backwards in time (see gru.wgsl): what reaches the projections and the recurrent products.
//   dn = dh (1 - z) (1 - n^2)   dz = dh (h - n) z (1 - z)   dr = dn m r (1 - r)   dm = dn r
//   dh of the step before: dh z + U_r^T dr + U_z^T dz + U_n^T dm, with KEEP times keep of the step
// w: f32[3*H,H]   gates: f32[B,T,3*H] (r, z, n)   m: f32[B*T*H+E] (with KEEP, E = B*T: keep follows)   before: f32[B,T,H]   dy: f32[B,T,H]
//   ->  di: f32[B,T,3*H] (dr, dz, dn)   du: f32[B,T,3*H] (dr, dz, dm)   dh: f32[B,H] (of the initial state)
// grid [B/4]: a workgroup owns four sequences; a lane owns units WG apart. One barrier a step: all of `du` before the products with U^T.
override WG: u32 = 32u;
override KEEP: bool = false;
struct Params { B: u32, T: u32, H: u32, E: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> gates: array<f32>;
@group(0) @binding(3) var<storage, read> m: array<f32>;
@group(0) @binding(4) var<storage, read> before: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> di: array<f32>;
@group(0) @binding(7) var<storage, read_write> du: array<f32>;
@group(0) @binding(8) var<storage, read_write> dh: array<f32>;

fn kept(at: u32) -> f32 {
  if (KEEP) { return m[p.B * p.T * p.H + at]; }
  return 1.0;
}

// Unit u of sequence b at frame `at`: everything that needs no other unit.
fn pointwise(b: u32, at: u32, u: u32, last: bool) {
  let g = at * 3u * p.H + u;
  let f = at * p.H + u;
  var d = dy[f];
  if (!last) { d += kept(at + 1u) * dh[b * p.H + u]; }
  let r = gates[g];
  let z = gates[g + p.H];
  let n = gates[g + 2u * p.H];
  let dn = d * (1.0 - z) * (1.0 - n * n);
  let dz = d * (before[f] - n) * z * (1.0 - z);
  let dr = dn * m[f] * r * (1.0 - r);
  di[g] = dr; di[g + p.H] = dz; di[g + 2u * p.H] = dn;
  du[g] = dr; du[g + p.H] = dz; du[g + 2u * p.H] = dn * r;
  dh[b * p.H + u] = d * z;
}

fn du4(i: u32) -> vec4f { return vec4f(du[i], du[i + 1u], du[i + 2u], du[i + 3u]); }
fn w4(i: u32) -> vec4f { return vec4f(w[i], w[i + p.H], w[i + 2u * p.H], w[i + 3u * p.H]); }

fn add(first: u32, u: u32, v: vec4f) {
  if (u >= p.H) { return; }
  for (var i = 0u; i < min(4u, p.B - first); i++) { dh[(first + i) * p.H + u] += v[i]; }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * 4u;
  let b = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.B - 1u));
  let end = 3u * p.H;
  for (var left = p.T; left > 0u; left--) {
    let at = b * p.T + left - 1u;
    for (var u = lane; u < p.H; u += WG) {
      for (var i = 0u; i < min(4u, p.B - first); i++) { pointwise(b[i], at[i], u, left == p.T); }
    }
    storageBarrier();
    let s = at * end;
    for (var u = lane; u < p.H; u += 4u * WG) {
      let units = u + vec4u(0u, 1u, 2u, 3u) * WG;
      var c = min(units, vec4u(p.H - 1u));
      var sx = vec4f(); var sy = vec4f(); var sz = vec4f(); var sw = vec4f();
      var k = 0u;
      for (; k + 4u <= end; k += 4u) {
        let d = mat4x4f(du4(s.x + k), du4(s.y + k), du4(s.z + k), du4(s.w + k));
        sx += w4(c.x) * d; sy += w4(c.y) * d; sz += w4(c.z) * d; sw += w4(c.w) * d;
        c += 4u * p.H;
      }
      for (; k < end; k++) {
        let d = vec4f(du[s.x + k], du[s.y + k], du[s.z + k], du[s.w + k]);
        sx += w[c.x] * d; sy += w[c.y] * d; sz += w[c.z] * d; sw += w[c.w] * d;
        c += p.H;
      }
      add(first, units.x, sx); add(first, units.y, sy); add(first, units.z, sz); add(first, units.w, sw);
    }
  }
  if (KEEP) { // of the units that the lane has added up itself
    for (var u = lane; u < p.H; u += WG) {
      for (var i = 0u; i < min(4u, p.B - first); i++) { dh[b[i] * p.H + u] *= kept(b[i] * p.T); }
    }
  }
}
