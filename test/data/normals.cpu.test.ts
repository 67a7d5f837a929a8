import { describe, expect, test } from "vitest";
import { type Camera, normalsOf, scaledCamera } from "../../src/data/normals.ts";

const H = 40;
const W = 50;
const camera: Camera = { fx: 60, fy: 64, cx: 23.2, cy: 21.7 };
type V = readonly [number, number, number];

/** Direction of the ray through pixel (r, k), with 1 along the optical axis. */
const ray = (r: number, k: number): V => [(k + 0.5 - camera.cx) / camera.fx, (r + 0.5 - camera.cy) / camera.fy, 1];
const dot = (a: V, b: V): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const map = (z: (r: number, k: number) => number): Float64Array =>
  Float64Array.from({ length: H * W }, (_, at) => z(Math.floor(at / W), at % W));
const normalAt = (normals: Float64Array, r: number, k: number): V => [
  normals[r * W + k]!,
  normals[(H + r) * W + k]!,
  normals[(2 * H + r) * W + k]!,
];

describe("normals of", () => {
  test.each<[string, V, number]>([
    ["a wall ahead", [0, 0, -1], 2],
    ["a floor", [0, -1, 0], 1.4],
    ["a slope", [0.6, -0.48, -0.64], 3],
  ])("%s", (_, normal, distance) => {
    // Points p of the plane: dot(normal, p) = -distance. Only what lies before the camera and within 10 m is seen.
    const depth = map((r, k) => {
      const z = -distance / dot(normal, ray(r, k));
      return z > 0 && z < 10 ? z : 0;
    });
    const normals = normalsOf(depth, H, W, camera);
    let seen = 0;
    for (let r = 0; r < H; r++) {
      for (let k = 0; k < W; k++) {
        const got = normalAt(normals, r, k);
        if (dot(got, got) === 0) continue;
        seen++;
        got.forEach((v, i) => {
          expect(v).toBeCloseTo(normal[i]!, 10);
        });
      }
    }
    expect(seen).toBeGreaterThan(0.8 * depth.filter((z) => z > 0).length);
  });

  test("a sphere: within a tenth of a degree away from its edge, turned to the camera", () => {
    const [centre, radius]: [V, number] = [[0.1, -0.05, 3], 0.9];
    const hit = (r: number, k: number): number => {
      const d = ray(r, k);
      const [a, b, c] = [dot(d, d), dot(d, centre), dot(centre, centre) - radius * radius];
      const root = b * b - a * c;
      return root > 0 ? (b - Math.sqrt(root)) / a : 0;
    };
    const normals = normalsOf(map(hit), H, W, camera);
    let seen = 0;
    for (let r = 0; r < H; r++) {
      for (let k = 0; k < W; k++) {
        const [z, d] = [hit(r, k), ray(r, k)];
        const outward = d.map((v, i) => (v * z - centre[i]!) / radius) as unknown as V;
        if (z === 0) expect(normalAt(normals, r, k).every((v) => v === 0)).toBe(true);
        else if (-dot(outward, d) / Math.sqrt(dot(d, d)) > 0.8) {
          seen++;
          expect(dot(normalAt(normals, r, k), outward)).toBeGreaterThan(Math.cos((0.3 * Math.PI) / 180));
        }
      }
    }
    expect(seen).toBeGreaterThan(300);
  });

  test("a step between two walls: no normal mixes them, and a pixel without neighbours of its own has none", () => {
    const depth = map((r, k) => (r === 10 && k === 10 ? 1 : k < 25 ? 2 : 3));
    depth[20 * W + 5] = 0;
    depth[21 * W + 6] = Number.NaN;
    const normals = normalsOf(depth, H, W, camera);
    for (let r = 0; r < H; r++) {
      for (let k = 0; k < W; k++) {
        const empty = (r === 10 && k === 10) || (r === 20 && k === 5) || (r === 21 && k === 6);
        const got = normalAt(normals, r, k);
        expect(Math.hypot(...got)).toBeCloseTo(empty ? 0 : 1, 12);
        if (!empty) expect(got[2]).toBeCloseTo(-1, 12);
      }
    }
  });

  test("an image of one column: there is no step across", () => {
    expect([...normalsOf([1, 1, 1], 3, 1, camera)]).toEqual(Array(9).fill(0));
  });
});

test("a camera of half the size sees the same rays", () => {
  const half = scaledCamera(camera, 0.5, 0.25);
  expect(half).toEqual({ fx: 30, fy: 16, cx: 11.6, cy: 5.425 });
});
