/** Sizes around the tile of the element-by-element kernels: 64 lanes, four elements each. */
export const raggedCounts = [1, 3, 255, 256, 257, 1000] as const;
/** Sizes around 64 lanes with one item each. */
export const raggedItems = [1, 63, 64, 65, 130] as const;

export const perFour = (count: number): number[] => [Math.ceil(count / 256)];
export const perLane = (count: number): number[] => [Math.ceil(count / 64)];
