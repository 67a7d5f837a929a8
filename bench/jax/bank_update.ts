import { bankRows } from "../bank_rows.ts";
import { MOMENTUM } from "../cases/bank_update.ts";
import { arrays, type Jax, type JaxCase, np, pullBack } from "./jax.ts";

/** jax-js has no public scatter: the way round it is the gradient of `take`, which adds rows into zeros of the bank's size. */
export const bankUpdate: JaxCase = (_, inputs, jit) => {
  const { features, bank, index } = arrays(inputs, "features", "bank", "index");
  const step = jit((w, f, y) => {
    const old = np.take(w.ref, y.ref, 0);
    const mixed = old.ref.mul(MOMENTUM).add(f.mul(1 - MOMENTUM));
    const unit = mixed.ref.div(np.sqrt(np.sum(np.square(mixed), 1, { keepdims: true })));
    const [taken, change] = pullBack((table) => np.take(table, y, 0), [w.ref], unit.sub(old)) as [Jax, Jax];
    taken.dispose();
    return [w.add(change)];
  });
  let table = bank;
  return {
    run() {
      const [next] = step(table, features.ref, index.ref) as [Jax];
      table = next;
      return { rows: next.ref };
    },
    convert: { rows: bankRows(inputs) },
    held: () => [features, table, index],
  };
};
