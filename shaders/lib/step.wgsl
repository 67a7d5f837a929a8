// What changes from step to step, written once a step. The TypeScript twin is src/gpu/step.ts.
struct Step {
  seed: u32,       // of the run
  step: u32,       // training step, counted from 0
  epoch: u32,
  rate: f32,       // learning rate of this step
}
