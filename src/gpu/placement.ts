import { align, type Slot } from "./slot.ts";

/** A transient slot with the launches between which its bytes matter. */
export interface Lifetime {
  readonly slot: Slot;
  /** Index of the launch that first writes it. */
  readonly first: number;
  /** Index of the last launch that touches it; Infinity when it is read back after the step. */
  readonly last: number;
}

export interface Place {
  readonly arena: number;
  readonly offset: number;
}

export interface Placement {
  readonly places: ReadonlyMap<Slot, Place>;
  /** Bytes of each arena. */
  readonly arenas: readonly number[];
}

/**
 * Gives every transient slot a place in a few shared buffers ("arenas"): slots whose lifetimes overlap never share bytes, and
 * slots in `apart` never share an arena, because WebGPU refuses a dispatch that reads and writes one buffer through two
 * bindings. Largest first, each at the lowest free offset of the arena that grows least.
 */
export function place(lifetimes: readonly Lifetime[], apart: ReadonlyMap<Slot, ReadonlySet<Slot>>, maxArenaBytes: number): Placement {
  const places = new Map<Slot, Place>();
  const arenas: { bytes: number; members: (Lifetime & { offset: number })[] }[] = [];
  for (const lifetime of lifetimes.toSorted((a, b) => b.slot.bytes - a.slot.bytes || a.first - b.first)) {
    const forbidden = new Set([...(apart.get(lifetime.slot) ?? [])].map((slot) => places.get(slot)?.arena));
    let best: { arena: number; offset: number; growth: number } | undefined;
    arenas.forEach(({ bytes, members }, arena) => {
      if (forbidden.has(arena)) return;
      const offset = lowestGap(lifetime, members);
      const growth = Math.max(0, offset + align(lifetime.slot.bytes) - bytes);
      if (bytes + growth <= maxArenaBytes && (!best || growth < best.growth)) best = { arena, offset, growth };
    });
    const { arena, offset } = best ?? { arena: arenas.push({ bytes: 0, members: [] }) - 1, offset: 0 };
    const home = arenas[arena];
    if (!home) continue;
    home.members.push({ ...lifetime, offset });
    home.bytes = Math.max(home.bytes, offset + align(lifetime.slot.bytes));
    places.set(lifetime.slot, { arena, offset });
  }
  return { places, arenas: arenas.map(({ bytes }) => bytes) };
}

/** Lowest offset at which `lifetime` clears every member that is alive at the same time. */
function lowestGap(lifetime: Lifetime, members: readonly (Lifetime & { offset: number })[]): number {
  const alive = members.filter((m) => m.first <= lifetime.last && lifetime.first <= m.last).toSorted((a, b) => a.offset - b.offset);
  let offset = 0;
  for (const member of alive) {
    if (offset + align(lifetime.slot.bytes) <= member.offset) break;
    offset = Math.max(offset, member.offset + align(member.slot.bytes));
  }
  return offset;
}
