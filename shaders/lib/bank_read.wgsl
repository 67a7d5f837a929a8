// The numbers 4 at to 4 at + 3 of a memory bank, rows one after the other. As it stands: f32 in one binding. For a bank in halves, or over several
// bindings, src/gpu/layout.ts rewrites the statement and the declaration of `bank`, so that the kernels know nothing of either.
// The importing kernel declares bank: array<vec4<f32>>.

fn bank_read(at: u32) -> vec4<f32> {
  return bank[at];
}

// Four numbers from halves in two words. No feature is needed, and arithmetic stays in f32.
fn four_of(words: vec2<u32>) -> vec4<f32> {
  return vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y));
}
