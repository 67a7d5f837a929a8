/** What a pixel may show: the 13 classes of indoor scenes (Couprie et al. 2013, from NYU Depth v2), in alphabetical order. */
export const SEGMENTS = [
  "bed",
  "books",
  "ceiling",
  "chair",
  "floor",
  "furniture",
  "objects",
  "picture",
  "sofa",
  "table",
  "tv",
  "wall",
  "window",
] as const;

export type Segment = (typeof SEGMENTS)[number];

/** What a room is for: the label of a scene. */
export const ROOMS = ["bathroom", "bedroom", "dining room", "kitchen", "living room", "office"] as const;

export type RoomKind = (typeof ROOMS)[number];
