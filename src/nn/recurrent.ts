import type { Tape } from "../autograd.ts";
import type { Operand } from "../gpu/slot.ts";
import { gru, type LstmState, lstm, type RecurrentWeights } from "../ops/recurrent.ts";
import type { Tensor } from "../tensor.ts";
import { uniformWithin } from "./init.ts";
import type { Parameters } from "./parameters.ts";

/**
 * x[B, T, inputs] -> states of all steps [B, T, units], from a state [B, units] before the first one (default 0). Where keep, f32[B, T],
 * is 0, a step starts from 0 (a new episode); where it is 1, from the state before it.
 */
export type GruLayer = (tape: Tape, x: Tensor, h0?: Tensor, keep?: Operand) => Tensor;

/** x[B, T, inputs] -> states and cells of all steps [B, T, units] each. Cells carry no gradient. */
export type LstmLayer = (tape: Tape, x: Tensor, state?: LstmState) => { readonly y: Tensor; readonly cells: Tensor };

/**
 * `NAME.weight_ih_l0` [3 units, inputs], `NAME.weight_hh_l0` [3 units, units], `NAME.bias_ih_l0`, `NAME.bias_hh_l0`: torch.nn.GRU with
 * batch_first, its gate order r, z, n and its start values, uniform within 1/sqrt(units).
 */
export function gruLayer(parameters: Parameters, name: string, inputs: number, units: number): GruLayer {
  const weights = recurrentWeights(parameters, name, inputs, units, 3);
  return (tape, x, h0, keep) => gru(tape, x, weights, h0, keep);
}

/** The same of torch.nn.LSTM: four gates, i, f, g, o. */
export function lstmLayer(parameters: Parameters, name: string, inputs: number, units: number): LstmLayer {
  const weights = recurrentWeights(parameters, name, inputs, units, 4);
  return (tape, x, state) => lstm(tape, x, weights, state);
}

function recurrentWeights(parameters: Parameters, name: string, inputs: number, units: number, gates: number): RecurrentWeights {
  const init = uniformWithin(1 / Math.sqrt(units));
  return {
    weightInput: parameters.add(`${name}.weight_ih_l0`, [gates * units, inputs], init),
    weightHidden: parameters.add(`${name}.weight_hh_l0`, [gates * units, units], init),
    biasInput: parameters.add(`${name}.bias_ih_l0`, [gates * units], init),
    biasHidden: parameters.add(`${name}.bias_hh_l0`, [gates * units], init),
  };
}
