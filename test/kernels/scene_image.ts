import { sceneImage } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { randomScene, SMALL, sceneInputs } from "../scene_cases.ts";
import { truthPixel } from "../scene_light_truth.ts";
import { truthScene } from "../scene_truth.ts";

const sizes = [
  { B: 1, H: 1, W: 1, seed: 1 },
  { B: 2, H: 7, W: 9, seed: 7 },
  { B: 1, H: 16, W: 20, seed: 4_000_000_000 },
] as const;

// Plain colours, a lamp's glow and a mirror, with all light: the patterns are looked at in test/data/scenes.gpu.test.ts.
export const kernelCase = kernelCaseOf({
  kernel: sceneImage,
  cases: sizes.map((size) => ({ params: { ...size, ...SMALL }, grid: [Math.ceil((size.H * size.W) / 64), size.B] })),
  inputs: ({ B }, random) => ({
    ...sceneInputs(Array.from({ length: B }, () => randomScene(random))),
    index: Array.from({ length: B }, (_, b) => 11 + 5 * b),
  }),
  ref: (inputs, params) => {
    const { B, H, W, seed } = params;
    const image = new Float64Array(3 * B * H * W);
    for (let b = 0; b < B; b++) {
      const scene = truthScene(inputs, b, params);
      for (let i = 0; i < H * W; i++)
        truthPixel(scene, { seed, id: inputs.index![b]!, i, H, W }).forEach((value, c) => {
          image[(3 * b + c) * H * W + i] = value;
        });
    }
    return { image };
  },
  tolerance: 3e-4,
});
