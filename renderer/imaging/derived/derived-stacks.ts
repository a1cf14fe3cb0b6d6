import { planeName } from '#shared/dicom/geometry/orientation.ts';
import type { PlaneName } from '#shared/dicom/geometry/orientation.ts';
import type { ImageGrid } from '#shared/dicom/geometry/plane.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';
import type { Finding } from '#shared/dicom/series/finding.ts';
import { stackGeometry } from '#shared/dicom/series/stack-geometry.ts';
import { slabAround } from '#shared/dicom/volume/combine-slices.ts';
import { reformatGrids } from '#shared/dicom/volume/reformat-grids.ts';
import { OUTSIDE_INT16 } from '#shared/dicom/volume/sample-plane.ts';
import type { SlabSampling } from '#shared/dicom/volume/sample-plane.ts';
import { volumeGeometry } from '#shared/dicom/volume/volume-geometry.ts';
import type { VolumeGeometry } from '#shared/dicom/volume/volume-geometry.ts';
import { placesOf, registerStack, unregisterStack } from '../image-stack.ts';
import type { ImageStack, LoadableStack, Slab, StackImage } from '../image-stack.ts';
import { frameLoader } from '../loading/shared-loader.ts';
import { whenLoaded } from '../loading/when-loaded.ts';
import { ProgressKeeper } from '../loading/stack-progress.ts';
import { VolumeEngine } from './volume-engine.ts';

export type DerivedStack =
  | { readonly isPossible: true; readonly stack: ImageStack }
  | { readonly isPossible: false; readonly reason: Finding };

const derived = new Map<string, LoadableStack>();

let volumeEngine: VolumeEngine | undefined;

function engine(): VolumeEngine {
  if (!volumeEngine) {
    const made = new VolumeEngine();
    volumeEngine = made;
    // The worker must not keep pixels alive that the page has let go of.
    frameLoader().onEvicted((imageId) => {
      for (const { stack } of placesOf(imageId)) made.close(stack.id);
    });
  }
  return volumeEngine;
}

/**
 * The same images, each combined with its neighbours. Without a slab, the images as they are.
 * Works on acquired stacks and on reformats; a slab of a slab is one of the images behind it.
 */
export function withSlab(stack: ImageStack, slab: Slab | undefined): DerivedStack {
  const base = stack.source;
  if (stack.plane) return reformat(base, stack.plane, slab);
  if (!slab) return { isPossible: true, stack: base };
  if (base.geometry.kind !== 'spatial' || base.images.length < 2 || !base.geometry.spacingMm) {
    const reason = base.geometry.reformat.isPossible ? undefined : base.geometry.reformat.reason;
    return {
      isPossible: false,
      reason: reason ?? { code: 'too-few-slices', values: { count: base.images.length } },
    };
  }
  const obstacle = base.geometry.findings.find(
    ({ code }) => code === 'duplicate-positions' || code === 'uncalibrated',
  );
  if (obstacle) return { isPossible: false, reason: obstacle };
  if (base.images[0]?.description.isColour)
    return { isPossible: false, reason: { code: 'colour', values: {} } };
  return {
    isPossible: true,
    stack: cached(`${base.id}/slab/${nameOf(slab)}`, (id) => slabStack(id, base, slab)),
  };
}

/** The stack cut in another plane, at true positions; refused with the reason where that would not be honest. */
export function reformat(stack: ImageStack, plane: PlaneName, slab?: Slab): DerivedStack {
  const base = stack.source;
  if (!base.geometry.reformat.isPossible) return base.geometry.reformat;
  const shortage = memoryShortage(base);
  if (shortage) return { isPossible: false, reason: shortage };
  const id = `${base.id}/${plane}${slab ? `/${nameOf(slab)}` : ''}`;
  return { isPossible: true, stack: cached(id, () => reformatStack(id, base, plane, slab)) };
}

const MEBIBYTE = 1024 ** 2;
/** Of the cache; the rest is for the planes themselves and what else is on the screen. */
const VOLUME_PART = 0.8;

/** A reformat needs all slices at once. */
function memoryShortage({ images }: ImageStack): Finding | undefined {
  const neededMib =
    images.reduce((sum, { description: { rows, columns } }) => sum + rows * columns * 2, 0) / MEBIBYTE;
  const availableMib = (frameLoader().cacheLimitBytes * VOLUME_PART) / MEBIBYTE;
  if (neededMib <= availableMib) return undefined;
  return { code: 'not-enough-memory', values: { neededMib, availableMib } };
}

/** How thick so many slices of the stack are together, for a slab given in slices. */
export function thicknessOfSlices(stack: ImageStack, count: number): number {
  return Math.max(1, count) * (stack.geometry.spacingMm ?? 1);
}

const nameOf = ({ mode, thicknessMm }: Slab) => `${mode}-${thicknessMm}`;

function cached(id: string, make: (id: string) => LoadableStack): ImageStack {
  const known = derived.get(id);
  if (known) return known;
  const made = make(id);
  derived.set(id, made);
  registerStack(made);
  return made;
}

/** Lets go of everything that was computed from a stack. */
export function forgetDerived(source: ImageStack): void {
  for (const [id, stack] of derived) {
    if (stack.source !== source) continue;
    derived.delete(id);
    frameLoader().drop(stack.images.map(({ imageId }) => imageId));
    unregisterStack(stack);
  }
}

