// Replaces the numbers 4 at to 4 at + 3 of a memory bank: what bank_read is for reading.

fn bank_write(at: u32, four: vec4<f32>) {
  bank[at] = four;
}

// Four numbers as halves in two words: to the nearest, ties to even. Rounded by hand: pack2x16float may round either way, and does not round alike on all adapters.
// Below 2^-14, where halves are 2^-24 apart, it does as it likes. |v| < 65520.
//
// Why to the nearest and not at random. A row moves when (1 - m) |v - w| exceeds half a step of its halves; where it stops, it is within
// half a step / (1 - m) of the feature, in every entry: at the published m = 0.5 one step, 2^-10 of the entry, which is nothing beside how far
// features move in an epoch. Rounding at random would be right on average for any m, but adds noise of half a step at every visit, moves rows that
// have arrived, and makes an update depend on (seed, step). From m = 0.99 on nothing moves by less than 50 steps: keep such banks in f32.
fn words_of(v: vec4<f32>) -> vec2<u32> {
  let bits = bitcast<vec4<u32>>(v);
  let even = (bits >> vec4<u32>(13u)) & vec4<u32>(1u);
  let near = bitcast<vec4<f32>>((bits + vec4<u32>(0xfffu) + even) & vec4<u32>(0xffffe000u));
  return vec2<u32>(pack2x16float(near.xy), pack2x16float(near.zw));
}
