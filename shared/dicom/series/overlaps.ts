import type { ImageDescription } from '../image-description.ts';
import { normalOf } from '../geometry/plane.ts';
import { dot } from '../geometry/vector.ts';
import { compareTimes } from './display-order.ts';
import { splitBy } from './partial-group.ts';
import type { DistinctionCode, PartialGroup } from './partial-group.ts';
import { SAME_POSITION_MM, isParallel } from './stack-geometry.ts';

/** Longest heart beat whose phases are still one beat, and fewest phases that make a film of it. */
const LONGEST_BEAT_MS = 2000;
const FEWEST_PHASES = 8;

const separators: readonly [DistinctionCode, (image: ImageDescription) => string][] = [
  ['image-type', (image) => image.imageType.join('\\')],
  ['time', (image) => String(image.temporalPosition?.index ?? image.temporalPosition?.offsetMs ?? '')],
  ['inversion-time', (image) => String(image.sequence?.inversionTimeMs ?? '')],
  ['direction', (image) => image.diffusion?.direction?.map((value) => value.toFixed(3)).join('\\') ?? ''],
  ['contrast', (image) => (image.contrast ? String(image.contrast.isEnhanced) : '')],
  ['acquisition', (image) => String(image.acquisitionNumber ?? '')],
];

/** Images that lie at the same place were taken at different times or in different ways: one stack each. */
export function separateOverlaps(group: PartialGroup): PartialGroup[] {
  const places = placesOf(group.images);
  // One place only is a film of it and stays one.
  if (!places || places.length < 2 || places.length === group.images.length) return [group];
  if (isHeartFilm(group.images, places)) {
    return places.map((images, index) => ({
      traits: new Map([...group.traits, ['place', String(index + 1)]]),
      images,
    }));
  }
  for (const [code, traitOf] of separators) {
    const parts = splitBy(group, code, traitOf);
    const isUseful =
      parts.length > 1 &&
      parts.every((part) => part.images.length === 1 || (placesOf(part.images)?.length ?? 0) > 1);
    if (isUseful) return parts.flatMap(separateOverlaps);
  }
  return byRepetition(group, places);
}

/** The same number of images at every place: the first of each are one pass, the second the next. */
function byRepetition(group: PartialGroup, places: readonly ImageDescription[][]): PartialGroup[] {
  const [first = []] = places;
  if (!places.every(({ length }) => length === first.length)) return [group];
  return first.map((_, pass) => ({
    traits: new Map([...group.traits, ['repetition', String(pass + 1)]]),
    images: places.flatMap((images) => images[pass] ?? []),
  }));
}

function isHeartFilm(images: readonly ImageDescription[], places: readonly ImageDescription[][]): boolean {
  const fewest = Math.min(...places.map(({ length }) => length));
  if (fewest < FEWEST_PHASES) return false;
  const triggers = images.map((image) => image.cardiac?.triggerTimeMs);
  if (!triggers.every((trigger) => trigger !== undefined && trigger < LONGEST_BEAT_MS)) return false;
  return places.every(
    (place) => new Set(place.map((image) => image.cardiac?.triggerTimeMs)).size === place.length,
  );
}

/** Images by place, each in the order of time; undefined without parallel planes. */
function placesOf(images: readonly ImageDescription[]): ImageDescription[][] | undefined {
  const plane = images[0]?.plane;
  if (!plane || !images.every((image) => image.plane && isParallel(image.plane, plane))) return undefined;
  const normal = normalOf(plane);
  const located = images
    .map((image) => ({ image, position: image.plane ? dot(image.plane.positionMm, normal) : 0 }))
    .sort((a, b) => a.position - b.position);
  const places: ImageDescription[][] = [];
  let last = -Infinity;
  for (const { image, position } of located) {
    if (position - last >= SAME_POSITION_MM) places.push([image]);
    else places.at(-1)?.push(image);
    last = position;
  }
  for (const place of places) place.sort(compareTimes);
  return places;
}
