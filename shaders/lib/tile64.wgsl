// A tile of 64 x 64 sums of products, 16 terms at a time through workgroup memory, by 8 x 8 lanes with 8 x 8 sums each in registers: the middle
// of the forms for GPUs. The kernel fills `left` and `right` between two barriers, calls `multiply`, and in the end `put`, for which it has
// store(split, row, column, v): four sums of a row, of columns that may lie outside.
//
// Per term a lane reads four vec4 of workgroup memory for 64 multiply-adds; 64 sums and 32 floats on their way in leave room for about 16 warps
// a multiprocessor (65,536 registers), 8.5 KiB of workgroup memory for seven workgroups in 64 KiB. A row of 17 vectors keeps the 16 lanes
// that write a column out of each other's banks.
const ROW: u32 = 17u;
var<workgroup> left: array<vec4f, 272>;  // [16 terms][16 vectors of rows, and one unused]
var<workgroup> right: array<vec4f, 272>; // [16 terms][16 vectors of columns, and one unused]

// l0 to l7: rows 8y to 8y + 7 of the tile, columns 4x to 4x + 3, lane = 8y + x; r0 to r7: 32 columns further.
struct Sums {
  l0: vec4f, l1: vec4f, l2: vec4f, l3: vec4f, l4: vec4f, l5: vec4f, l6: vec4f, l7: vec4f,
  r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f,
}

fn multiply(s: ptr<function, Sums>, lane: u32) {
  let x = lane % 8u;
  let y = lane / 8u * 2u;
  for (var t = 0u; t < 16u; t++) {
    let up = left[t * ROW + y];
    let down = left[t * ROW + y + 1u];
    let near = right[t * ROW + x];
    let far = right[t * ROW + x + 8u];
    (*s).l0 += near * up.x; (*s).r0 += far * up.x;
    (*s).l1 += near * up.y; (*s).r1 += far * up.y;
    (*s).l2 += near * up.z; (*s).r2 += far * up.z;
    (*s).l3 += near * up.w; (*s).r3 += far * up.w;
    (*s).l4 += near * down.x; (*s).r4 += far * down.x;
    (*s).l5 += near * down.y; (*s).r5 += far * down.y;
    (*s).l6 += near * down.z; (*s).r6 += far * down.z;
    (*s).l7 += near * down.w; (*s).r7 += far * down.w;
  }
}

// Writes the sums of a lane. row, column: of the tile's first.
fn put(s: Sums, split: u32, row: u32, column: u32, lane: u32) {
  let top = row + lane / 8u * 8u;
  let first = column + lane % 8u * 4u;
  store(split, top, first, s.l0); store(split, top, first + 32u, s.r0);
  store(split, top + 1u, first, s.l1); store(split, top + 1u, first + 32u, s.r1);
  store(split, top + 2u, first, s.l2); store(split, top + 2u, first + 32u, s.r2);
  store(split, top + 3u, first, s.l3); store(split, top + 3u, first + 32u, s.r3);
  store(split, top + 4u, first, s.l4); store(split, top + 4u, first + 32u, s.r4);
  store(split, top + 5u, first, s.l5); store(split, top + 5u, first + 32u, s.r5);
  store(split, top + 6u, first, s.l6); store(split, top + 6u, first + 32u, s.r6);
  store(split, top + 7u, first, s.l7); store(split, top + 7u, first + 32u, s.r7);
}
