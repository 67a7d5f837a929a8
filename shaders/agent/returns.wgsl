// What was worth an action, from the end of a window back (Schulman et al. 2016, arXiv:1506.02438, eq. 16; lambda = 1: n-step returns of A2C):
//   delta_t = r_t + gamma go_t V_{t+1} - V_t   A_t = delta_t + gamma lambda go_t A_{t+1}   target_t = A_t + V_t
// with go_t = 0 where the episode ended with step t. The frame after the window counts for its value alone: A = 0 there, target = V.
// reward: f32[B,T]   goes_on: f32[B,T]   value: f32[B,T+1]   ->  advantage: f32[B,T+1]   goal: f32[B,T+1] (target)
// grid [B/64]: one invocation a sequence.
override WG: u32 = 64u;
struct Params { B: u32, T: u32, gamma: f32, lambda: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> reward: array<f32>;
@group(0) @binding(2) var<storage, read> goes_on: array<f32>;
@group(0) @binding(3) var<storage, read> value: array<f32>;
@group(0) @binding(4) var<storage, read_write> advantage: array<f32>;
@group(0) @binding(5) var<storage, read_write> goal: array<f32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let b = (wid.x + p.x0) * WG + lane;
  if (b >= p.B) { return; }
  let at = b * (p.T + 1u);
  var ahead = 0.0;
  var next = value[at + p.T];
  advantage[at + p.T] = 0.0;
  goal[at + p.T] = next;
  for (var t = p.T; t > 0u; t--) {
    let i = b * p.T + t - 1u;
    let discount = p.gamma * goes_on[i];
    let own = value[at + t - 1u];
    ahead = reward[i] + discount * next - own + discount * p.lambda * ahead;
    advantage[at + t - 1u] = ahead;
    goal[at + t - 1u] = ahead + own;
    next = own;
  }
}
