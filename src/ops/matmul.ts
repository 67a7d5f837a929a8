import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Family } from "../gpu/variants.ts";
import type { Tensor } from "../tensor.ts";
import { addBias } from "./bias.ts";
import { materialise } from "./scale.ts";

/** c[M, N] = A B, where A[M, K] is `a` or its transpose and B[K, N] is `b` or its transpose. */
export interface Product {
  readonly a: Operand;
  readonly b: Operand;
  readonly c: Operand;
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Multiply-adds of 128 x 128 x 128: below, there are too few tiles for all cores, or too few terms for the big ones. */
const LARGE = 2 ** 21;
/** A matrix as strides of its rows and columns: a transpose is another view, not another buffer. */
export const strides = ({ M, N, K, transposeA, transposeB }: Product) => ({
  ...(transposeA ? { ai: 1, ak: M } : { ai: K, ak: 1 }),
  ...(transposeB ? { bk: 1, bj: K } : { bk: N, bj: 1 }),
});

/** Matrix products; what stands in for the 8 x 8 tile: variants/matmul.ts. */
export const MATMUL: Family<Product> = {
  name: "matmul",
  general: {
    name: "tile8",
    record(plan, task) {
      const { a, b, c, M, N, K } = task;
      const grid = [Math.ceil((Math.ceil(M / 8) * Math.ceil(N / 8)) / 32)];
      plan.launch(kernels.matmul, { a, b, c }, { M, N, K, ...strides(task) }, grid, { flops: 2 * M * N * K });
    },
  },
  classOf: ({ M, N, K, transposeA, transposeB }) =>
    `${transposeA ? "tn" : transposeB ? "nt" : "nn"} ${M * N * K < LARGE ? "small" : "large"}`,
};

/** A matrix, or the transpose of one: another view, not another buffer. */
interface View {
  readonly tensor: Tensor;
  readonly rows: number;
  readonly columns: number;
  readonly transpose: boolean;
}

function view(tensor: Tensor): View {
  const [rows, columns] = tensor.shape;
  if (tensor.shape.length !== 2 || rows === undefined || columns === undefined)
    throw new ShapeError(`matmul: [${tensor.shape}] is not a matrix`);
  return { tensor, rows, columns, transpose: false };
}

const transposed = ({ tensor, rows, columns, transpose }: View): View => ({ tensor, rows: columns, columns: rows, transpose: !transpose });

function product(tape: Tape, a: View, b: View, label: string): Tensor {
  if (a.columns !== b.rows) throw new ShapeError(`matmul: [${a.rows},${a.columns}] times [${b.rows},${b.columns}]: the inner sizes differ`);
  const [M, N, K] = [a.rows, b.columns, a.columns];
  const c = tape.tensor([M, N], "f32", label);
  tape.perform(MATMUL, { a: a.tensor, b: b.tensor, c, M, N, K, transposeA: a.transpose, transposeB: b.transpose });
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
