import type { ViewImages } from "../data/multi_view.ts";
import * as errors from "../errors.ts";
import type { SoundHeader, TextHeader } from "./chrome_sequences.ts";

/** What the page is told at its start. */
export interface PageJob {
  readonly job: unknown;
  /** Images of the two parts, without their pixels and labels, which are fetched as bytes. */
  readonly data?: { readonly train: ImageHeader; readonly test: ImageHeader };
  /** Clips of the two parts, without their samples. */
  readonly sounds?: { readonly train: SoundHeader; readonly test: SoundHeader };
  readonly texts?: { readonly train: TextHeader; readonly test: TextHeader };
  readonly folder: boolean;
  /** What was measured on adapters, by name (tuning_cache.ts): a headless Chrome's own storage ends with it. */
  readonly tunings: { readonly [name: string]: string };
}

export interface ImageHeader {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly classes?: readonly string[];
  readonly labelled: boolean;
  /** Of data with several views. */
  readonly views?: readonly ViewHeader[];
}

/** A view without its bytes, which are fetched by its number. */
export interface ViewHeader extends Omit<ViewImages, "pixels" | "present"> {
  readonly masked: boolean;
}

/** How the job ended, from the page. */
export type PageResult = { readonly value: unknown } | { readonly error: ErrorRecord };

/** An error on its way between two worlds. */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export function recordError(error: unknown): ErrorRecord {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: "" };
  const cause = error.cause === undefined ? "" : `\ncaused by ${error.cause instanceof Error ? error.cause.stack : error.cause}`;
  return { name: error.name, message: error.message, stack: `${error.stack ?? ""}${cause}` };
}

/** The error again, of nearfar's own class when it was one, with the stack of where it happened. */
export function reviveError({ name, message, stack }: ErrorRecord): Error {
  const Class = (errors as { readonly [name: string]: typeof errors.NearfarError })[name] ?? Error;
  const error = new Class(message);
  error.name = name;
  if (stack) error.stack = stack;
  return error;
}
