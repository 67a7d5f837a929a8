// Random numbers as a function of (stream, a, b, c): no state, so that any lane can draw any number, and a resumed run draws the same ones.
// The twin in TypeScript is src/random.ts; both give the same bits (random_normal excepted, see there).
//
// The hash is pcg4d (M. Jarzynski, M. Olano, Hash Functions for GPU Rendering, JCGT 9(3), 2020) with a third mixing round and a last
// xor-shift. As published (two rounds), the high bits of an input never reach the low bits of the output: 13 % of the (input bit, output bit)
// pairs miss the avalanche criterion, and seeds 2^31 apart give related numbers (three rounds without the last shift still did, by a
// chi-square of 34 to 118 standard deviations). This form passes: test/random.cpu.test.ts.
// It permutes 128-bit states, so two draws of a stream never share all four words, whatever step, row and k are. Philox 4x32-10 would do
// as well at about five times the multiplications, since WGSL has no 32 x 32 -> 64 multiply.
//
// Draw from random_stream(seed, PURPOSE_...), never from the seed itself: purposes keep negatives, crops and weights apart.
const PURPOSE_NEGATIVES: u32 = 1u;
const PURPOSE_AUGMENT: u32 = 2u;
const PURPOSE_INIT: u32 = 3u;
const PURPOSE_SHUFFLE: u32 = 4u;
const PURPOSE_BANK: u32 = 5u;
const PURPOSE_DROPOUT: u32 = 6u;
const PURPOSE_SPLIT: u32 = 7u;
const PURPOSE_SYNTHETIC: u32 = 8u;
const PURPOSE_EVALUATE: u32 = 9u;
const PURPOSE_ACT: u32 = 10u;

// One stream for each purpose of a seed. Purposes differ, so their multiples of an odd number do, and streams of one seed never collide.
fn random_stream(seed: u32, purpose: u32) -> u32 {
  return seed ^ (purpose * 0x9e3779b9u);
}

// Four independent words. Where several numbers belong to one (a, b, c), this costs a quarter.
fn random_vec4(stream: u32, a: u32, b: u32, c: u32) -> vec4<u32> {
  var v = vec4<u32>(stream, a, b, c) * 1664525u + 1013904223u;
  for (var round = 0u; round < 3u; round++) {
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    v ^= v >> vec4<u32>(16u);
  }
  return v;
}

fn random_u32(stream: u32, a: u32, b: u32, c: u32) -> u32 {
  return random_vec4(stream, a, b, c).w;
}

// Bits to a number in [0, 1): the top 24 bits, so that it is exact and never rounds up to 1.
fn unit_f32(bits: u32) -> f32 {
  return f32(bits >> 8u) * 0x1p-24f;
}

// Bits to an index in [0, n): the high word of bits * n, by 16-bit halves. Each index has floor or ceil of 2^32 / n of the 2^32 words, so
// its probability is off by less than n / 2^32 of itself: 1.2e-5 for 50,000 rows, 2.4e-4 for a million. 0 for n = 0.
fn index_below(bits: u32, n: u32) -> u32 {
  let low = (bits & 0xffffu) * (n & 0xffffu);
  let left = (bits >> 16u) * (n & 0xffffu) + (low >> 16u);
  let right = (bits & 0xffffu) * (n >> 16u) + (left & 0xffffu);
  return (bits >> 16u) * (n >> 16u) + (left >> 16u) + (right >> 16u);
}

// Two words to a standard normal number (Box and Muller 1958). The logarithm's argument is in (0, 1], hence |z| <= 5.77. WGSL leaves log and
// cos to the hardware (cos: 2^-11), so its last bits differ between adapters and from the twin: make weights with the twin.
fn normal_f32(first: u32, second: u32) -> f32 {
  let radius = sqrt(-2.0 * log(f32((first >> 8u) + 1u) * 0x1p-24f));
  return radius * cos(6.283185307179586 * (unit_f32(second) - 0.5));
}

fn random_f32(stream: u32, a: u32, b: u32, c: u32) -> f32 {
  return unit_f32(random_u32(stream, a, b, c));
}

fn random_below(n: u32, stream: u32, a: u32, b: u32, c: u32) -> u32 {
  return index_below(random_u32(stream, a, b, c), n);
}

fn random_normal(stream: u32, a: u32, b: u32, c: u32) -> f32 {
  let v = random_vec4(stream, a, b, c);
  return normal_f32(v.z, v.w);
}
