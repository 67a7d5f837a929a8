/** A pinhole camera. Pixel (row r, column c) is seen at (c + 0.5, r + 0.5): lengths in pixels. */
export interface Camera {
  readonly fx: number;
  readonly fy: number;
  /** Where the optical axis meets the image. */
  readonly cx: number;
  readonly cy: number;
}

/** The same camera with images of another size. */
export function scaledCamera({ fx, fy, cx, cy }: Camera, across: number, down: number): Camera {
  return { fx: fx * across, fy: fy * down, cx: cx * across, cy: cy * down };
}

/**
 * Neighbouring pixels whose depths differ by more than this share of the nearer one belong to different surfaces. A floor 1.5 m below a
 * camera of 520 pixels focal length and images of 480 rows shrunk to 96 gains 6 % a row at 10 m, the end of the sensor's range.
 */
const JUMP = 0.1;

/**
 * Surface normals of a depth map, by the cross product of the steps between neighbours in space, in float64. Across each axis the step is
 * the central difference, or that to the one neighbour on the same surface; where there is none along an axis, or no depth, the normal
 * is the zero vector. Unit vectors otherwise, turned to the camera: x to the right, y down, z away from the camera, so z < 0 as a rule.
 * @param depth [H, W] along the optical axis (not along the ray), 0 where there is none
 * @returns [3, H, W]
 */
export function normalsOf(depth: ArrayLike<number>, height: number, width: number, camera: Camera): Float64Array {
  const plane = height * width;
  const points = pointsOf(depth, height, width, camera);
  const out = new Float64Array(3 * plane);
  const [across, down] = [new Float64Array(3), new Float64Array(3)];
  for (let at = 0; at < plane; at++) {
    const [row, column] = [Math.floor(at / width), at % width];
    const [left, right] = [column > 0 ? at - 1 : at, column < width - 1 ? at + 1 : at];
    const [above, below] = [row > 0 ? at - width : at, row < height - 1 ? at + width : at];
    if (step(points, at, left, right, across) && step(points, at, above, below, down)) normalAt(points, at, across, down, out);
  }
  return out;
}

/** Where the surface is that a pixel shows, [H, W, 3]; zeros in a hole. */
function pointsOf(depth: ArrayLike<number>, height: number, width: number, { fx, fy, cx, cy }: Camera): Float64Array {
  const points = new Float64Array(3 * height * width);
  for (let at = 0; at < height * width; at++) {
    const z = depth[at] ?? 0;
    if (!(z > 0)) continue; // NaN is a hole too
    points[3 * at] = ((at % width) + 0.5 - cx) * (z / fx);
    points[3 * at + 1] = (Math.floor(at / width) + 0.5 - cy) * (z / fy);
    points[3 * at + 2] = z;
  }
  return points;
}

/** From the neighbour before to the one after, each replaced by the pixel itself where it is on another surface. False: there is no step. */
function step(points: Float64Array, at: number, before: number, after: number, out: Float64Array): boolean {
  const own = points[3 * at + 2] ?? 0;
  const [from, to] = [joined(points, own, before) ? before : at, joined(points, own, after) ? after : at];
  for (let k = 0; k < 3; k++) out[k] = (points[3 * to + k] ?? 0) - (points[3 * from + k] ?? 0);
  return from !== to;
}

function joined(points: Float64Array, own: number, other: number): boolean {
  const z = points[3 * other + 2] ?? 0;
  return own > 0 && z > 0 && Math.abs(z - own) <= JUMP * Math.min(z, own);
}

/** The unit vector across both steps, on the camera's side of the surface. */
function normalAt(points: Float64Array, at: number, a: Float64Array, b: Float64Array, out: Float64Array): void {
  const [ax = 0, ay = 0, az = 0] = a;
  const [bx = 0, by = 0, bz = 0] = b;
  const [x, y, z] = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
  const length = Math.hypot(x, y, z);
  if (length === 0) return;
  const away = x * (points[3 * at] ?? 0) + y * (points[3 * at + 1] ?? 0) + z * (points[3 * at + 2] ?? 0) > 0;
  const scale = (away ? -1 : 1) / length;
  const plane = out.length / 3;
  out[at] = scale * x;
  out[plane + at] = scale * y;
  out[2 * plane + at] = scale * z;
}
