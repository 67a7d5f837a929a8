// Which frame predicts which, and what it is told from. The importing kernel declares p.B, p.T, p.limit, the bindings
// episodes: array<u32> and groups: array<u32>, and the overrides EPISODES, OWN, GROUPED.
// A row is frame t of sequence b: b * T + t.

// The episode of a frame that does not exist (padding): it neither predicts nor is predicted, and is no candidate.
const NO_FRAME: u32 = 0xffffffffu;

// Whether row predicts the frame `ahead` steps later: both in one sequence and one episode, and the context at t < limit.
fn predicts(row: u32, ahead: u32) -> bool {
  let t = row % p.T;
  if (t + ahead >= p.T || t >= p.limit) { return false; }
  if (EPISODES) {
    let episode = episodes[row];
    if (episode == NO_FRAME || episode != episodes[row + ahead]) { return false; }
  }
  if (GROUPED && !OWN) { return company(row / p.T); }
  return true;
}

// Whether another sequence has the group of sequence b.
fn company(b: u32) -> bool {
  for (var other = 0u; other < p.B; other++) {
    if (other != b && groups[other] == groups[b]) { return true; }
  }
  return false;
}
