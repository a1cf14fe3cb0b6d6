export type ColumnId =
  | 'state'
  | 'picture'
  | 'name'
  | 'id'
  | 'sexAge'
  | 'date'
  | 'modality'
  | 'description'
  | 'bodyPart'
  | 'accession'
  | 'facility'
  | 'counts'
  | 'received';

/**
 * From the least width, in px, to the one up to which a column grows where there is room; the same for
 * what never needs more. In the order they stand on the screen.
 */
const widthsPx: Readonly<Record<ColumnId, readonly [least: number, most: number]>> = {
  state: [72, 72],
  picture: [34, 34],
  name: [200, 420],
  id: [120, 240],
  sexAge: [84, 84],
  date: [164, 164],
  modality: [76, 76],
  description: [136, 640],
  bodyPart: [84, 140],
  accession: [104, 180],
  facility: [96, 320],
  counts: [88, 88],
  received: [136, 136],
};

/** What makes room first when the list is narrow; all of it is in the details as well. */
const leavingFirst: readonly ColumnId[] = [
  'received',
  'accession',
  'bodyPart',
  'facility',
  'counts',
  'picture',
];

/** What is left of the width goes here first: enough for nearly every text, in this order. */
const comfortablePx: ReadonlyMap<ColumnId, number> = new Map([
  ['facility', 180],
  ['name', 240],
  ['description', 220],
]);

export function leastWidthPx(shown: readonly ColumnId[]): number {
  return shown.reduce((sum, id) => sum + widthsPx[id][0], 0);
}

/** The columns that fit side by side into a width. */
export function fittingColumns(widthPx: number): readonly ColumnId[] {
  let shown = Object.keys(widthsPx) as readonly ColumnId[];
  for (const leaving of leavingFirst) {
    if (leastWidthPx(shown) > widthPx) shown = shown.filter((id) => id !== leaving);
  }
  return shown;
}

/**
 * Width of each column in px: what is left goes to the columns that can use it, each as far as it can,
 * and the rest to the margin: on a large screen the eye need not travel.
 */
export function sharedWidths(shown: readonly ColumnId[], widthPx: number): readonly number[] {
  const widths = new Map(shown.map((id) => [id, widthsPx[id][0]]));
  let left = Math.max(0, widthPx - leastWidthPx(shown));
  for (const [id, comfortable] of comfortablePx) {
    const width = widths.get(id);
    if (width === undefined) continue;
    const grown = Math.min(left, comfortable - width);
    widths.set(id, width + grown);
    left -= grown;
  }
  const rooms = [...widths].map(([id, width]) => widthsPx[id][1] - width);
  const room = rooms.reduce((sum, each) => sum + each, 0);
  const share = room === 0 ? 0 : Math.min(1, left / room);
  return [...widths.values()].map((width, index) => Math.floor(width + (rooms[index] ?? 0) * share));
}
