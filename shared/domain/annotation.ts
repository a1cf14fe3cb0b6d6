import { z } from 'zod';

/** What a radiologist can draw on an image; the name says how its points are read. */
export const annotationTools = [
  'length',
  'bidirectional',
  'angle',
  'cobbAngle',
  'rectangle',
  'ellipse',
  'freehand',
  'probe',
  'arrow',
  'text',
] as const;

export const slabModes = ['mean', 'maximum', 'minimum'] as const;

/** Several images seen as one: DICOM has them as MEAN, MAX (MIP) and MIN of a thickness. */
export const Slab = z.strictObject({
  mode: z.enum(slabModes),
  thicknessMm: z.number().positive().max(500),
});
export type Slab = z.infer<typeof Slab>;

const coordinate = z.number().min(-1e7).max(1e7);
export const PointMm = z.tuple([coordinate, coordinate, coordinate]);
export type PointMm = z.infer<typeof PointMm>;
/** Column, row; 0, 0 is the centre of the first pixel. */
export const PointPixel = z.tuple([coordinate, coordinate]);
export type PointPixel = z.infer<typeof PointPixel>;

/** One value of an annotation as it stood on the screen when it was stored. */
export const MeasuredValue = z.strictObject({
  name: z.enum([
    'length',
    'longAxis',
    'shortAxis',
    'angle',
    'area',
    'mean',
    'standardDeviation',
    'minimum',
    'maximum',
    'value',
  ]),
  value: z.number(),
  /** UCUM where it has one (mm, mm2, deg); otherwise as shown: HU, SUV, px, px2, stored value. */
  unit: z.string().max(32),
});
export type MeasuredValue = z.infer<typeof MeasuredValue>;

const MAXIMUM_POINTS = 5000;

/** Where the points lie; patient positions are null where the image knows none (US, CR, photographs). */
export const AnnotationGeometry = z
  .strictObject({
    pointsMm: z.array(PointMm).max(MAXIMUM_POINTS).nullable(),
    pointsPixel: z.array(PointPixel).min(1).max(MAXIMUM_POINTS),
    /** Where the doctor moved the text to; null where it stands by itself. */
    textPixel: PointPixel.nullable(),
  })
  .refine(
    ({ pointsMm, pointsPixel }) => pointsMm === null || pointsMm.length === pointsPixel.length,
    'as many points in the patient as on the image',
  );
export type AnnotationGeometry = z.infer<typeof AnnotationGeometry>;
