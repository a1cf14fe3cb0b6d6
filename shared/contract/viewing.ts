import { z } from 'zod';
import { AnnotationGeometry, MeasuredValue, PointMm, Slab, annotationTools } from '../domain/annotation.ts';
import { isUid } from '../domain/identifiers.ts';
import type { SopUid } from '../domain/identifiers.ts';
import { event, method } from '../rpc/contract.ts';
import { SeriesUidSchema, StudyKeySchema } from './study.ts';

const SopUidSchema = z.string().refine(isUid) as unknown as z.ZodType<SopUid, string>;
const FrameNumber = z.number().int().positive();

/** One stored frame, or one plane of a reformat, which is no stored image and is found again by its place. */
export const ImageTarget = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('frame'),
    seriesUid: SeriesUidSchema,
    sopUid: SopUidSchema,
    frameNumber: FrameNumber,
    slab: Slab.nullable(),
  }),
  z.strictObject({
    kind: z.literal('plane'),
    seriesUid: SeriesUidSchema,
    /** Any image of the series, so that a plane is known to belong to the study. */
    sopUid: SopUidSchema,
    frameOfReferenceUid: z.string().max(64),
    normal: PointMm,
    pointMm: PointMm,
    slab: Slab.nullable(),
  }),
]);
export type ImageTarget = z.infer<typeof ImageTarget>;

/** Who did something, as shown and as kept. */
export const Author = z.strictObject({
  person: z.string(),
  role: z.string(),
  device: z.string(),
});
export type Author = z.infer<typeof Author>;

const AnnotationContent = z.strictObject({
  annotationUid: z.uuid(),
  tool: z.enum(annotationTools),
  target: ImageTarget,
  geometry: AnnotationGeometry,
  label: z.string().max(1000),
  values: z.array(MeasuredValue).max(20),
});
export type AnnotationContent = z.infer<typeof AnnotationContent>;

export const Annotation = z.strictObject({
  ...AnnotationContent.shape,
  /** Counts from 1 with every stored change; older versions are kept. */
  version: z.number().int().positive(),
  isDeleted: z.boolean(),
  createdAtMs: z.number(),
  createdBy: Author,
  changedAtMs: z.number(),
  changedBy: Author,
});
export type Annotation = z.infer<typeof Annotation>;

export const KeyImage = z.strictObject({
  keyImageUid: z.uuid(),
  target: ImageTarget,
  /** As the doctor saw it when it was marked. */
  window: z.strictObject({ width: z.number(), centre: z.number() }).nullable(),
  note: z.string().max(1000),
  addedAtMs: z.number(),
  addedBy: Author,
});
export type KeyImage = z.infer<typeof KeyImage>;

/** Frames of one instance that were painted on a screen. */
export const ViewedFrames = z.strictObject({
  sopUid: SopUidSchema,
  frameNumbers: z.array(FrameNumber).min(1).max(10_000),
});
export type ViewedFrames = z.infer<typeof ViewedFrames>;

export const PaneState = z.strictObject({
  studyKey: StudyKeySchema,
  seriesUid: SeriesUidSchema,
  /** Names one stack of a series that was split by orientation, echo, time or b-value. */
  stackId: z.string().max(200),
  plane: z.enum(['stored', 'axial', 'coronal', 'sagittal']),
  index: z.number().int().nonnegative(),
  slab: Slab.nullable(),
  window: z.strictObject({ width: z.number().positive(), centre: z.number() }).nullable(),
  camera: z.strictObject({
    zoom: z.number().positive(),
    /** In units of the fitted image's height, so that it holds in a window of another size. */
    pan: z.tuple([z.number(), z.number()]),
    rotationDeg: z.number(),
    flipHorizontal: z.boolean(),
    flipVertical: z.boolean(),
    isInverted: z.boolean(),
  }),
});
export type PaneState = z.infer<typeof PaneState>;

