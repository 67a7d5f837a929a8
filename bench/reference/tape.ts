/** A tensor in float64, with the gradient of the loss once `backward` has passed. */
export class Value {
  gradient: Float64Array | undefined;

  constructor(
    readonly tape: RefTape,
    readonly shape: readonly number[],
    readonly data: Float64Array,
  ) {}

  get size(): number {
    return this.data.length;
  }

  /** The gradient, zeros where the loss does not depend on it. */
  get grad(): Float64Array {
    this.gradient ??= new Float64Array(this.size);
    return this.gradient;
  }
}

/** Adds to the gradients of an operation's arguments, given that of its result. */
type Backward = (dy: Float64Array) => void;

/**
 * Reverse differentiation in float64, slow and plain: what every library's results are compared with. An operation computes its result and
 * leaves behind how gradients pass; `backward` walks back.
 */
export class RefTape {
  readonly #nodes: { readonly value: Value; readonly backward: Backward }[] = [];

  /** A tensor from outside. */
  leaf(shape: readonly number[], data: ArrayLike<number>): Value {
    const count = product(shape);
    if (count !== data.length) throw new RangeError(`reference: [${shape}] over ${data.length} values`);
    return new Value(this, shape, Float64Array.from(data));
  }

  /** The result of an operation. */
  node(shape: readonly number[], data: Float64Array, backward: Backward): Value {
    const value = new Value(this, shape, data);
    this.#nodes.push({ value, backward });
    return value;
  }

  /** Gradients of sum(seed * y), seed 1 where not given; then at `grad` of every value. */
  backward(y: Value, seed?: ArrayLike<number>): void {
    for (let i = 0; i < y.size; i++) y.grad[i] = seed?.[i] ?? 1;
    for (const { value, backward } of this.#nodes.toReversed()) if (value.gradient) backward(value.gradient);
  }
}

export const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Element by element: y = f(x), with its derivative from x and y. */
export function map(x: Value, f: (x: number) => number, derivative: (x: number, y: number) => number): Value {
  const y = x.data.map(f);
  return x.tape.node(x.shape, y, (dy) => {
    const { grad } = x;
    for (let i = 0; i < y.length; i++) grad[i]! += dy[i]! * derivative(x.data[i]!, y[i]!);
  });
}

/** Element by element over two tensors of one shape; derivatives by each. */
function zip(
  a: Value,
  b: Value,
  f: (a: number, b: number) => number,
  by: readonly [(a: number, b: number) => number, (a: number, b: number) => number],
): Value {
  if (a.shape.join() !== b.shape.join()) throw new RangeError(`reference: [${a.shape}] and [${b.shape}]`);
  const y = a.data.map((value, i) => f(value, b.data[i]!));
  return a.tape.node(a.shape, y, (dy) => {
    const [da, db] = [a.grad, b.grad];
    for (let i = 0; i < y.length; i++) {
      da[i]! += dy[i]! * by[0](a.data[i]!, b.data[i]!);
      db[i]! += dy[i]! * by[1](a.data[i]!, b.data[i]!);
    }
  });
}

const ONE = () => 1;
export const add = (a: Value, b: Value): Value => zip(a, b, (x, y) => x + y, [ONE, ONE]);
export const sub = (a: Value, b: Value): Value => zip(a, b, (x, y) => x - y, [ONE, () => -1]);
export const mul = (a: Value, b: Value): Value => zip(a, b, (x, y) => x * y, [(_, y) => y, (x) => x]);

/** factor * x + shift */
export const affine = (x: Value, factor: number, shift = 0): Value =>
  map(
    x,
    (v) => factor * v + shift,
    () => factor,
  );
export const exp = (x: Value): Value => map(x, Math.exp, (_, y) => y);
export const log = (x: Value): Value => map(x, Math.log, (v) => 1 / v);
export const tanh = (x: Value): Value => map(x, Math.tanh, (_, y) => 1 - y * y);
export const sigmoid = (x: Value): Value =>
  map(
    x,
    (v) => 1 / (1 + Math.exp(-v)),
    (_, y) => y * (1 - y),
  );
export const relu = (x: Value): Value =>
  map(
    x,
    (v) => Math.max(v, 0),
    (v) => (v > 0 ? 1 : 0),
  );
export const power = (x: Value, p: number): Value =>
  map(
    x,
    (v) => v ** p,
    (v) => p * v ** (p - 1),
  );
/** ln(1 + e^x) */
export const softplus = (x: Value): Value =>
  map(
    x,
    (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))),
    (v) => 1 / (1 + Math.exp(-v)),
  );

/** The same numbers under another shape. */
export function reshape(x: Value, shape: readonly number[]): Value {
  if (product(shape) !== x.size) throw new RangeError(`reference: [${x.shape}] as [${shape}]`);
  return x.tape.node(shape, x.data, (dy) => addTo(x.grad, dy));
}

/** Element i of the result is element `from(i)` of x: slices, transposes, repetitions. */
export function pick(x: Value, shape: readonly number[], from: (i: number) => number): Value {
  const y = new Float64Array(product(shape));
  for (let i = 0; i < y.length; i++) y[i] = x.data[from(i)]!;
  return x.tape.node(shape, y, (dy) => {
    const { grad } = x;
    for (let i = 0; i < dy.length; i++) grad[from(i)]! += dy[i]!;
  });
}

/** Element i of x is added to element `to(i)` of the result: sums over axes. */
export function collect(x: Value, shape: readonly number[], to: (i: number) => number): Value {
  const y = new Float64Array(product(shape));
  for (let i = 0; i < x.size; i++) y[to(i)]! += x.data[i]!;
  return x.tape.node(shape, y, (dy) => {
    const { grad } = x;
    for (let i = 0; i < x.size; i++) grad[i]! += dy[to(i)]!;
  });
}

export const sum = (x: Value): Value => collect(x, [], () => 0);
export const mean = (x: Value): Value => affine(sum(x), 1 / x.size);

/** Several tensors [n, ...] one below the other. */
export function concat(parts: readonly Value[]): Value {
  const [first] = parts;
  if (!first) throw new RangeError("reference: nothing to concatenate");
  const y = new Float64Array(parts.reduce((n, { size }) => n + size, 0));
  let at = 0;
  const starts = parts.map(({ data }) => {
    y.set(data, at);
    at += data.length;
    return at - data.length;
  });
  const rows = parts.reduce((n, { shape }) => n + (shape[0] ?? 0), 0);
  return first.tape.node([rows, ...first.shape.slice(1)], y, (dy) => {
    for (const [i, part] of parts.entries()) addTo(part.grad, dy.subarray(starts[i]!, starts[i]! + part.size));
  });
}

function addTo(target: Float64Array, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) target[i]! += values[i]!;
}
