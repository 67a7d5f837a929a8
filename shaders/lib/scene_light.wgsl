// Light in a scene: sun and sky through the windows, a lamp, light from everywhere, less of it in corners and under things.

// Whether something stands in the way. What glows lets light through: a lamp's shade.
fn blocked(b: u32, origin: vec3<f32>, direction: vec3<f32>, limit: f32) -> bool {
  let inverse = 1.0 / invertible(direction);
  let count = u32(header(b, RIGHT).w);
  for (var g = 0u; g < count; g++) {
    let low = groups[(b * p.G + g) * 2u];
    let high = groups[(b * p.G + g) * 2u + 1u];
    if (meets_group(low.xyz, high.xyz, origin, inverse, limit)) {
      let first = u32(low.w);
      for (var part = first; part < first + u32(high.w); part++) {
        if (ray_part(b, part, origin, direction, limit) < limit && code_of(part_row(b, part, 4u).w).finish != GLOW) { return true; }
      }
    }
  }
  return false;
}

// Distance from a point outside to a part, near enough: `u` in its unit shape.
fn part_distance(shape: f32, taper: f32, half_size: vec3<f32>, u: vec3<f32>) -> f32 {
  if (shape == f32(BALL)) { return length(u) * (length(u) - 1.0) / length(u / half_size); }
  var out = (abs(u) - 1.0) * half_size;
  if (shape == f32(CONE)) {
    let radius = 1.0 + taper * clamp(u.y, -1.0, 1.0);
    out = vec3<f32>((length(u.xz) - radius) * min(half_size.x, half_size.z), out.y, 0.0);
  }
  return length(max(out, vec3<f32>(0.0)));
}

// Distances from two points to whatever is nearest, up to `reach`.
fn scene_distance(b: u32, near: vec3<f32>, far: vec3<f32>, reach: f32) -> vec2<f32> {
  let room = header(b, ROOM).xyz;
  let near_shell = min(near, room - near);
  let far_shell = min(far, room - far);
  var least = vec2<f32>(min(min(near_shell.x, near_shell.y), near_shell.z), min(min(far_shell.x, far_shell.y), far_shell.z));
  let count = u32(header(b, RIGHT).w);
  for (var g = 0u; g < count; g++) {
    let low = groups[(b * p.G + g) * 2u];
    let high = groups[(b * p.G + g) * 2u + 1u];
    let apart = max(max(low.xyz - far, far - high.xyz), vec3<f32>(0.0));
    if (dot(apart, apart) < reach * reach) {
      let first = u32(low.w);
      for (var part = first; part < first + u32(high.w); part++) {
        let ball = part_row(b, part, 0u);
        if (distance(ball.xyz, far) < ball.w + reach) {
          let half_size = part_half_size(b, part);
          let shape = part_row(b, part, 1u).w;
          let taper = part_row(b, part, 2u).w;
          least.x = min(least.x, part_distance(shape, taper, half_size, to_unit(b, part, near)));
          least.y = min(least.y, part_distance(shape, taper, half_size, to_unit(b, part, far)));
        }
      }
    }
  }
  return least;
}

// Share of the surroundings that is open above a point (Evans 2006: two steps along the normal of a distance field).
fn openness(b: u32, at: vec3<f32>, n: vec3<f32>) -> f32 {
  let d = scene_distance(b, at + 0.09 * n, at + 0.34 * n, 0.34);
  let closed = clamp(vec2<f32>(1.0) - d / vec2<f32>(0.09, 0.34), vec2<f32>(0.0), vec2<f32>(1.0));
  return (1.0 - 0.5 * closed.x) * (1.0 - 0.6 * closed.y);
}

// What is seen through a window: sky, hills, grass.
fn outside(b: u32, direction: vec3<f32>) -> vec3<f32> {
  let sky = header(b, SUN_COLOUR);
  let around = atan2(direction.x, direction.z) * 6.0;
  let ridge = 0.06 + 0.05 * sin(around) + 0.03 * sin(2.7 * around + 1.0) + 0.012 * sin(13.0 * around);
  let blue = mix(vec3<f32>(0.85, 0.93, 1.0), vec3<f32>(0.35, 0.58, 0.95), clamp(2.0 * direction.y, 0.0, 1.0));
  let trees = mix(vec3<f32>(0.12, 0.2, 0.09), vec3<f32>(0.2, 0.3, 0.13), 0.5 + 0.5 * sin(21.0 * around) * sin(70.0 * direction.y));
  let ground = mix(vec3<f32>(0.33, 0.42, 0.2), vec3<f32>(0.45, 0.44, 0.38), smoothstep(-0.1, -0.5, direction.y));
  var colour = select(trees, blue, direction.y > ridge);
  if (direction.y < -0.03) { colour = ground; }
  return colour * mix(vec3<f32>(1.0), sky.xyz, 0.3) * sky.w;
}

