import { z } from 'zod';

/** What lies under the simulated microscope instead of the tissue that is drawn. */
export const SpecimenChoice = z.strictObject({
  /** A file, or a folder with the levels of a slide. */
  path: z.string().min(1).max(4096),
  /** Of a plain image, which does not say it itself. */
  micrometresPerPixel: z.number().min(0.01).max(100).default(0.5),
});
export type SpecimenChoice = z.infer<typeof SpecimenChoice>;

const SpecimenLevel = z.strictObject({
  micrometresPerPixel: z.number().positive(),
  widthPixels: z.number().int().positive(),
  heightPixels: z.number().int().positive(),
  tileWidth: z.number().int().positive(),
  tileHeight: z.number().int().positive(),
  /** What a tile comes as: an encoded image, or red, green and blue of every pixel. */
  form: z.enum(['encoded', 'rgb']),
});
export type SpecimenLevel = z.infer<typeof SpecimenLevel>;

/** Tiles are at `/microscope/specimen/<specimenId>/<level>/<column>/<row>`; 404 where the slide has none. */
export const Specimen = z.strictObject({
  specimenId: z.uuid(),
  name: z.string(),
  /** Finest first. */
  levels: z.array(SpecimenLevel).min(1),
});
export type Specimen = z.infer<typeof Specimen>;

/** Why a file cannot lie under the microscope; the screen has a sentence for each. */
export const specimenProblems = [
  'not-found',
  'not-readable',
  'unknown-kind',
  'unknown-compression',
  'without-scale',
  'without-overview',
  'too-large',
  'damaged',
] as const;
export type SpecimenProblem = (typeof specimenProblems)[number];

/** Neither where nothing was chosen: then the tissue is drawn. */
export const OpenedSpecimen = z.strictObject({
  chosen: SpecimenChoice.nullable(),
  specimen: Specimen.nullable(),
  problem: z.enum(specimenProblems).nullable(),
});
export type OpenedSpecimen = z.infer<typeof OpenedSpecimen>;

const WITH_SCALE = /^(?<path>.+)@(?<scale>\d+(?:\.\d+)?)$/;

/** Reads `FILE` or `FILE@MICROMETRES-PER-PIXEL`; undefined for anything else. */
export function parseSpecimen(text: string): SpecimenChoice | undefined {
  const { path = text, scale } = WITH_SCALE.exec(text)?.groups ?? {};
  const read = SpecimenChoice.safeParse({
    path,
    ...(scale !== undefined && { micrometresPerPixel: Number(scale) }),
  });
  return read.success ? read.data : undefined;
}
