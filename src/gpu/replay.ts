import { InternalError, OutOfGpuMemoryError } from "../errors.ts";
import { answer } from "./answer.ts";
import type { Gpu } from "./device.ts";
import { type Dispatch, type Launch, packParams, split } from "./launch.ts";
import { dispatchBudget } from "./measure.ts";
import type { Pipeline } from "./pipelines.ts";
import type { Placement } from "./placement.ts";
import { ALIGNMENT, align, type Operand, type Slot } from "./slot.ts";
import { packStep, STEP_BYTES, type StepValues } from "./step.ts";
import type { Store } from "./store.ts";
import { Timer } from "./timing.ts";

/** GPU time of one launch (its dispatches added up). */
export interface KernelTime {
  readonly kernel: string;
  readonly milliseconds: number;
  readonly flops: number;
}

interface Command {
  readonly launch: Launch;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly grid: Dispatch["grid"];
}

/** The open half of a plan: everything made once, and the loop that encodes it. */
export class Replay {
  #commands: readonly Command[] = [];
  readonly #unfinished: Promise<unknown>[] = [];

  private constructor(
    private readonly gpu: Gpu,
    private readonly label: string,
    private readonly placement: Placement,
    private readonly arenas: readonly GPUBuffer[],
    private readonly step: GPUBuffer,
    private readonly uniforms: GPUBuffer,
  ) {}

  static async create(
    gpu: Gpu,
    label: string,
    launches: readonly Launch[],
    placement: Placement,
    stores: readonly Store[],
  ): Promise<Replay> {
    const compiling = launches.map(({ kernel, overrides }) => gpu.pipelines.get(kernel, overrides));
    const pipelines = await Promise.all(compiling); // all at once: drivers compile in parallel
    const budget = await dispatchBudget(gpu, launches);
    const work = launches.map((launch) => split(launch, budget));
    const count = work.reduce((n, dispatches) => n + dispatches.length, 0);
    const { device } = gpu;
    device.pushErrorScope("out-of-memory");
    for (const store of stores) store.allocate();
    const buffer = (size: number, usage: number, name: string) => device.createBuffer({ label: `${label} ${name}`, size, usage });
    const arenas = placement.arenas.map((size, i) => buffer(size, 0x80 | 0x08 | 0x04, `arena ${i}`)); // STORAGE | COPY_DST | COPY_SRC
    const step = buffer(STEP_BYTES, 0x40 | 0x08, "step"); // UNIFORM | COPY_DST
    const uniforms = buffer(Math.max(1, count) * paramsStride(launches), 0x40 | 0x08, "parameters");
    const failure = await answer(gpu, device.popErrorScope(), `allocating for ${label}`);
    const replay = new Replay(gpu, label, placement, arenas, step, uniforms);
    if (failure) {
      replay.destroy();
      throw new OutOfGpuMemoryError(`${label}: ${gpu.name} ran out of memory: ${failure.message}`);
    }
    replay.#bind(launches, work, pipelines);
    return replay;
  }

  #bind(launches: readonly Launch[], work: readonly Dispatch[][], pipelines: readonly Pipeline[]): void {
    const stride = paramsStride(launches);
    const image = new Uint8Array(this.uniforms.size);
    let block = 0;
    this.#commands = launches.flatMap((launch, i) =>
      (work[i] ?? []).map((dispatch): Command => {
        const compiled = pipelines[i];
        if (!compiled) throw new InternalError(`${launch.kernel.name} was not compiled`);
        const offset = stride * block++;
        image.set(new Uint8Array(packParams(launch, dispatch)), offset);
        return { launch, pipeline: compiled.pipeline, bindGroup: this.#bindGroup(launch, compiled.layout, offset), grid: dispatch.grid };
      }),
    );
    this.gpu.device.queue.writeBuffer(this.uniforms, 0, image);
  }

  #bindGroup({ kernel, operands }: Launch, layout: GPUBindGroupLayout, offset: number): GPUBindGroup {
    const entries: GPUBindGroupEntry[] = Object.entries(kernel.bindings).map(([name, { binding }]) => {
      const { slot } = operands[name] as Operand;
      return { binding, resource: { ...this.where(slot), size: slot.bytes } };
    });
    entries.push({ binding: kernel.paramsBinding, resource: { buffer: this.uniforms, offset, size: kernel.paramsBytes } });
    if (kernel.stepBinding !== null) entries.push({ binding: kernel.stepBinding, resource: { buffer: this.step, size: STEP_BYTES } });
    return this.gpu.device.createBindGroup({ label: kernel.name, layout, entries });
  }

  /** Where a slot's bytes are. */
  where(slot: Slot): { buffer: GPUBuffer; offset: number } {
    if (slot.home) return { buffer: slot.home.store.buffer, offset: slot.home.offset };
    const place = this.placement.places.get(slot);
    const buffer = place && this.arenas[place.arena];
    if (!place || !buffer) throw new InternalError(`${this.label}: ${slot.label} has no place: no launch touches it`);
    return { buffer, offset: place.offset };
  }

  run(values: StepValues): void {
    const { device } = this.gpu;
    this.gpu.check();
    device.queue.writeBuffer(this.step, 0, packStep(values));
    const encoder = device.createCommandEncoder({ label: this.label });
    const pass = encoder.beginComputePass({ label: this.label });
    for (const command of this.#commands) encode(pass, command);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  async pace(ahead: number): Promise<void> {
    const done = this.gpu.device.queue.onSubmittedWorkDone();
    done.catch(() => {}); // lost before its turn came: reported by whoever meets the lost device, not as an unhandled rejection
    this.#unfinished.push(done);
    for (let next = this.#unfinished[0]; next && this.#unfinished.length > ahead; next = this.#unfinished[0]) {
      this.#unfinished.shift();
      await answer(this.gpu, next, `a step of ${this.label}`);
    }
    this.gpu.check(); // onSubmittedWorkDone resolves after an error too
  }

  async profile(values: StepValues): Promise<KernelTime[]> {
    const { device } = this.gpu;
    const timer = new Timer(this.gpu, this.#commands.length);
    device.queue.writeBuffer(this.step, 0, packStep(values));
    const encoder = device.createCommandEncoder({ label: this.label });
    this.#commands.forEach((command, i) => {
      const pass = encoder.beginComputePass({ timestampWrites: timer.around(i) });
      encode(pass, command);
      pass.end();
    });
    timer.resolve(encoder);
    device.queue.submit([encoder.finish()]);
    const times = await timer.read();
    const byLaunch = new Map<Launch, number>();
    this.#commands.forEach(({ launch }, i) => {
      byLaunch.set(launch, (byLaunch.get(launch) ?? 0) + (times[i] ?? 0));
    });
    return [...byLaunch].map(([{ kernel, flops }, milliseconds]) => ({ kernel: kernel.name, milliseconds, flops }));
  }

  destroy(): void {
    for (const buffer of [...this.arenas, this.step, this.uniforms]) buffer.destroy();
  }
}

function encode(pass: GPUComputePassEncoder, { pipeline, bindGroup, grid }: Command): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...grid);
}

/** One block of parameters a dispatch, at static offsets: bind groups are cached, and dynamic offsets cost 30 us on some drivers. */
function paramsStride(launches: readonly Launch[]): number {
  return Math.max(ALIGNMENT, ...launches.map(({ kernel }) => align(kernel.paramsBytes)));
}
