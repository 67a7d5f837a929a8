// An LSTM over all steps (Hochreiter and Schmidhuber 1997, with forget gates; gate order i, f, g, o of torch.nn.LSTM), from the projections:
//   i, f, o = sigma(a + U h + b)   g = tanh(a_g + U_g h + b_g)   c' = f c + i g   h' = o tanh(c')
// w: f32[4*H,H] (U)   bias: f32[4*H] (b)   h0: f32[L]   c0: f32[L] (B*H initial states, or anything unless STATE: then they are 0)
//   gates: f32[B,T,4*H] (a, the projections; becomes i, f, g, o)  ->  cell: f32[B,T,H] (c')   before: f32[B,T,H] (h)   y: f32[B,T,H] (h')
// grid [B/4]: as gru.wgsl: a workgroup owns four sequences, a lane two units of all four, one barrier a step.
//#import gates
override WG: u32 = 32u;
override STATE: bool = false;
struct Params { B: u32, T: u32, H: u32, L: u32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read> h0: array<f32>;
@group(0) @binding(4) var<storage, read> c0: array<f32>;
@group(0) @binding(5) var<storage, read_write> gates: array<f32>;
@group(0) @binding(6) var<storage, read_write> cell: array<f32>;
@group(0) @binding(7) var<storage, read_write> before: array<f32>;
@group(0) @binding(8) var<storage, read_write> y: array<f32>;

fn state4(i: u32) -> vec4f { return vec4f(before[i], before[i + 1u], before[i + 2u], before[i + 3u]); }
fn w4(i: u32) -> vec4f { return vec4f(w[i], w[i + 1u], w[i + 2u], w[i + 3u]); }
fn gates4(g: vec4u) -> vec4f { return vec4f(gates[g.x], gates[g.y], gates[g.z], gates[g.w]); }

// Cell of unit u before step t.
fn cell_before(b: u32, t: u32, u: u32) -> f32 {
  if (t > 0u) { return cell[(b * p.T + t - 1u) * p.H + u]; }
  if (STATE) { return c0[b * p.H + u]; }
  return 0.0;
}

// Unit u of four sequences: gates, cell and new state. Sequences past the last are computed and not stored.
fn finish(first: u32, t: u32, b: vec4u, u: u32, i_h: vec4f, f_h: vec4f, g_h: vec4f, o_h: vec4f) {
  let at = b * p.T + t;
  let g = at * 4u * p.H + u;
  let f = at * p.H + u;
  let c = vec4f(cell_before(b.x, t, u), cell_before(b.y, t, u), cell_before(b.z, t, u), cell_before(b.w, t, u));
  let gi = gate(gates4(g) + i_h);
  let gf = gate(gates4(g + p.H) + f_h);
  let gg = squash(gates4(g + 2u * p.H) + g_h);
  let go = gate(gates4(g + 3u * p.H) + o_h);
  let new_c = gf * c + gi * gg;
  let new_h = go * squash(new_c);
  for (var i = 0u; i < min(4u, p.B - first); i++) {
    gates[g[i]] = gi[i];
    gates[g[i] + p.H] = gf[i];
    gates[g[i] + 2u * p.H] = gg[i];
    gates[g[i] + 3u * p.H] = go[i];
    cell[f[i]] = new_c[i];
    y[f[i]] = new_h[i];
    if (t + 1u < p.T) { before[f[i] + p.H] = new_h[i]; }
  }
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = (wid.x + p.x0) * 4u;
  let b = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.B - 1u));
  for (var u = lane; u < p.H; u += WG) {
    for (var i = 0u; i < min(4u, p.B - first); i++) {
      var h = 0.0;
      if (STATE) { h = h0[b[i] * p.H + u]; }
      before[b[i] * p.T * p.H + u] = h;
    }
  }
  storageBarrier();
  let q = p.H * p.H;
  for (var t = 0u; t < p.T; t++) {
    let s = (b * p.T + t) * p.H;
    for (var u = lane; u < p.H; u += 2u * WG) {
      let v = min(u + WG, p.H - 1u);
      var iu = vec4f(bias[u]); var fu = vec4f(bias[u + p.H]); var gu = vec4f(bias[u + 2u * p.H]); var ou = vec4f(bias[u + 3u * p.H]);
      var iv = vec4f(bias[v]); var fv = vec4f(bias[v + p.H]); var gv = vec4f(bias[v + 2u * p.H]); var ov = vec4f(bias[v + 3u * p.H]);
      let wu = u * p.H;
      let wv = v * p.H;
      var k = 0u;
      for (; k + 4u <= p.H; k += 4u) {
        let h = mat4x4f(state4(s.x + k), state4(s.y + k), state4(s.z + k), state4(s.w + k));
        iu += w4(wu + k) * h; fu += w4(wu + q + k) * h; gu += w4(wu + 2u * q + k) * h; ou += w4(wu + 3u * q + k) * h;
        iv += w4(wv + k) * h; fv += w4(wv + q + k) * h; gv += w4(wv + 2u * q + k) * h; ov += w4(wv + 3u * q + k) * h;
      }
      for (; k < p.H; k++) {
        let h = vec4f(before[s.x + k], before[s.y + k], before[s.z + k], before[s.w + k]);
        iu += w[wu + k] * h; fu += w[wu + q + k] * h; gu += w[wu + 2u * q + k] * h; ou += w[wu + 3u * q + k] * h;
        iv += w[wv + k] * h; fv += w[wv + q + k] * h; gv += w[wv + 2u * q + k] * h; ov += w[wv + 3u * q + k] * h;
      }
      finish(first, t, b, u, iu, fu, gu, ou);
      if (u + WG < p.H) { finish(first, t, b, v, iv, fv, gv, ov); }
    }
    storageBarrier();
  }
}
