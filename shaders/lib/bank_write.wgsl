// Replaces the numbers 4 at to 4 at + 3 of a memory bank: what bank_read is for reading.
//#import half

fn bank_write(at: u32, four: vec4<f32>) {
  bank[at] = four;
}
