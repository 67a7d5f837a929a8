// A GRU over all steps (Cho et al. 2014, arXiv:1406.1078, in the form and gate order r, z, n of torch.nn.GRU), from the inputs' projections:
//   r = sigma(i_r + U_r h + b_r)   z = sigma(i_z + U_z h + b_z)   m = U_n h + b_n   n = tanh(i_n + r m)   h' = (1 - z) n + z h
// With KEEP, h is keep[b,t] times the state before: 0 where a new episode begins.
// w: f32[3*H,H] (U)   bias: f32[3*H] (b)   h0: f32[L] (B*H initial states, or anything unless STATE: then they are 0)
//   keep: f32[K] (B*T, or anything unless KEEP)   gates: f32[B,T,3*H] (i, the projections; becomes r, z, n)
//   ->  m: f32[B*T*H+E] (with KEEP, E = B*T: keep follows, for the way back; else E = 0)   before: f32[B,T,H] (h)   y: f32[B,T,H] (h')
// grid [B/4]: a workgroup owns four sequences and walks through time; a lane computes two units of all four, four terms a turn. The
// state is in `before`, which every lane reads after a barrier: one barrier a step.
//#import gates
override WG: u32 = 32u;
override STATE: bool = false;
override KEEP: bool = false;
struct Params { B: u32, T: u32, H: u32, L: u32, K: u32, E: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read> h0: array<f32>;
@group(0) @binding(4) var<storage, read> keep: array<f32>;
@group(0) @binding(5) var<storage, read_write> gates: array<f32>;
@group(0) @binding(6) var<storage, read_write> m: array<f32>;
@group(0) @binding(7) var<storage, read_write> before: array<f32>;
@group(0) @binding(8) var<storage, read_write> y: array<f32>;

// What is left of the state that frame `at` starts from.
fn kept(at: u32) -> f32 {
  if (KEEP) { return keep[at]; }
  return 1.0;
}

fn state4(i: u32) -> vec4f { return vec4f(before[i], before[i + 1u], before[i + 2u], before[i + 3u]); }
fn w4(i: u32) -> vec4f { return vec4f(w[i], w[i + 1u], w[i + 2u], w[i + 3u]); }

// Unit u of four sequences whose frames are `at`: gates and new state. Sequences past the last are computed and not stored.
fn finish(first: u32, t: u32, at: vec4u, u: u32, r_h: vec4f, z_h: vec4f, n_h: vec4f) {
  let g = at * 3u * p.H + u;
  let f = at * p.H + u;
  let r = gate(vec4f(gates[g.x], gates[g.y], gates[g.z], gates[g.w]) + r_h);
  let gz = g + p.H;
  let z = gate(vec4f(gates[gz.x], gates[gz.y], gates[gz.z], gates[gz.w]) + z_h);
  let gn = gz + p.H;
  let n = squash(vec4f(gates[gn.x], gates[gn.y], gates[gn.z], gates[gn.w]) + r * n_h);
  let h = vec4f(before[f.x], before[f.y], before[f.z], before[f.w]);
  let new_h = n + z * (h - n);
  for (var i = 0u; i < min(4u, p.B - first); i++) {
    gates[g[i]] = r[i];
    gates[gz[i]] = z[i];
    gates[gn[i]] = n[i];
    m[f[i]] = n_h[i];
    y[f[i]] = new_h[i];
    if (t + 1u < p.T) { before[f[i] + p.H] = kept(at[i] + 1u) * new_h[i]; }
  }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * 4u;
  let b = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.B - 1u));
  for (var u = lane; u < p.H; u += WG) {
    for (var i = 0u; i < min(4u, p.B - first); i++) {
      var h = 0.0;
      if (STATE) { h = kept(b[i] * p.T) * h0[b[i] * p.H + u]; }
      before[b[i] * p.T * p.H + u] = h;
    }
  }
  if (KEEP) {
    for (var t = lane; t < p.T; t += WG) {
      for (var i = 0u; i < min(4u, p.B - first); i++) { m[p.B * p.T * p.H + b[i] * p.T + t] = keep[b[i] * p.T + t]; }
    }
  }
  storageBarrier();
  let gate_step = p.H * p.H;
  for (var t = 0u; t < p.T; t++) {
    let at = b * p.T + t;
    let s = at * p.H;
    for (var u = lane; u < p.H; u += 2u * WG) {
      let v = min(u + WG, p.H - 1u);
      var ru = vec4f(bias[u]); var zu = vec4f(bias[u + p.H]); var nu = vec4f(bias[u + 2u * p.H]);
      var rv = vec4f(bias[v]); var zv = vec4f(bias[v + p.H]); var nv = vec4f(bias[v + 2u * p.H]);
      let wu = u * p.H;
      let wv = v * p.H;
      var k = 0u;
      for (; k + 4u <= p.H; k += 4u) {
        let h = mat4x4f(state4(s.x + k), state4(s.y + k), state4(s.z + k), state4(s.w + k));
        ru += w4(wu + k) * h; zu += w4(wu + gate_step + k) * h; nu += w4(wu + 2u * gate_step + k) * h;
        rv += w4(wv + k) * h; zv += w4(wv + gate_step + k) * h; nv += w4(wv + 2u * gate_step + k) * h;
      }
      for (; k < p.H; k++) {
        let h = vec4f(before[s.x + k], before[s.y + k], before[s.z + k], before[s.w + k]);
        ru += w[wu + k] * h; zu += w[wu + gate_step + k] * h; nu += w[wu + 2u * gate_step + k] * h;
        rv += w[wv + k] * h; zv += w[wv + gate_step + k] * h; nv += w[wv + 2u * gate_step + k] * h;
      }
      finish(first, t, at, u, ru, zu, nu);
      if (u + WG < p.H) { finish(first, t, at, v, rv, zv, nv); }
    }
    storageBarrier();
  }
}
