import { bankRows } from "../bank_rows.ts";
import { MOMENTUM } from "../cases/bank_update.ts";
import { inputNamed } from "../cases/conv.ts";
import { addedTo, BLOCKS, encoderShapes, SGD } from "../cases/encoder.ts";
import { CHECKED, CMC_CHECKED, cmcShapes, VIEWS } from "../cases/step.ts";
import type { Inputs } from "../contract.ts";
import { withPositive } from "../positive.ts";
import { array, type Fn, type Jax, type JaxCase, type JaxStep, jax, lax, np, pullBack } from "./jax.ts";
import { nceLoss, scores } from "./nce.ts";
import { normalise, unitRows } from "./norm.ts";
import { spreadArrays, spreadLoss } from "./spread.ts";

type Named = Readonly<Record<string, Jax>>;

const PADDING: [number, number][] = [
  [1, 1],
  [1, 1],
];

/** Consumes the images and the parameters of this prefix. */
function encode(x: Jax, parameters: Named, prefix = ""): Jax {
  const of = (name: string) => parameters[prefix + name] as Jax;
  let y = x;
  for (const i of BLOCKS.keys())
    y = normalise(lax.convGeneralDilated(y, of(`conv${i}`), [2, 2], PADDING), of(`weight${i}`), of(`bias${i}`));
  return unitRows(np.matmul(np.mean(y, [2, 3]), of("head").transpose()).add(of("shift")));
}

export interface Recipe {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Arrays that a step changes beside the parameters: banks. */
  readonly state: Named;
  /** Arrays that stay. */
  readonly data: Named;
  /** [loss, ...features] from parameters, with references of its own to state and data. */
  readonly forward: (parameters: Named, state: Named, data: Named) => Jax[];
  /** The state afterwards. Consumes state and features. */
  readonly after: (state: Named, features: readonly Jax[], data: Named) => Named;
  readonly checked: readonly string[];
  readonly convert: NonNullable<JaxStep["convert"]>;
}

const named = (names: readonly string[], arrays: readonly Jax[]): Named =>
  Object.fromEntries(names.map((name, i) => [name, arrays[i] as Jax]));

/** The whole step as one function: parameters, velocities, state and data in; loss, parameters, velocities and state out. */
export function step(recipe: Recipe, inputs: Inputs, jit: (f: Fn) => Fn): JaxStep {
  const { shapes, data, forward, after, checked, convert } = recipe;
  const names = Object.keys(shapes);
  const [stateNames, dataNames] = [Object.keys(recipe.state), Object.keys(data)];
  const n = names.length;
  const all = jit((...args) => {
    const weights = args.slice(0, n) as Jax[];
    const state = named(stateNames, args.slice(2 * n, 2 * n + stateNames.length) as Jax[]);
    const given = named(dataNames, args.slice(2 * n + stateNames.length) as Jax[]);
    const both = jax.valueAndGrad(
      (...learned: Jax[]) => {
        const [loss, ...features] = forward(named(names, learned), state, given);
        return [loss as Jax, features] as [Jax, Jax[]];
      },
      { argnums: names.map((_, i) => i), hasAux: true },
    );
    const [[loss, features], gradients] = both(...weights.map((w) => w.ref)) as unknown as [[Jax, Jax[]], Jax[]];
    const velocities = gradients.map((g, i) => (args[n + i] as Jax).mul(SGD.momentum).add(g));
    const moved = weights.map((w, i) => w.sub((velocities[i] as Jax).ref.mul(SGD.rate)));
    const next = after(state, features, given);
    for (const one of Object.values(given)) one.dispose();
    return [loss, ...moved, ...velocities, ...stateNames.map((name) => next[name] as Jax)];
  });
  let carried = [
    ...names.map((name) => array(inputNamed(inputs, name))),
    ...names.map((name) => np.zeros([...(shapes[name] ?? [])])),
    ...Object.values(recipe.state),
  ];
  return {
    run() {
      const [loss, ...rest] = all(...carried, ...Object.values(data).map((one) => one.ref)) as [Jax, ...Jax[]];
      carried = rest;
      const weights = checked.map((name) => [name, (rest[names.indexOf(name)] as Jax).ref] as const);
      const states = stateNames.map((name, i) => [name, (rest[2 * n + i] as Jax).ref] as const);
      // The last of each kind is asked for, too, or its kernels would wait for the next step.
      const others = rest.slice(0, 2 * n).map((one, i) => [`carried${i}`, one.ref] as const);
      return { loss, ...Object.fromEntries([...weights, ...states, ...others]) };
    },
    convert: { ...addedTo(inputs, checked), ...convert },
    held: () => [...carried, ...Object.values(data)],
  };
}

