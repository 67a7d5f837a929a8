// What is seen through the middle of every pixel: how far away, facing where, and of which class.
// scenes: f32[B*88]   groups: f32[B*G*8]   parts: f32[B*M*24]   ->   depth: f32[B,H*W]   normal: f32[B,3,H*W]   segment: u32[B,H*W]
// grid [ceil(H W/WG), B]. The table of scenes: lib/scene.wgsl.
// depth: metres along the optical axis, as a depth camera measures. normal: unit length, in the camera's axes (right, up, towards the camera).
// Rays meet boxes, cones and balls in closed form: exact, and fewer operations than marching along a distance field.
//#import scene
override WG: u32 = 64u;
struct Params { B: u32, G: u32, M: u32, H: u32, W: u32, x0: u32, y0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> scenes: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> groups: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> parts: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> depth: array<f32>;
@group(0) @binding(5) var<storage, read_write> normal: array<f32>;
@group(0) @binding(6) var<storage, read_write> segment: array<u32>;

@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let b = wid.y + p.y0;
  let i = (wid.x + p.x0) * WG + lane;
  let plane = p.H * p.W;
  if (i >= plane) { return; }
  let pixel = vec2<f32>(f32(i % p.W), f32(i / p.W)) + 0.5;
  let size = vec2<f32>(f32(p.W), f32(p.H));
  let eye = header(b, CAMERA).xyz;
  let direction = camera_ray(b, (pixel - 0.5 * size) / size.y * vec2<f32>(1.0, -1.0));
  let hit = first_hit(b, eye, direction);
  let at = eye + hit.t * direction;
  let n = hit_normal(b, hit, at);
  depth[b * plane + i] = hit.t * dot(direction, header(b, FORWARD).xyz);
  normal[(b * 3u) * plane + i] = dot(n, header(b, RIGHT).xyz);
  normal[(b * 3u + 1u) * plane + i] = dot(n, header(b, UP).xyz);
  normal[(b * 3u + 2u) * plane + i] = -dot(n, header(b, FORWARD).xyz);
  segment[b * plane + i] = hit_class(b, hit, at);
}
