import type { PlaneName } from '#shared/dicom/geometry/orientation.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';
import type { Distinction } from '#shared/dicom/series/partial-group.ts';
import type { StackGeometry } from '#shared/dicom/series/stack-geometry.ts';
import type { SlabMode } from '#shared/dicom/volume/sample-plane.ts';
import type { SeriesUid, StudyKey, StudyUid } from '#shared/domain/identifiers.ts';
import type { ProgressKeeper } from './loading/stack-progress.ts';
import type { StackProgress } from './loading/stack-progress.ts';
import type { Observable } from './observable.ts';

/** Several neighbouring planes seen as one. */
export interface Slab {
  readonly mode: SlabMode;
  readonly thicknessMm: number;
}

/** One image that can be shown: a stored frame, or one that is computed from several. */
export interface StackImage {
  /** Cornerstone3D knows the image by this name. */
  readonly imageId: string;
  /** Of computed images: true for the computed plane, not for the frames behind it. */
  readonly description: ImageDescription;
  /** The whole header of the stored frame, or of the first one behind a computed image. */
  readonly metadata: DicomJson;
}

/** Images that are scrolled through as one. */
export interface ImageStack {
  /** Names the same stack whenever the series is opened again. */
  readonly id: string;
  readonly kind: 'acquired' | 'slab' | 'reformat';
  /** The acquired stack behind it; itself if it is one. */
  readonly source: ImageStack;
  /** Of reformats: the plane it is cut in. */
  readonly plane?: PlaneName;
  /** Of thick planes: how they are made. What each really covers is its image's slice thickness. */
  readonly slab?: Slab;
  readonly studyKey: StudyKey;
  readonly studyUid: StudyUid;
  readonly seriesUid: SeriesUid;
  readonly modality: string;
  /** What sets it apart from the other stacks of its series; none if it is the only one. */
  readonly distinctions: readonly Distinction[];
  /** In display order. */
  readonly images: readonly StackImage[];
  readonly geometry: StackGeometry;
  readonly progress: Observable<StackProgress>;
}

/** A stack together with what the rest of `renderer/imaging` needs to fill it. */
export interface LoadableStack extends ImageStack {
  readonly keeper: ProgressKeeper;
  /** network: fetched and decoded; compute: made from loaded frames. */
  readonly lane: 'network' | 'compute';
  /** Where in its source a computed image lies: loading starts there. */
  sourceIndex?(index: number): number;
  /** Rejects with a FrameFailure. */
  produce(index: number, signal: AbortSignal, isUrgent: boolean): Promise<DecodedFrame>;
}

interface Place {
  readonly stack: LoadableStack;
  readonly index: number;
}

/** The same frame may be in several stacks (a film of one place, and the slices of one moment). */
const places = new Map<string, Place[]>();

const registered = new Set<LoadableStack>();

/** Makes the images known by their names; does nothing if they are. */
export function registerStack(stack: LoadableStack): void {
  if (registered.has(stack)) return;
  registered.add(stack);
  stack.images.forEach(({ imageId }, index) => {
    const known = places.get(imageId);
    if (known) known.push({ stack, index });
    else places.set(imageId, [{ stack, index }]);
  });
}

/** Forgets the names, so that the headers behind them can be freed. */
export function unregisterStack(stack: LoadableStack): void {
  registered.delete(stack);
  for (const { imageId } of stack.images) {
    const others = placesOf(imageId).filter((place) => place.stack !== stack);
    if (others.length > 0) places.set(imageId, others);
    else places.delete(imageId);
  }
}

export function placesOf(imageId: string): readonly Place[] {
  return places.get(imageId) ?? [];
}

/** What is known of an image by the name Cornerstone3D uses for it. */
export function findImage(imageId: string): StackImage | undefined {
  const [place] = placesOf(imageId);
  return place?.stack.images[place.index];
}

/** Any stack of this page, as `show` accepts them. */
export function loadable(stack: ImageStack): LoadableStack {
  if (!('produce' in stack)) throw new Error(`stack ${stack.id} was not made here`);
  return stack as LoadableStack;
}