/** All that is needed to show the same images elsewhere: on another monitor, or tomorrow. */
export const ViewerState = z.strictObject({
  rows: z.number().int().min(1).max(3),
  columns: z.number().int().min(1).max(4),
  panes: z.array(PaneState.nullable()).max(12),
  activePane: z.number().int().min(0).max(11),
  isMaximised: z.boolean(),
  hanging: z.strictObject({ ruleId: z.string().max(100), stage: z.number().int().nonnegative() }).nullable(),
});
export type ViewerState = z.infer<typeof ViewerState>;

/** What one person has switched on or off, for every study; what is set once stands in the settings. */
export const ViewerPreferences = z.strictObject({
  isScrollLinked: z.boolean().default(true),
  isWindowLinked: z.boolean().default(false),
  isZoomLinked: z.boolean().default(false),
  areReferenceLinesShown: z.boolean().default(true),
  areCornersShown: z.boolean().default(true),
  areOverlaysShown: z.boolean().default(true),
});
export type ViewerPreferences = z.infer<typeof ViewerPreferences>;

/** What radiologists leave on a study while they look at it. */
export const viewing = {
  listAnnotations: method(
    z.strictObject({ studyKey: StudyKeySchema, includeDeleted: z.boolean().default(false) }),
    z.strictObject({ annotations: z.array(Annotation) }),
  ),
  /**
   * Stores a new version; `version` is 1 for a new annotation and one more than the last for a change.
   * Repeating a call is harmless; a version somebody else has taken is a `conflict`.
   */
  saveAnnotation: method(
    z.strictObject({
      studyKey: StudyKeySchema,
      annotation: AnnotationContent,
      version: z.number().int().positive(),
      isDeleted: z.boolean().default(false),
    }),
    z.strictObject({ annotation: Annotation }),
  ),
  /** Every stored version, oldest first. */
  annotationHistory: method(
    z.strictObject({ studyKey: StudyKeySchema, annotationUid: z.uuid() }),
    z.strictObject({ versions: z.array(Annotation) }),
  ),
  listKeyImages: method(
    z.strictObject({ studyKey: StudyKeySchema }),
    z.strictObject({ keyImages: z.array(KeyImage) }),
  ),
  addKeyImage: method(
    z.strictObject({
      studyKey: StudyKeySchema,
      keyImage: KeyImage.pick({ keyImageUid: true, target: true, window: true, note: true }),
    }),
    z.null(),
  ),
  /** Takes the mark away; that it was there stays on record. */
  removeKeyImage: method(z.strictObject({ studyKey: StudyKeySchema, keyImageUid: z.uuid() }), z.null()),
  markViewed: method(
    z.strictObject({
      studyKey: StudyKeySchema,
      seriesUid: SeriesUidSchema,
      frames: z.array(ViewedFrames).min(1).max(5000),
    }),
    z.null(),
  ),
  /** What the caller has seen of a study. */
  listViewed: method(
    z.strictObject({ studyKey: StudyKeySchema }),
    z.strictObject({
      series: z.array(z.strictObject({ seriesUid: SeriesUidSchema, frames: z.array(ViewedFrames) })),
    }),
  ),
  /** The state the caller left a study in. */
  findViewerState: method(
    z.strictObject({ studyKey: StudyKeySchema }),
    z.strictObject({ state: ViewerState.nullable() }),
  ),
  saveViewerState: method(z.strictObject({ studyKey: StudyKeySchema, state: ViewerState }), z.null()),
  getPreferences: method(z.strictObject({}), ViewerPreferences),
  savePreferences: method(ViewerPreferences, z.null()),
  annotationsChanged: event(z.strictObject({ studyKey: StudyKeySchema, annotations: z.array(Annotation) })),
  keyImagesChanged: event(z.strictObject({ studyKey: StudyKeySchema })),
  framesViewed: event(
    z.strictObject({
      studyKey: StudyKeySchema,
      person: z.string(),
      seriesUid: SeriesUidSchema,
      frames: z.array(ViewedFrames),
    }),
  ),
  preferencesChanged: event(z.strictObject({ person: z.string() })),
} as const;
