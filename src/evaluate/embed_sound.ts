import type { HostRows } from "../bank/rows.ts";
import type { SoundDataset } from "../data/sound.ts";
import { readWindow, type WindowConfig } from "../data/windows.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import { STILL } from "../gpu/step.ts";
import type { SoundEncoder } from "../nn/encoders/sound.ts";
import { matmul } from "../ops/matmul.ts";
import { reshape } from "../ops/reshape.ts";
import { openTape } from "../ops/tape.ts";
import { Tensor } from "../tensor.ts";

/** What a clip is summed up by. The choice changes what can be read off it (methods.md, trap 32), so that all are reported. */
export const CLIP_FEATURES = ["mean context", "last context", "mean latents", "last latents"] as const;

/** Features of clips, [N, D] each, not normalised. */
export type ClipFeatures = { readonly [name in (typeof CLIP_FEATURES)[number]]: HostRows };

/** A window of a clip, and the frames of it that no window before it had. */
interface Piece {
  readonly clip: number;
  readonly start: number;
  readonly from: number;
  readonly to: number;
  /** Share of one frame in the mean over the clip. */
  readonly weight: number;
  readonly last: boolean;
}

/**
 * A sound encoder, recorded once in evaluation mode; embeds clips of any length as often as wanted while it learns. A clip is cut into
 * windows side by side, the last one so that it ends with the clip; every frame counts once, and contexts start anew with each window.
 */
export class SoundEmbedder {
  readonly plan: Plan;
  readonly #windows: Operand;
  readonly #pick: Operand;
  readonly #context: Tensor;
  readonly #latents: Tensor;

  /** Records; allocates nothing. @param batch windows in one run */
  constructor(
    gpu: Gpu,
    private readonly encoder: SoundEncoder,
    private readonly window: Pick<WindowConfig, "samples" | "level">,
    private readonly batch = 32,
  ) {
    this.plan = new Plan(gpu, "embedding");
    const { frames: T, dim, units } = encoder;
    this.#windows = this.plan.input("windows", [batch, window.samples]);
    this.#pick = this.plan.input("frames to take", [2 * batch, batch * T]);
    const tape = openTape(this.plan, false);
    const { latents, context } = encoder.forward(tape, new Tensor(this.#windows.slot, this.#windows.shape));
    const pick = new Tensor(this.#pick.slot, this.#pick.shape);
    this.#context = this.plan.keep(matmul(tape, pick, reshape(tape, context, [batch * T, units])));
    this.#latents = this.plan.keep(matmul(tape, pick, reshape(tape, latents, [batch * T, dim])));
  }

  /** Features of all clips, in their order. */
  async embed(data: SoundDataset): Promise<ClipFeatures> {
    await this.plan.open();
    const { samples } = this.window;
    const pieces = Array.from(data.lengths).flatMap((length, clip) => piecesOf(this.encoder, samples, clip, length));
    const N = data.lengths.length;
    const blank = (D: number): HostRows & { data: Float32Array } => ({ data: new Float32Array(N * D), shape: [N, D] });
    const { dim, units } = this.encoder;
    const features = { "mean context": blank(units), "last context": blank(units), "mean latents": blank(dim), "last latents": blank(dim) };
    for (let at = 0; at < pieces.length; at += this.batch) {
      const own = pieces.slice(at, at + this.batch);
      await this.#run(data, own);
      const [contexts, latents] = [await this.plan.read(this.#context), await this.plan.read(this.#latents)];
      addRows(own, contexts as Float32Array, this.batch, features["mean context"], features["last context"]);
      addRows(own, latents as Float32Array, this.batch, features["mean latents"], features["last latents"]);
    }
    return features;
  }

  async #run(data: SoundDataset, pieces: readonly Piece[]): Promise<void> {
    const { samples } = this.window;
    const B = this.batch;
    const T = this.encoder.frames;
    const sound = new Float32Array(B * samples);
    const pick = new Float32Array(2 * B * B * T);
    const cut = pieces.map(async ({ clip, start, from, to, weight, last }, b) => {
      pick.fill(weight, b * B * T + b * T + from, b * B * T + b * T + to);
      if (last) pick[(B + b) * B * T + b * T + to - 1] = 1;
      sound.set(await readWindow(data, clip, start, this.window), b * samples);
    });
    await Promise.all(cut);
    this.plan.run(STILL, [
      [this.#windows, sound],
      [this.#pick, pick],
    ]);
  }

  close(): void {
    this.plan.close();
  }
}

function piecesOf(encoder: SoundEncoder, samples: number, clip: number, length: number): Piece[] {
  const count = Math.max(1, Math.ceil(length / samples));
  const T = encoder.frames;
  const cut = Array.from({ length: count }, (_, i) => {
    const start = i < count - 1 || count === 1 ? i * samples : length - samples;
    const to = encoder.framesOf(length - start);
    const seen = i === 0 ? 0 : Math.ceil((i * samples - start) / (samples / T)); // frames that the window before had
    return { clip, start, from: Math.min(seen, to - 1), to };
  });
  const frames = cut.reduce((sum, { from, to }) => sum + to - from, 0);
  return cut.map((piece, i) => ({ ...piece, weight: 1 / frames, last: i === count - 1 }));
}

/** Adds what the windows of a batch give to the rows of their clips. @param rows [2 B, D]: weighted sums, then last frames */
function addRows(pieces: readonly Piece[], rows: Float32Array, batch: number, mean: HostRows, last: HostRows): void {
  const D = mean.shape[1];
  pieces.forEach(({ clip, last: ends }, b) => {
    for (let d = 0; d < D; d++) mean.data[clip * D + d] = (mean.data[clip * D + d] ?? 0) + (rows[b * D + d] ?? 0);
    if (ends) last.data.set(rows.subarray((batch + b) * D, (batch + b + 1) * D), clip * D);
  });
}