function slabStack(id: string, base: ImageStack, slab: Slab): LoadableStack {
  const geometry = volumeGeometry(base.images.map(({ description }) => description));
  const placeOf = new Map(geometry.slices.map(({ index }, place) => [index, place]));
  const slabs = base.images.map((_, index) =>
    slabAround(geometry, placeOf.get(index) ?? 0, slab.thicknessMm),
  );
  const images = base.images.map(({ description, metadata }, index): StackImage => ({
    imageId: `slab:${id}/${index}`,
    description: { ...description, sliceThicknessMm: slabs[index]?.thicknessMm ?? slab.thicknessMm },
    metadata,
  }));
  return derivedStack(id, { kind: 'slab', base, images, slab }, async (index, signal) => {
    const place = placeOf.get(index) ?? 0;
    const members = slabs[index]?.members ?? [place];
    const slices: (ArrayLike<number> | undefined)[] = geometry.slices.map(() => undefined);
    await Promise.all(
      members.map(async (member) => {
        const image = base.images[geometry.slices[member]?.index ?? -1];
        if (image) slices[member] = (await frameLoader().load(image.imageId, signal)).pixels;
      }),
    );
    const computed = await engine().combine({ id, geometry, slices }, place, members, slab.mode);
    return { kind: 'grey', ...computed };
  });
}

function reformatStack(
  id: string,
  base: ImageStack,
  plane: PlaneName,
  slab: Slab | undefined,
): LoadableStack {
  const geometry = volumeGeometry(base.images.map(({ description }) => description));
  const { grids, stepMm } = reformatGrids(geometry, plane);
  const sampling = samplingOf(slab, stepMm);
  const images = grids.map((grid, index): StackImage => ({
    imageId: `plane:${id}/${index}`,
    description: planeDescription(base, grid, Math.max(stepMm, sampling.count * sampling.stepMm), stepMm),
    metadata: base.images[0]?.metadata ?? {},
  }));
  return derivedStack(id, { kind: 'reformat', base, images, plane, slab }, async (index, signal) => {
    const grid = grids[index];
    if (!grid) throw new RangeError(`no plane ${index}`);
    await whenLoaded(base, signal);
    const computed = await engine().plane(
      { id: base.id, geometry, slices: slicesOf(base, geometry) },
      grid,
      sampling,
    );
    return { kind: 'grey', ...computed };
  });
}

/** What is in memory now, by place; failed slices stay open. */
function slicesOf(base: ImageStack, geometry: VolumeGeometry): (ArrayLike<number> | undefined)[] {
  return geometry.slices.map(({ index }) => {
    const image = base.images[index];
    return image && frameLoader().peek(image.imageId)?.pixels;
  });
}

/** An odd number of planes at the volume's own distance, so that the middle one is the plane itself. */
function samplingOf(slab: Slab | undefined, stepMm: number): SlabSampling {
  if (!slab) return { mode: 'mean', count: 1, stepMm };
  const count = Math.max(1, Math.round(slab.thicknessMm / stepMm));
  return { mode: slab.mode, count, stepMm };
}

function planeDescription(
  base: ImageStack,
  grid: ImageGrid,
  thicknessMm: number,
  stepMm: number,
): ImageDescription {
  const [first] = base.images;
  if (!first) throw new RangeError('no images');
  const { instanceNumber: _number, frameTimeMs: _time, ...description } = first.description;
  return {
    ...description,
    frameNumber: 1,
    numberOfFrames: 1,
    rows: grid.rows,
    columns: grid.columns,
    plane: {
      positionMm: grid.positionMm,
      rowDirection: grid.rowDirection,
      columnDirection: grid.columnDirection,
    },
    spacing: {
      kind: 'mm',
      rowMm: grid.rowSpacingMm,
      columnMm: grid.columnSpacingMm,
      source: 'pixel-spacing',
    },
    sliceThicknessMm: thicknessMm,
    spacingBetweenSlicesMm: stepMm,
    padding: { from: OUTSIDE_INT16, to: OUTSIDE_INT16 },
  };
}

interface DerivedParts {
  readonly kind: 'slab' | 'reformat';
  readonly base: ImageStack;
  readonly images: readonly StackImage[];
  readonly plane?: PlaneName;
  readonly slab?: Slab | undefined;
}

function derivedStack(
  id: string,
  { kind, base, images, plane, slab }: DerivedParts,
  produce: (index: number, signal: AbortSignal) => Promise<DecodedFrame>,
): LoadableStack {
  const { studyKey, studyUid, seriesUid, modality, distinctions } = base;
  const keeper = new ProgressKeeper(images.length);
  return {
    id,
    kind,
    source: base,
    studyKey,
    studyUid,
    seriesUid,
    modality,
    distinctions,
    images,
    geometry: kind === 'slab' ? base.geometry : stackGeometry(images.map(({ description }) => description)),
    ...(plane && { plane }),
    ...(slab && { slab }),
    keeper,
    progress: keeper.observable,
    lane: 'compute',
    ...(kind === 'slab' && { sourceIndex: (index: number) => index }),
    produce,
  };
}

/** The plane a stack is nearest to, for naming it; undefined without positions. */
export function planeOfStack(stack: ImageStack): PlaneName | undefined {
  const plane = stack.images[0]?.description.plane;
  return stack.plane ?? (plane && planeName(plane));
}
