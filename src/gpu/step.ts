/** What changes from step to step: the one small uniform that a replay writes. Twin of `shaders/lib/step.wgsl`. */
export interface StepValues {
  /** Seed of the run, u32. */
  readonly seed: number;
  /** Training step, from 0. */
  readonly step: number;
  readonly epoch: number;
  /** Learning rate of this step. */
  readonly rate: number;
}

export const STEP_BYTES = 16;

/** For plans in which nothing depends on the step: evaluation, measurement. */
export const STILL: StepValues = { seed: 0, step: 0, epoch: 0, rate: 0 };

export function packStep({ seed, step, epoch, rate }: StepValues): ArrayBuffer {
  const bytes = new ArrayBuffer(STEP_BYTES);
  const view = new DataView(bytes);
  view.setUint32(0, seed, true);
  view.setUint32(4, step, true);
  view.setUint32(8, epoch, true);
  view.setFloat32(12, rate, true);
  return bytes;
}
