import type { ImageDescription } from '../image-description.ts';
import { planeName } from '../geometry/orientation.ts';
import { clustered, sameCluster } from './clusters.ts';
import { inDisplayOrder } from './display-order.ts';
import { separateOverlaps } from './overlaps.ts';
import { splitBy } from './partial-group.ts';
import type { Distinction, PartialGroup, TraitCode } from './partial-group.ts';
import { isParallel, stackGeometry } from './stack-geometry.ts';
import type { StackGeometry } from './stack-geometry.ts';

/** Images that may be scrolled through, and computed with, as one. */
export interface ImageGroup {
  /** The same for the same kind of images of the series, whatever arrives later. */
  readonly key: string;
  readonly distinctions: readonly Distinction[];
  /** In display order. */
  readonly images: readonly ImageDescription[];
  readonly geometry: StackGeometry;
}

/** Splits what one series holds by everything that must not be mixed, then orders each part. */
export function splitSeries(images: readonly ImageDescription[]): ImageGroup[] {
  const wholes = byClip(images).flatMap(byProperties).flatMap(byOrientation).flatMap(separateOverlaps);
  const groups = wholes.map((group) => ({ ...group, images: inDisplayOrder(group.images) }));
  groups.sort((a, b) => firstNumberOf(a.images) - firstNumberOf(b.images));
  const keys = distinctKeys(groups.map(({ traits }) => keyOf(traits)));
  return groups.map(({ traits, images }, index) => ({
    key: keys[index] ?? '',
    distinctions: distinctionsOf({ traits, images }, groups),
    images,
    geometry: stackGeometry(images),
  }));
}

/** Films (ultrasound, fluoroscopy, cine) are one stack each; frames with positions join their series. */
function byClip(images: readonly ImageDescription[]): PartialGroup[] {
  const films = new Map<string, ImageDescription[]>();
  const rest: ImageDescription[] = [];
  for (const image of images) {
    if (image.numberOfFrames > 1 && !image.plane) {
      const film = films.get(image.sopUid);
      if (film) film.push(image);
      else films.set(image.sopUid, [image]);
    } else {
      rest.push(image);
    }
  }
  const groups: PartialGroup[] = [...films].map(([sopUid, frames]) => ({
    traits: new Map([['clip', String(frames[0]?.instanceNumber ?? sopUid)]]),
    images: frames,
  }));
  return rest.length > 0 ? [...groups, { traits: new Map(), images: rest }] : groups;
}

/**
 * The fourth and further values of Image Type may change along one pass of slices (GE's ADD) or tell
 * kinds of images at the same places apart (Dixon): they only count where images overlap.
 */
function byProperties(group: PartialGroup): PartialGroup[] {
  const { images } = group;
  const echoTimes = clustered(images, (image) => image.echo?.timeMs, { absolute: 0.05, relative: 0.02 });
  const bValues = clustered(images, (image) => image.diffusion?.bValue, { absolute: 4, relative: 0.02 });
  const echoOf = (image: ImageDescription) =>
    sameCluster(echoTimes, image) || (image.echo?.number === undefined ? '' : `#${image.echo.number}`);
  const isTomographic = ['CT', 'MR', 'PT', 'NM'].includes(images[0]?.modality ?? '');
  const properties: readonly [TraitCode, (image: ImageDescription) => string][] = [
    ['matrix', (image) => `${image.columns} × ${image.rows}${image.isColour ? ' RGB' : ''}`],
    ['spacing', spacingText],
    ['frame-of-reference', (image) => (image.plane ? image.frameOfReferenceUid : '')],
    ['image-type', (image) => (isTomographic ? image.imageType.slice(0, 3).join('\\') : '')],
    ['component', (image) => image.component ?? ''],
    ['kernel', (image) => image.kernel],
    ['echo', echoOf],
    ['b-value', (image) => sameCluster(bValues, image)],
    ['energy-window', (image) => String(image.nuclear?.energyWindow ?? '')],
    ['time-slot', (image) => String(image.nuclear?.timeSlot ?? image.nuclear?.phase ?? '')],
  ];
  return properties.reduce<PartialGroup[]>(
    (groups, [code, traitOf]) => groups.flatMap((each) => splitBy(each, code, traitOf)),
    [group],
  );
}

function spacingText({ spacing }: ImageDescription): string {
  if (spacing.kind === 'uncalibrated') return `px ${spacing.heightToWidth.toFixed(3)}`;
  return `${spacing.rowMm.toPrecision(4)}/${spacing.columnMm.toPrecision(4)}`;
}

/** Rotating projections and radial stacks stay together: a stack for each single image helps nobody. */
const FEWEST_ROTATIONS = 6;

function byOrientation(group: PartialGroup): PartialGroup[] {
  const clusters: ImageDescription[][] = [];
  for (const image of group.images) {
    const home = clusters.find(([first]) =>
      first?.plane && image.plane ? isParallel(first.plane, image.plane) : first?.plane === image.plane,
    );
    if (home) home.push(image);
    else clusters.push([image]);
  }
  const isRotation = clusters.length >= FEWEST_ROTATIONS && clusters.every(({ length }) => length === 1);
  if (clusters.length === 1 || isRotation) return [group];
  return clusters.map((images, index) => ({
    traits: new Map([...group.traits, ['orientation', orientationTrait(images[0]) ?? `#${index}`]]),
    images,
  }));
}

function orientationTrait(image: ImageDescription | undefined): string | undefined {
  if (!image?.plane) return undefined;
  const { rowDirection, columnDirection } = image.plane;
  return [...rowDirection, ...columnDirection].map((value) => value.toFixed(3)).join('\\');
}

/** Only what differs between siblings is worth a word; internal traits have none. */
function distinctionsOf(group: PartialGroup, siblings: readonly PartialGroup[]): Distinction[] {
  return [...group.traits].flatMap(([code, value]) => {
    if (code === 'frame-of-reference' || code === 'spacing') return [];
    const differs = siblings.some((sibling) => sibling.traits.get(code) !== value);
    if (!differs) return [];
    const plane = group.images[0]?.plane;
    return code === 'orientation' && plane ? [{ code, value: planeName(plane) }] : [{ code, value }];
  });
}

function firstNumberOf(images: readonly ImageDescription[]): number {
  return images.reduce(
    (lowest, image) => Math.min(lowest, (image.instanceNumber ?? 0) * 1e6 + image.frameNumber),
    Infinity,
  );
}

/** Two films with one instance number have the same traits: a key must still name one stack only. */
function distinctKeys(keys: readonly string[]): string[] {
  return keys.map((key, index) => {
    const before = keys.slice(0, index).filter((each) => each === key).length;
    return before === 0 ? key : `${key}-${before + 1}`;
  });
}

/** FNV-1a, 32 bit: short, stable, and unique enough among the stacks of one series. */
function keyOf(traits: PartialGroup['traits']): string {
  let hash = 0x811c9dc5;
  for (const character of [...traits].map(([code, value]) => `${code}=${value}`).join('|')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