/** The bank with rows y replaced by normalise(0.5 old + 0.5 v), through the gradient of `take`. Consumes all three. */
function updated(bank: Jax, features: Jax, index: Jax): Jax {
  const old = np.take(bank.ref, index.ref, 0);
  const rows = unitRows(old.ref.mul(MOMENTUM).add(features.mul(1 - MOMENTUM)));
  const [taken, change] = pullBack((table) => np.take(table, index, 0), [bank.ref], rows.sub(old)) as [Jax, Jax];
  taken.dispose();
  return bank.add(change);
}

export const instdiscStep: JaxCase = (size, inputs, jit) => {
  const { B = 0, D = 0 } = size;
  const cost = nceLoss(size);
  const recipe: Recipe = {
    shapes: encoderShapes(3, D),
    state: { rows: array(inputNamed(inputs, "bank")) },
    data: { x: array(inputNamed(inputs, "x")), index: array(inputNamed(inputs, "index")), candidates: array(withPositive(inputs)) },
    forward(parameters, { rows }, { x, candidates }) {
      const f = encode((x as Jax).ref, parameters);
      return [cost(scores(f.ref, (rows as Jax).ref, (candidates as Jax).ref)), f];
    },
    after: ({ rows }, [f], { index }) => ({ rows: updated(rows as Jax, f as Jax, (index as Jax).ref) }),
    checked: CHECKED,
    convert: { rows: bankRows({ ...inputs, features: { shape: [B, D], data: new Float32Array() } }) },
  };
  return step(recipe, inputs, jit);
};

export const invaspreadStep: JaxCase = ({ B = 0, D = 0 }, inputs, jit) => {
  const recipe: Recipe = {
    shapes: encoderShapes(3, D),
    state: {},
    data: { x: array(inputNamed(inputs, "x")), x2: array(inputNamed(inputs, "x2")), ...spreadArrays(B) },
    forward(parameters, _, { x, x2, twin, others }) {
      const f = encode(np.concatenate([(x as Jax).ref, (x2 as Jax).ref]), parameters);
      return [spreadLoss(f, (twin as Jax).ref, (others as Jax).ref)];
    },
    after: () => ({}),
    checked: CHECKED,
    convert: {},
  };
  return step(recipe, inputs, jit);
};

export const cmcStep: JaxCase = (size, inputs, jit) => {
  const { B = 0, D = 0 } = size;
  const cost = nceLoss(size);
  const rows = bankRows({ ...inputs, features: { shape: [B, D], data: new Float32Array() } });
  const recipe: Recipe = {
    shapes: cmcShapes(D),
    state: { rows0: array(inputNamed(inputs, "bank0")), rows1: array(inputNamed(inputs, "bank1")) },
    data: {
      x0: array(inputNamed(inputs, "x0")),
      x1: array(inputNamed(inputs, "x1")),
      index: array(inputNamed(inputs, "index")),
      candidates: array(withPositive(inputs)),
    },
    forward(parameters, banks, data) {
      const features = VIEWS.map(({ prefix }, i) => encode((data[`x${i}`] as Jax).ref, parameters, prefix));
      const costs = features.map((f, i) => cost(scores(f.ref, (banks[`rows${1 - i}`] as Jax).ref, (data.candidates as Jax).ref)));
      return [costs.reduce((a, b) => a.add(b)), ...features];
    },
    after: (banks, features, { index }) =>
      Object.fromEntries(features.map((f, i) => [`rows${i}`, updated(banks[`rows${i}`] as Jax, f, (index as Jax).ref)])),
    checked: CMC_CHECKED,
    convert: { rows0: rows, rows1: rows },
  };
  return step(recipe, inputs, jit);
};
