// d = g + coupled * w;  m += (1 - b1) (d - m);  v += (1 - b2) (d^2 - v);  t = step + 1
// w = (1 - rate * decoupled) w - rate / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + epsilon)
// torch.optim.Adam (Kingma and Ba 2015, algorithm 1, decay coupled) and AdamW (Loshchilov and Hutter 2019, algorithm 2, decoupled)
// gradient: f32[N]   ->  weight: f32[N]   mean: f32[N]   variance: f32[N]        in place; mean and variance start at 0
// grid [N/256]: four elements an invocation, WG apart. N is the whole parameter store; its padding is 0 and stays 0.
// rise1 = 1 - b1 and log_b1 = ln b1 come from float64: 1 - 0.999 in f32 would be wrong in the fifth digit.
//#import step
override WG: u32 = 64u;
struct Params { N: u32, rise1: f32, rise2: f32, log_b1: f32, log_b2: f32, epsilon: f32, coupled: f32, decoupled: f32, x0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> mean: array<f32>;
@group(0) @binding(4) var<storage, read_write> variance: array<f32>;
@group(0) @binding(5) var<uniform> step: Step;

// 1 - exp(x) for x <= 0. Near 0 by its series, whose first term left out is 1e-8 of the sum at x = -1/2.
fn one_minus_exp(x: f32) -> f32 {
  if (x < -0.5) { return 1.0 - exp(x); }
  return -x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0 * (1.0 + x / 6.0 * (1.0 + x / 7.0 * (1.0 + x / 8.0)))))));
}

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let t = f32(step.step) + 1.0;
  let stride = step.rate / one_minus_exp(t * p.log_b1);
  let spread = inverseSqrt(one_minus_exp(t * p.log_b2));
  let kept = 1.0 - step.rate * p.decoupled;
  let first = (wid.x + p.x0) * WG * 4u + lane;
  for (var i = first; i < min(first + 4u * WG, p.N); i += WG) {
    let w = weight[i];
    let d = gradient[i] + p.coupled * w;
    let m = mean[i] + p.rise1 * (d - mean[i]);
    let v = variance[i] + p.rise2 * (d * d - variance[i]);
    mean[i] = m;
    variance[i] = v;
    weight[i] = kept * w - stride * m / (sqrt(v) * spread + p.epsilon);
  }
}
