import * as kernels from "../../gpu/kernels.gen.ts";
import type { Plan } from "../../gpu/plan.ts";
import type { Operand } from "../../gpu/slot.ts";
import type { Offers, ShapeClass, Variant } from "../../gpu/variants.ts";
import { perItem } from "../grid.ts";
import { MATMUL, type Product, strides } from "../matmul.ts";

/** Side of a workgroup's tile of matmul_shared. */
const SHARED = 64;
/** Workgroups that keep a GPU busy: fewer tiles share K among them. */
const BUSY = 64;

const flops = ({ M, N, K }: Product): number => 2 * M * N * K;
/** Rows of both matrices can be read four at a time. */
const vectors = ({ M, N, K, transposeA }: Product): boolean => N % 4 === 0 && K % 4 === 0 && (!transposeA || M % 4 === 0);
const transposes = ({ transposeA, transposeB }: Product) => ({ TA: Number(transposeA), TB: Number(transposeB) });

const tile16: Variant<Product> = {
  name: "tile16",
  fits: vectors,
  record(plan, task) {
    const { a, b, c, M, N, K } = task;
    const grid = [Math.ceil((Math.ceil(M / 16) * Math.ceil(N / 16)) / 32)];
    plan.launch(kernels.matmulTile16, { a, b, c }, { M, N, K }, grid, { overrides: transposes(task), flops: flops(task) });
  },
};

const sub16: Variant<Product> = {
  name: "sub16",
  needs: { lanes: 4 },
  fits: vectors,
  record: (plan, task) => broadcast(plan, kernels.matmulSub16, task, 4, 16),
};

/** As sub16, with twice the rows: where sixteen numbers in a row never cross its end, and no more rows are left over than with sixteen. */
const sub32: Variant<Product> = {
  name: "sub32",
  needs: { lanes: 4 },
  fits: (task) => vectors(task) && !task.transposeB,
  record(plan, task) {
    const { a, b, c, M, N, K, transposeA } = task;
    const aligned = N % 16 === 0 && (M * K) % 16 === 0 && !(transposeA && M % 16 !== 0);
    const full = M % 32 === 0 || M % 32 > 16;
    if (!aligned || !full) return sub16.record(plan, task);
    const WG = Math.max(4, plan.gpu.adapter.subgroupMaxSize);
    const options = { overrides: { WG, TA: Number(transposeA) }, flops: flops(task) };
    plan.launch(kernels.matmulSub32, { a, b, c }, { M, N, K }, [Math.ceil(N / (16 * WG)), Math.ceil(M / 32)], options);
  },
};

const sub4: Variant<Product> = {
  name: "sub4",
  needs: { lanes: 8 },
  fits: vectors,
  record: (plan, task) => broadcast(plan, kernels.matmulSub4, task, 8, 4),
};

/** One subgroup a workgroup: then a narrow matrix leaves fewest lanes without a column. */
function broadcast(
  plan: Plan,
  kernel: typeof kernels.matmulSub16 | typeof kernels.matmulSub4,
  task: Product,
  lanes: number,
  columns: number,
): void {
  const { a, b, c, M, N, K } = task;
  const WG = Math.max(lanes, plan.gpu.adapter.subgroupMaxSize);
  const options = { overrides: { WG, ...transposes(task) }, flops: flops(task) };
  plan.launch(kernel, { a, b, c }, { M, N, K }, [Math.ceil(N / (columns * WG)), Math.ceil(M / 16)], options);
}

const shared: Variant<Product> = {
  name: "shared",
  record(plan, task) {
    const { a, b, c, M, N, K } = task;
    const [across, down] = [Math.ceil(N / SHARED), Math.ceil(M / SHARED)];
    const per = 16 * Math.ceil(K / 16 / Math.max(1, Math.min(Math.ceil(BUSY / (across * down)), Math.floor(K / 128))));
    const S = Math.ceil(K / per);
    const part: Operand = S === 1 ? c : { slot: plan.slot("product parts", 4 * S * M * N), shape: [S, M, N], dtype: "f32" };
    const overrides = { ALONG_A: task.transposeA ? 0 : 1, ALONG_B: task.transposeB ? 1 : 0 };
    const params = { M, N, K, ...strides(task), S, per };
    plan.launch(kernels.matmulShared, { a, b, c: part }, params, [across, down, S], { overrides, flops: flops(task) });
    if (S > 1) plan.launch(kernels.sumSplits, { part, y: c }, { S, N: M * N }, perItem(M * N), { flops: S * M * N });
  },
};

/** Measured (bench/README.md); for GPUs: reasoned, see the header of matmul_shared.wgsl. */
const DEFAULTS = { swiftshader: "sub16", llvmpipe: "sub4", gpu: "shared" };
/** Twice the code has to pay. */
const LARGE = { ...DEFAULTS, swiftshader: "sub32" };

const shapeClass = (M: number, K: number, transposeA: boolean, transposeB: boolean, defaults = DEFAULTS): ShapeClass<Product> => ({
  defaults,
  example(plan) {
    const [a, b] = [plan.input("a", [M * K]), plan.input("b", [K * M])];
    const c: Operand = { slot: plan.slot("c", 4 * M * M), shape: [M, M], dtype: "f32" };
    const numbers = (phase: number) => Float32Array.from({ length: M * K }, (_, i) => Math.sin(phase + 1.7 * i));
    const task = { a, b, c, M, N: M, K, transposeA, transposeB };
    return { task, result: c, feed: [[a, numbers(0)] as const, [b, numbers(1)] as const] };
  },
});

export const MATMUL_OFFERS: Offers<Product> = {
  family: MATMUL,
  variants: [tile16, sub16, sub32, sub4, shared],
  classes: {
    "nn small": shapeClass(64, 128, false, false),
    "nt small": shapeClass(64, 128, false, true),
    "tn small": shapeClass(64, 128, true, false),
    "nn large": shapeClass(256, 256, false, false, LARGE),
    "nt large": shapeClass(256, 256, false, true),
    "tn large": shapeClass(256, 256, true, false, LARGE),
  },
};
