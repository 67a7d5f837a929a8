import { type ConvPart, convSizes, inputNamed } from "../cases/conv.ts";
import { swapLast, weightsFirst, weightsLast } from "../layout.ts";
import { type TfForms, tf } from "./tfjs.ts";

/** In tfjs's own layouts, NHWC and HWIO; each gradient by its kernel alone, as its automatic differentiation calls it. */
export const convolution = (part: ConvPart): TfForms => ({
  best: (size, inputs) => {
    const { B, I, O, P } = convSizes(size);
    const H = Math.sqrt(P);
    const image = (name: string, C: number) => tf.tensor4d(swapLast(inputNamed(inputs, name).data, B, C, P), [B, H, H, C]);
    const weight = () => tf.tensor4d(weightsLast(inputNamed(inputs, "w").data, O, I, 9), [3, 3, I, O]);
    if (part === "forward") {
      const [x, w] = [image("x", I), weight()];
      return { run: () => ({ y: tf.conv2d(x, w, 1, "same") }), convert: { y: (y) => swapLast(y, B, P, O) }, held: [x, w] };
    }
    const dy = image("dy", O);
    if (part === "input") {
      const w = weight();
      const run = () => ({ dx: tf.conv2dTranspose(dy, w, [B, H, H, I], 1, "same") });
      return { run, convert: { dx: (dx) => swapLast(dx, B, P, I) }, held: [dy, w] };
    }
    const x = image("x", I);
    const attributes = { strides: [1, 1], pad: "same", dataFormat: "NHWC", filterShape: [3, 3, I, O] };
    const run = () => ({ dw: tf.engine().runKernel("Conv2DBackpropFilter", { x, dy }, attributes) as tf.Tensor });
    return { run, convert: { dw: (dw) => weightsFirst(dw, O, I, 9) }, held: [x, dy] };
  },
});
