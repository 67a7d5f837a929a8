// Rows of the score matrices. TIME: group g holds the frames at time g of all sequences, and row m of it predicts them from `ahead` steps
// before (around the end, where nothing is predicted and scores have no gradient). Otherwise group g holds `span` consecutive rows.
fn anchor_row(g: u32, m: u32, ahead: u32) -> u32 {
  if (TIME) { return m * p.T + (g + p.T - ahead) % p.T; }
  return g * p.span + m;
}

fn candidate_rows(g: u32, n: vec4u) -> vec4u {
  if (TIME) { return n * p.T + g; }
  return g * p.span + n;
}
