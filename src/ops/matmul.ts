import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { addBias } from "./bias.ts";
import { materialise } from "./scale.ts";

/** A matrix as strides over a tensor: a transpose is another view, not another buffer. */
interface View {
  readonly tensor: Tensor;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

function view(tensor: Tensor): View {
  const [rows, columns] = tensor.shape;
  if (tensor.shape.length !== 2 || rows === undefined || columns === undefined)
    throw new ShapeError(`matmul: [${tensor.shape}] is not a matrix`);
  return { tensor, rows, columns, rowStride: columns, columnStride: 1 };
}

const transposed = (v: View): View => ({
  tensor: v.tensor,
  rows: v.columns,
  columns: v.rows,
  rowStride: v.columnStride,
  columnStride: v.rowStride,
});

function product(tape: Tape, a: View, b: View, label: string): Tensor {
  if (a.columns !== b.rows) throw new ShapeError(`matmul: [${a.rows},${a.columns}] times [${b.rows},${b.columns}]: the inner sizes differ`);
  const [M, N, K] = [a.rows, b.columns, a.columns];
  const c = tape.tensor([M, N], "f32", label);
  const params = { M, N, K, ai: a.rowStride, ak: a.columnStride, bk: b.rowStride, bj: b.columnStride };
  const grid = [Math.ceil((Math.ceil(M / 8) * Math.ceil(N / 8)) / 32)];
  tape.launch(kernels.matmul, { a: a.tensor, b: b.tensor, c }, params, grid, { flops: 2 * M * N * K });
  return c;
}

/**
 * A B, [M, N], where A is `a` or its transpose and B is `b` or its transpose.
 * @throws ShapeError when one is not a matrix or the inner sizes differ.
 */
export function matmul(
  tape: Tape,
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: { readonly transposeA?: boolean; readonly transposeB?: boolean } = {},
): Tensor {
  const left = transposeA ? transposed(view(a)) : view(a);
  const right = transposeB ? transposed(view(b)) : view(b);
  return tape.record(product(tape, left, right, "matmul"), [a, b], (gradient) => {
    const dc = view(materialise(tape, gradient));
    const dLeft = () => (transposeA ? product(tape, right, transposed(dc), "d matmul") : product(tape, dc, transposed(right), "d matmul"));
    const dRight = () => (transposeB ? product(tape, transposed(dc), left, "d matmul") : product(tape, transposed(left), dc, "d matmul"));
    return [a.requiresGrad ? dLeft() : null, b.requiresGrad ? dRight() : null];
  });
}

/** x W^T + bias: x[B, I], weight[O, I] (PyTorch's layout), bias[O] -> [B, O]. @throws ShapeError when sizes do not match. */
export function linear(tape: Tape, x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const y = matmul(tape, x, weight, { transposeB: true });
  return bias ? addBias(tape, y, bias) : y;
}
