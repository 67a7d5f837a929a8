// rows[v,b] = v N + index[b]: where sample b of the batch lives in the banks of V views, one under the other; NOWHERE where it lacks the view
// index: u32[B]   graph: u32[G]   ->  rows: u32[V*B]
// grid [V*B/64]: a row an invocation. Requires index < N.
//#import graph
override WG: u32 = 64u;
struct Params { V: u32, B: u32, N: u32, E: u32, G: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read> graph: array<u32>;
@group(0) @binding(3) var<storage, read_write> rows: array<u32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = wid.x * WG + lane;
  if (i >= p.V * p.B) { return; }
  let row = i / p.B * p.N + index[i % p.B];
  rows[i] = select(NOWHERE, row, exists(row));
}
