// Permutations of 0 .. n-1 as functions of a key, with no table: a Feistel network on (left, right) with left < a, right < b, a b >= n
// (Black and Rogaway 2002, generalised Feistel cipher), walked until it falls below n. Every index has one image and one source.
//#import random

// Of `i` < n, for the stream, step and key.
fn shuffled(i: u32, n: u32, stream: u32, step: u32, key: u32) -> u32 {
  let a = u32(ceil(sqrt(f32(n))));
  let b = (n + a - 1u) / a;
  var at = i;
  loop {
    var left = at % a;
    var right = at / a;
    for (var turn = 0u; turn < 6u; turn += 2u) {
      left = (left + index_below(random_u32(stream, step, key, 2u * right + (turn << 28u)), a)) % a;
      right = (right + index_below(random_u32(stream, step, key, 2u * left + 1u + (turn << 28u)), b)) % b;
    }
    at = left + a * right;
    if (at < n) { break; }
  }
  return at;
}
