import type { ImageDescription } from '../image-description.ts';

export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** Image -> the value its cluster goes by. */
export type Clusters = ReadonlyMap<ImageDescription, number>;

/** Values closer than the tolerance to their neighbour are the same; each cluster goes by its most common value. */
export function clustered(
  images: readonly ImageDescription[],
  valueOf: (image: ImageDescription) => number | undefined,
  tolerance: Tolerance,
): Clusters {
  const known = images
    .map((image) => ({ image, value: valueOf(image) }))
    .filter((entry): entry is { image: ImageDescription; value: number } => entry.value !== undefined)
    .sort((a, b) => a.value - b.value);
  const names = new Map<ImageDescription, number>();
  let open: typeof known = [];
  const close = () => {
    const name = mostCommon(open.map(({ value }) => value));
    for (const { image } of open) names.set(image, name);
    open = [];
  };
  for (const entry of known) {
    const before = open.at(-1)?.value;
    const limit = Math.max(tolerance.absolute, tolerance.relative * Math.abs(entry.value));
    if (before !== undefined && entry.value - before > limit) close();
    open.push(entry);
  }
  close();
  return names;
}

export function sameCluster(clusters: Clusters, image: ImageDescription): string {
  const name = clusters.get(image);
  return name === undefined ? '' : String(name);
}

function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = values[0] ?? 0;
  for (const [value, count] of counts) if (count > (counts.get(best) ?? 0)) best = value;
  return best;
}
