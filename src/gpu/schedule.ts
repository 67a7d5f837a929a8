import { InternalError } from "../errors.ts";
import type { Launch } from "./launch.ts";
import { type Lifetime, type Placement, place } from "./placement.ts";
import type { Operand, Slot } from "./slot.ts";
import type { Store } from "./store.ts";

/** Who touches what, and where everything transient goes. Pure: nothing is allocated. */
export interface Schedule {
  readonly placement: Placement;
  /** Persistent stores that the launches use. */
  readonly stores: ReadonlySet<Store>;
}

/** @param kept slots whose bytes must survive to the end of the step, to be read back. */
export function schedule(launches: readonly Launch[], kept: ReadonlySet<Slot>, maxArenaBytes: number): Schedule {
  const lifetimes = new Map<Slot, Lifetime>();
  const apart = new Map<Slot, Set<Slot>>();
  const stores = new Set<Store>();
  launches.forEach((launch, index) => {
    const { reads, writes } = access(launch);
    for (const slot of [...reads, ...writes]) {
      if (slot.home) stores.add(slot.home.store);
      else extend(lifetimes, slot, index, writes.includes(slot), kept.has(slot), launch);
    }
    for (const read of reads) for (const written of writes) separate(launch, read, written, apart);
  });
  const placement = place([...lifetimes.values()], apart, maxArenaBytes);
  return { placement, stores };
}

/** Slots that a launch reads only, and slots that it may write. */
function access({ kernel, operands }: Launch): { reads: Slot[]; writes: Slot[] } {
  const of = (wanted: string) =>
    Object.entries(kernel.bindings).flatMap(([name, { access }]) => (access === wanted ? [(operands[name] as Operand).slot] : []));
  return { reads: of("read"), writes: of("read_write") };
}

function extend(lifetimes: Map<Slot, Lifetime>, slot: Slot, index: number, written: boolean, kept: boolean, { kernel }: Launch): void {
  const known = lifetimes.get(slot);
  if (!known && !written) throw new InternalError(`${kernel.name} reads ${slot.label}, which no launch before it has written`);
  lifetimes.set(slot, { slot, first: known?.first ?? index, last: kept ? Number.POSITIVE_INFINITY : index });
}

function separate({ kernel }: Launch, read: Slot, written: Slot, apart: Map<Slot, Set<Slot>>): void {
  const sameStore = read.home !== undefined && read.home.store === written.home?.store;
  if (read === written || sameStore) {
    throw new InternalError(`${kernel.name} reads ${read.label} and writes ${written.label} of one buffer: bind it once, as read_write`);
  }
  if (read.home || written.home) return;
  for (const [a, b] of [[read, written] as const, [written, read] as const]) {
    const set = apart.get(a) ?? new Set();
    apart.set(a, set.add(b));
  }
}
