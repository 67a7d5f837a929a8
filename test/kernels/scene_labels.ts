import { add, dot, times, type Vec3 } from "../../src/data/scenes/vec.ts";
import { sceneLabels } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { randomScene, SMALL, sceneInputs } from "../scene_cases.ts";
import { sure, truthHit, truthRay, truthScene, truthShell, truthWindow } from "../scene_truth.ts";

const sizes = [
  { B: 1, H: 1, W: 1 },
  { B: 2, H: 8, W: 8 },
  { B: 1, H: 5, W: 13 },
  { B: 3, H: 13, W: 5 },
  { B: 1, H: 24, W: 32 },
] as const;

export const kernelCase = kernelCaseOf({
  kernel: sceneLabels,
  cases: sizes.map((size) => ({ params: { ...size, ...SMALL }, grid: [Math.ceil((size.H * size.W) / 64), size.B] })),
  inputs: ({ B }, random) => sceneInputs(Array.from({ length: B }, () => randomScene(random))),
  ref: (inputs, params) => {
    const { B, H, W } = params;
    const P = H * W;
    const [depth, normal, segment] = [new Float64Array(B * P), new Float64Array(3 * B * P), new Float64Array(B * P)];
    for (let b = 0; b < B; b++) {
      const scene = truthScene(inputs, b, params);
      const axis = (j: number): Vec3 => [scene.head(j)[0], scene.head(j)[1], scene.head(j)[2]];
      for (let i = 0; i < P; i++) {
        const direction = truthRay(scene, (i % W) + 0.5, Math.floor(i / W) + 0.5, H, W);
        const hit = truthHit(scene, axis(0), direction);
        // Next to an edge float32 may see the one side or the other.
        const certain = sure(scene, axis(0), direction);
        const keep = (value: number) => (certain ? value : Number.NaN);
        depth[b * P + i] = keep(hit.t * dot(direction, axis(3)));
        [axis(1), axis(2), times(axis(3), -1)].forEach((to, c) => {
          normal[(3 * b + c) * P + i] = keep(dot(hit.normal, to));
        });
        const at = add(axis(0), times(direction, hit.t));
        const { side } = truthShell(scene, axis(0), direction);
        const shell = side === 4 ? 4 : side === 5 ? 2 : truthWindow(scene, at, side, 1e-9) > 0.5 ? 12 : 11;
        segment[b * P + i] = keep(hit.part < 0 ? shell : scene.parts[hit.part]!.segment);
      }
    }
    return { depth, normal, segment };
  },
  tolerance: 2e-4,
});
