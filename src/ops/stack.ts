import type { Tape } from "../autograd.ts";
import { ShapeError, UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise } from "./grid.ts";
import { materialise } from "./scale.ts";

/** Arrays that one launch takes: a stage has eight storage bindings. */
const AT_ONCE = 4;

/** T tensors of one shape, one after the other: [T, ...shape], as torch.stack. @throws ShapeError when shapes differ; UsageError for none */
export function stack(tape: Tape, parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (!first) throw new UsageError("stack: expected at least one tensor, got none");
  const stray = parts.find(({ shape }) => shape.join() !== first.shape.join());
  if (stray) throw new ShapeError(`stack: expected equal shapes, got [${first.shape}] and [${stray.shape}]`);
  const [T, N] = [parts.length, first.size];
  const y = tape.tensor([T, ...first.shape], "f32", "stack");
  for (let from = 0; from < T; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, T - from);
    const [a = first, b = a, c = a, d = a] = parts.slice(from, from + count);
    const params = { N, T, first: from, count };
    tape.launch(kernels.stack, { a, b, c, d, y }, params, elementwise(count * N), { flops: count * N });
  }
  return tape.record(y, parts, (dy) => {
    const whole = materialise(tape, dy);
    return parts.map((part, t) => (part.requiresGrad ? unstack(tape, whole, t, part.shape) : null));
  });
}

function unstack(tape: Tape, x: Tensor, t: number, shape: readonly number[]): Tensor {
  const y = tape.tensor(shape, "f32", "unstacked");
  tape.launch(kernels.unstack, { x, y }, { N: y.size, T: x.size / y.size, t }, elementwise(y.size), { flops: y.size });
  return y;
}
