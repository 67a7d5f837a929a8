// Views and the edges between them, as src/ops/view_graph.ts lays them out: three words an edge (view of the anchors, view of the bank they
// are held against, weight as f32), then, when a sample may lack a view, one bit a row of the banks [V,N]: whether the sample has the view.
// The importing kernel declares Params p with E, and graph: array<u32>.
override MISSING: bool = false;

// Stands for the row of a view that a sample lacks.
const NOWHERE: u32 = 0xffffffffu;

fn anchor_view(e: u32) -> u32 { return graph[3u * e]; }
fn bank_view(e: u32) -> u32 { return graph[3u * e + 1u]; }
fn weight(e: u32) -> f32 { return bitcast<f32>(graph[3u * e + 2u]); }

// Whether a row of the banks [V,N] was ever written: of a view that a sample lacks it never is, and counts as no candidate.
fn exists(row: u32) -> bool {
  if (!MISSING) { return true; }
  return ((graph[3u * p.E + row / 32u] >> (row % 32u)) & 1u) == 1u;
}

fn candidates(rows: vec4<u32>) -> vec4<bool> {
  if (!MISSING) { return vec4<bool>(true); }
  return vec4<bool>(exists(rows.x), exists(rows.y), exists(rows.z), exists(rows.w));
}
