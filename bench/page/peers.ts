import type { Contender } from "../contract.ts";
import { JAX } from "../jax/index.ts";
import { jaxContenders } from "../jax/jax.ts";
import { TFJS } from "../tfjs/index.ts";
import { tfContenders } from "../tfjs/tfjs.ts";

/** The other libraries' ways to do a case. */
export function peers(name: string): Contender[] {
  const [tf, jax] = [TFJS[name], JAX[name]];
  return [
    ...(tf ? tfContenders(tf, "webgpu") : []),
    ...(jax ? jaxContenders(jax, "webgpu") : []),
    ...(tf ? tfContenders(tf, "wasm") : []),
    ...(jax ? jaxContenders(jax, "wasm") : []),
  ];
}
