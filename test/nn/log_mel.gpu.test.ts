import { expect, test } from "vitest";
import { LogMel } from "../../src/evaluate/log_mel.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { audioEncoder, audioFrames } from "../../src/nn/encoders/audio.ts";
import { logMelLayer } from "../../src/nn/log_mel.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { sum } from "../../src/ops/reduce.ts";
import { openTape } from "../../src/ops/tape.ts";
import { Tensor } from "../../src/tensor.ts";
import { sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

const random = sequence(8);
const noise = (length: number) => Float32Array.from({ length }, () => 2 * random() - 1);

test.each([8000, 16_000])("spectra on the device are those of the fast transform in float64, at %i Hz", async (rate) => {
  const parameters = new Parameters(await testGpu(), 1);
  const layer = logMelLayer(parameters, "spectrum", rate);
  const plan = new Plan(parameters.gpu, "log-mel");
  const tape = openTape(plan, false);
  const [B, samples] = [2, 560];
  const x = tape.input("x", [B, 1, samples]);
  const y = plan.keep(layer(tape, x));
  await plan.open();
  const clips = Array.from({ length: B }, () => noise(samples));
  plan.run(undefined, [[x, Float32Array.from(clips.flatMap((clip) => [...clip]))]]);
  const found = Array.from(await plan.read(y));
  plan.close();
  parameters.destroy();

  const truth = new LogMel(rate, { windowSeconds: 200 / rate, hopSeconds: 80 / rate, level: false });
  const [, bands = 0, T = 0] = y.shape;
  expect(bands).toBe(truth.bands);
  const expected = clips.map((clip) => {
    const padded = new Float32Array(samples + 120);
    padded.set(clip, 60);
    return truth.spectra(padded);
  });
  expect(expected[0]?.length).toBe(bands * T);
  const errors = found.map((value, i) => {
    const [b, band, t] = [Math.floor(i / T / bands), Math.floor(i / T) % bands, i % T];
    return Math.abs(value - ((expected[b]?.[t * bands + band] ?? Number.NaN) + 8) / 3.5);
  });
  expect(Math.max(...errors)).toBeLessThan(1e-4);
});

test("an encoder of log-mel: 160 samples a frame, a gradient for all that is learned, the transform as state", async () => {
  expect(audioFrames(20_480, "log-mel")).toBe(128);
  expect(audioFrames(100, "log-mel")).toBe(1);
  const parameters = new Parameters(await testGpu(), 2);
  const encoder = audioEncoder(parameters, { input: "log-mel", rate: 8000, samples: 800, width: 6 });
  expect(encoder.frames).toBe(5);
  expect(() => audioEncoder(parameters, { input: "log-mel", samples: 810 })).toThrow(/a multiple of 80 samples, got 810/);
  expect([...parameters.tensors().keys()]).toEqual(
    [0, 1].flatMap((i) => [`conv${i}.weight`, `conv${i}.bias`, `norm${i}.weight`, `norm${i}.bias`]),
  );
  expect(parameters.named().get("spectrum.fourier")?.shape).toEqual([258, 80, 3]);
  const plan = new Plan(parameters.gpu, "encoder");
  const tape = openTape(plan, true);
  const x = tape.input("x", [2, 800]);
  const z = encoder.forward(tape, x);
  expect(z.shape).toEqual([2, 5, 6]);
  tape.backward(sum(tape, z));
  parameters.collect(tape);
  await plan.open();
  plan.run(undefined, [[x, noise(x.size)]]);
  for (const [name, { slot, store }] of parameters.namedGradients()) {
    const gradient = Array.from(await store.read(slot, "f32"));
    expect(gradient.every(Number.isFinite) && gradient.some((v) => v !== 0), `gradient of ${name}`).toBe(true);
  }
  plan.close();
  parameters.destroy();
});

test("a transform that would have to learn is refused", async () => {
  const parameters = new Parameters(await testGpu(), 1);
  const layer = logMelLayer(parameters, "spectrum", 8000);
  const plan = new Plan(parameters.gpu, "log-mel");
  const { slot, shape } = plan.input("x", [1, 1, 400]);
  const x = new Tensor(slot, shape);
  x.requiresGrad = true;
  expect(() => layer(openTape(plan, true), x)).toThrow(/no gradient/);
  plan.close();
  parameters.destroy();
});
