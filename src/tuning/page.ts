import type { Gpu } from "../gpu/device.ts";
import { choicesOf, type TuneRow, tune } from "../gpu/tune.ts";
import { equip } from "./equip.ts";
import { choicesIn, tuningName, tuningOf } from "./record.ts";

const STORE = "tuning";

/** Equips a page's or a worker's device; what was measured is kept in IndexedDB. */
export async function equipPage(gpu: Gpu): Promise<Gpu> {
  // A page without storage (a private window, a sandboxed frame) has the defaults.
  const text = await withStore("readonly", (store) => store.get(nameOf(gpu))).catch(() => undefined);
  return equip(gpu, choicesIn(typeof text === "string" ? text : undefined, gpu, navigator.userAgent));
}

/** Measures every variant, a second or two, and keeps the winners for this origin. @returns the device with them, and the measurements */
export async function tunePage(gpu: Gpu): Promise<{ readonly gpu: Gpu; readonly rows: readonly TuneRow[] }> {
  const all = await equip(gpu);
  const rows = await tune(all);
  const choices = choicesOf(rows);
  const text = JSON.stringify(tuningOf(gpu, navigator.userAgent, choices));
  await withStore("readwrite", (store) => store.put(text, nameOf(gpu))).catch(() => undefined);
  return { gpu: await equip(gpu, choicesIn(text, gpu, navigator.userAgent)), rows };
}

const nameOf = (gpu: Gpu): string => tuningName(gpu.adapter, "page");

async function withStore(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const opening = indexedDB.open("nearfar", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const db = (await settled(opening)) as IDBDatabase;
  try {
    return await settled(act(db.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    db.close();
  }
}

const settled = (request: IDBRequest): Promise<unknown> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
