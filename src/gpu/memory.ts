import { OutOfGpuMemoryError } from "../errors.ts";
import type { Gpu } from "./device.ts";
import type { Placement } from "./placement.ts";
import type { Purpose } from "./slot.ts";
import type { Store } from "./store.ts";

/** Bytes on the device by purpose, known before anything is allocated. */
export interface MemoryReport {
  readonly bytes: { readonly [P in Purpose]?: number };
  readonly total: number;
  /** The largest pieces, largest first. */
  readonly largest: readonly { readonly label: string; readonly bytes: number }[];
}

export function memoryReport(stores: Iterable<Store>, placement: Placement): MemoryReport {
  const bytes: { [P in Purpose]?: number } = {};
  const pieces: { label: string; bytes: number }[] = [];
  for (const store of stores) {
    bytes[store.purpose] = (bytes[store.purpose] ?? 0) + store.bytes;
    pieces.push(...store.slots.map(({ label, bytes: size }) => ({ label: `${store.label}/${label}`, bytes: size })));
  }
  bytes.activations = placement.arenas.reduce((a, b) => a + b, 0);
  pieces.push(...[...placement.places.keys()].map(({ label, bytes: size }) => ({ label, bytes: size })));
  const total = Object.values(bytes).reduce((a, b) => a + b, 0);
  return { bytes, total, largest: pieces.toSorted((a, b) => b.bytes - a.bytes).slice(0, 5) };
}

/** Throws OutOfGpuMemoryError, naming the largest tensors and the limit, when a piece or an arena cannot exist on this adapter. */
export function checkFits(gpu: Gpu, plan: string, report: MemoryReport, placement: Placement, stores: Iterable<Store>): void {
  const { maxBufferSize, maxStorageBufferBindingSize } = gpu.limits;
  const buffers = [...placement.arenas, ...[...stores].map((store) => store.bytes)];
  const buffer = Math.max(0, ...buffers);
  const binding = report.largest[0]?.bytes ?? 0;
  if (buffer <= maxBufferSize && binding <= maxStorageBufferBindingSize) return;
  const list = report.largest.map(({ label, bytes }) => `${label} ${mebibytes(bytes)}`).join(", ");
  throw new OutOfGpuMemoryError(
    `${plan} needs ${mebibytes(report.total)}. Largest: ${list}. ${gpu.name} allows ${mebibytes(maxStorageBufferBindingSize)} ` +
      `a binding and ${mebibytes(maxBufferSize)} a buffer. Use a smaller batch, image or bank.`,
  );
}

export const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
