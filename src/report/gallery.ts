import { encodePng, interleave, pngDataUrl } from "../formats/png.ts";
import type { GalleryImage, GalleryRow, Picture } from "../train/picture.ts";
import { type Html, html, type Part } from "./html.ts";

export interface GalleryOptions {
  readonly title: string;
  readonly note?: Part;
}

/** Test images with their nearest training images, nearest first; neighbours of another class are marked. A `<figure>`. */
export function gallery(picture: Picture, options: GalleryOptions): Html {
  return html`<figure class="gallery"><figcaption><strong>${options.title}</strong>${options.note !== undefined && html`<span>${options.note}</span>`}</figcaption>
<div class="rows">${picture.gallery.map((row) => galleryRow(picture, row))}</div></figure>`;
}

/** Of all neighbours shown with a label, how many are of their query's class. */
export function agreement(picture: Picture): { readonly same: number; readonly all: number } {
  const pairs = picture.gallery.flatMap(({ query, neighbours }) =>
    query.label === null ? [] : neighbours.filter(({ label }) => label !== null).map(({ label }) => label === query.label),
  );
  return { same: pairs.filter((same) => same).length, all: pairs.length };
}

function galleryRow(picture: Picture, { query, neighbours }: GalleryRow): Html {
  const name = className(picture, query);
  return html`<div class="row"><div class="query">${thumbnail(picture, query, name)}<span>${name}</span></div>
${neighbours.map((neighbour) => {
  const own = className(picture, neighbour);
  const wrong = query.label !== null && neighbour.label !== null && neighbour.label !== query.label;
  const told = `${own === "" ? "" : `${own}, `}similarity ${neighbour.similarity.toFixed(3)}${wrong ? `: another class than ${name}` : ""}`;
  return html`<div class="${wrong ? "near wrong" : "near"}" title="${told}">${thumbnail(picture, neighbour, own)}${wrong && html`<b>${own}</b>`}<span>${neighbour.similarity.toFixed(2)}</span></div>`;
})}</div>`;
}

function className(picture: Picture, { label }: GalleryImage): string {
  return label === null ? "" : (picture.classes[label] ?? `class ${label}`);
}

function thumbnail({ image }: Picture, { pixels }: GalleryImage, name: string): Html {
  const { channels, height, width } = image;
  // PNG has no other colour layouts of u8: of those, the first channel is shown, in grey.
  const png =
    channels === 3 ? encodePng(interleave(pixels, 3), width, height, 3) : encodePng(pixels.subarray(0, width * height), width, height, 1);
  return html`<img src="${pngDataUrl(png)}" width="${width}" height="${height}" alt="${name}">`;
}
