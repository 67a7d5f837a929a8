import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { perItem } from "./grid.ts";
import { sumRuns } from "./reduce.ts";
import { scaleBy } from "./scale.ts";

/**
 * Mean over the batch of -log softmax(logits[b])[labels[b]], [1]. Loss and gradient come out of one launch.
 * @param logits f32[B, C]   @param labels u32[B], each < C: the loader checks them, WebGPU would clamp a bad one in silence.
 * @throws ShapeError when the sizes do not match.
 */
export function crossEntropy(tape: Tape, logits: Tensor, labels: Operand): Tensor {
  const [B = 0, C = 0] = logits.shape;
  if (logits.shape.length !== 2 || labels.shape.join() !== String(B)) {
    throw new ShapeError(`crossEntropy: logits [${logits.shape}] and labels [${labels.shape}]: expected [B, C] and [B]`);
  }
  const row = tape.tensor([B], "f32", "crossEntropy rows");
  const dx = tape.tensor(logits.shape, "f32", "d crossEntropy");
  tape.launch(kernels.crossEntropy, { x: logits, label: labels, row, dx }, { B, C }, perItem(B), { flops: 8 * logits.size });
  const loss = sumRuns(tape, row, B, 1 / B);
  return tape.record(loss, [logits], (dLoss) => [scaleBy(tape, dx, dLoss)]);
}
