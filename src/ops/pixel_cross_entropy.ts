import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { perItem } from "./grid.ts";
import { sum } from "./reduce.ts";
import { scaleBy } from "./scale.ts";

/**
 * Mean over the labelled pixels of -log softmax(logits[b, :, y, x])[label], [1]; 0 when no pixel is labelled. As torch's cross_entropy with
 * ignore_index. Loss and gradient come out of one launch.
 * @param logits f32[B, C, H, W]   @param labels u32[B, H, W]; a label of C or more does not count
 * @throws ShapeError when the sizes do not match
 */
export function pixelCrossEntropy(tape: Tape, logits: Tensor, labels: Operand): Tensor {
  const [B = 0, C = 0, H = 0, W = 0] = logits.shape;
  if (logits.shape.length !== 4 || labels.shape.join() !== [B, H, W].join())
    throw new ShapeError(`pixelCrossEntropy: logits [${logits.shape}] and labels [${labels.shape}]: expected [B, C, H, W] and [B, H, W]`);
  const P = H * W;
  const share = tape.tensor([1], "f32", "share of a pixel");
  tape.launch(kernels.labelShare, { label: labels, share }, { N: B * P, C }, [1], { flops: B * P });
  const row = tape.tensor([B, P], "f32", "pixelCrossEntropy rows");
  const dx = tape.tensor(logits.shape, "f32", "d pixelCrossEntropy");
  const operands = { x: logits, label: labels, share, row, dx };
  tape.launch(kernels.pixelCrossEntropy, operands, { B, C, P }, perItem(B * P), { flops: 8 * logits.size });
  return tape.record(sum(tape, row), [logits], (dLoss) => [scaleBy(tape, dx, dLoss)]);
}