// Light that falls on a point, per unit of albedo. `jitter`: three numbers in [0, 1), to sample the sun's and the lamp's extent.
fn light_at(b: u32, at: vec3<f32>, n: vec3<f32>, shading: vec3<f32>, open: f32, jitter: vec3<f32>) -> vec3<f32> {
  let start = at + 2e-3 * n;
  let room = header(b, ROOM);
  let floor_colour = header(b, SURFACES).xyz;
  // From below comes what the floor reflects.
  var sum = room.w * mix(0.35 + 0.65 * floor_colour, vec3<f32>(1.0), 0.5 + 0.5 * shading.y);
  for (var i = 0u; i < 2u; i++) { sum += sky_light(b, i, at, shading); }
  sum *= open;
  return sum + sun_light(b, start, shading, jitter) + lamp_light(b, start, shading, jitter);
}

// A window as a small bright area at its middle; nothing blocks it.
fn sky_light(b: u32, i: u32, at: vec3<f32>, n: vec3<f32>) -> vec3<f32> {
  let place = header(b, WINDOWS + 2u * i);
  let half_size = header(b, WINDOWS + 2u * i + 1u).xy;
  let room = header(b, ROOM).xyz;
  let side = u32(place.x);
  let across = select(0.0, select(room.z, room.x, side == 1u), (side & 1u) == 1u);
  let middle = select(vec3<f32>(place.y, place.z, across), vec3<f32>(across, place.z, place.y), side < 2u);
  let to = middle + 0.05 * side_normal(side) - at;
  let area = 4.0 * half_size.x * half_size.y;
  let d2 = dot(to, to) + 1e-4;
  let facing = max(dot(n, to), 0.0) * max(-dot(side_normal(side), to), 0.0) / d2;
  let sky = header(b, SUN_COLOUR);
  return sky.w * mix(vec3<f32>(0.78, 0.89, 1.0), sky.xyz, 0.4) * area * facing / (3.14159265 * d2 + area);
}

fn sun_light(b: u32, start: vec3<f32>, n: vec3<f32>, jitter: vec3<f32>) -> vec3<f32> {
  let sun = header(b, SUN);
  let facing = dot(n, sun.xyz);
  if (sun.w <= 0.0 || facing <= 0.0) { return vec3<f32>(0.0); }
  let direction = normalize(sun.xyz + 0.015 * (jitter - 0.5));
  let t = leave_room(b, start, direction);
  let exit = start + t * direction;
  let through = window_over(b, exit, side_of(b, exit), 0.01 + 0.02 * t);
  if (through <= 0.0 || blocked(b, start, direction, t)) { return vec3<f32>(0.0); }
  return sun.w * facing * through * header(b, SUN_COLOUR).xyz;
}

fn lamp_light(b: u32, start: vec3<f32>, n: vec3<f32>, jitter: vec3<f32>) -> vec3<f32> {
  let lamp = header(b, LAMP);
  let colour = header(b, LAMP_COLOUR);
  let to = lamp.xyz + 2.0 * colour.w * (jitter - 0.5) - start;
  let d2 = dot(to, to) + 1e-4;
  let direction = normalize(to);
  let facing = dot(n, direction);
  if (lamp.w <= 0.0 || facing <= 0.0) { return vec3<f32>(0.0); }
  if (blocked(b, start, direction, sqrt(d2))) { return vec3<f32>(0.0); }
  return lamp.w * facing * colour.xyz / (d2 + 0.15);
}

// What a polished surface mirrors of windows and lamp, per unit of gloss.
fn shine(b: u32, at: vec3<f32>, n: vec3<f32>, direction: vec3<f32>) -> vec3<f32> {
  let mirrored = reflect(direction, n);
  let start = at + 2e-3 * n;
  let t = leave_room(b, start, mirrored);
  let exit = start + t * mirrored;
  let pane = window_over(b, exit, side_of(b, exit), 0.02 + 0.06 * t);
  let to = normalize(header(b, LAMP).xyz - start);
  let spark = pow(max(dot(to, mirrored), 0.0), 60.0) * header(b, LAMP).w;
  let grazing = 1.0 - clamp(dot(-direction, n), 0.0, 1.0);
  let fresnel = 1.0 + 9.0 * pow(grazing, 5.0);
  return fresnel * (pane * outside(b, mirrored) + spark * header(b, LAMP_COLOUR).xyz + header(b, ROOM).w * 0.5);
}
