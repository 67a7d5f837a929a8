// What the forms of sampled scoring share: which rows an anchor meets, and what scores make of a running sum.
// The importing kernel declares Params p, rows, step, and fn anchor_number(u32) -> u32: what an anchor's draws depend on.
//#import stable
//#import negatives
//#import step
override NCE: bool = false;
override DRAW: bool = true;       // draw the negatives here (rows: the anchors' own), or take them from `rows`
override KEEP: bool = false;      // drawn negatives may be the positive

// Negatives k to k + 3 of anchor b; past the last, the last again.
fn four_negatives(b: u32, k: u32) -> vec4<u32> {
  let y = rows[b]; // not within the call: wgsl_reflect's interpreter would look it up with the callee's b
  if (DRAW) { return draw_negatives(step.seed, step.step, anchor_number(b), k / 4u, y, p.N, KEEP); }
  let at = b * p.K;
  let last = p.K - 1u;
  return vec4<u32>(rows[at + min(k, last)], rows[at + min(k + 1u, last)], rows[at + min(k + 2u, last)], rows[at + min(k + 3u, last)]);
}

// Maximum m of the scores so far, sum of exp(s - m), cost; then, of the latest four, their weights, and what a higher m leaves of earlier sums.
struct Sums { m: f32, total: f32, cost: f32, shrink: f32, weights: vec4<f32> }

// Takes in the products of an anchor with rows k to k + 3, of which those count that `there` says. Scores are compared with `shift` (NCE).
fn weigh(before: Sums, products: vec4<f32>, k: u32, there: vec4<bool>, shift: f32) -> Sums {
  let counts = (vec4<u32>(k, k + 1u, k + 2u, k + 3u) < vec4<u32>(p.K)) & there;
  let s = select(vec4<f32>(MASKED), products * p.inv_tau, counts);
  let m = max(before.m, max(max(s.x, s.y), max(s.z, s.w)));
  let shrink = exp(before.m - m);
  let e = select(vec4<f32>(0.0), exp(s - m), counts);
  let total = before.total * shrink + dot(e, vec4<f32>(1.0));
  if (!NCE) { return Sums(m, total, 0.0, shrink, e); }
  let a = s - shift;
  let cost = before.cost + softplus(a.x) + softplus(a.y) + softplus(a.z) + softplus(a.w);
  return Sums(m, total, cost, 1.0, vec4<f32>(sigmoid(a.x), sigmoid(a.y), sigmoid(a.z), sigmoid(a.w)));
}
