import { NearfarError } from "../errors.ts";

// The elements that a page's script and its HTML agree on, by id.

/** @throws NearfarError when the page has none of this id: script and HTML do not belong together */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new NearfarError(`the page has no element "${id}"`);
  return found;
}

export const button = (id: string): HTMLButtonElement => element(id) as HTMLButtonElement;
export const input = (id: string): HTMLInputElement => element(id) as HTMLInputElement;
export const select = (id: string): HTMLSelectElement => element(id) as HTMLSelectElement;
