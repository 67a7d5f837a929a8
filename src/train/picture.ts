/** What a run shows of its features: computed at each evaluation, drawn by the report and by the page. */
export interface Picture {
  /** Steps done. */
  readonly step: number;
  /** Two principal components of test features, [count, 2]. */
  readonly map: Float32Array;
  /** Share of the variance that the two components hold, in [0, 1]. */
  readonly explained: number;
  /** Class of each point of the map; empty without labels. */
  readonly labels: Uint32Array;
  readonly classes: readonly string[];
  /** Rows of the gallery: a test image and its nearest training images, nearest first. */
  readonly gallery: readonly GalleryRow[];
  readonly image: { readonly channels: number; readonly height: number; readonly width: number };
}

export interface GalleryRow {
  readonly query: GalleryImage;
  readonly neighbours: readonly (GalleryImage & { readonly similarity: number })[];
}

export interface GalleryImage {
  /** Class, or null without labels. */
  readonly label: number | null;
  /** uint8, planar [channels, height, width]. */
  readonly pixels: Uint8Array;
}
