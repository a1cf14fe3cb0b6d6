import { z } from 'zod';
import { slabModes } from './annotation.ts';
import { bodyRegions } from './series-facts.ts';

/** In both languages of the screen. */
const Words = z.strictObject({ ja: z.string().min(1), en: z.string().min(1) });
export type Words = z.infer<typeof Words>;

/** Facts of a series that a rule may ask for, by the type of their value. */
export const textFacts = [
  'modality',
  'region',
  'plane',
  'sharpness',
  'contrast',
  'phase',
  'weighting',
  'component',
  'laterality',
  'viewPosition',
] as const;
export const numberFacts = [
  'thicknessMm',
  'spacingMm',
  'bValue',
  'echoTimeMs',
  'imageCount',
  'seriesNumber',
] as const;
export const flagFacts = ['isLocalizer', 'isDerived', 'canReformat', 'isColour', 'isFilm'] as const;

/** What a series must be. A number that is not known fails, a flag is always known. */
const Requirement = z.union([
  z.strictObject({ fact: z.enum(textFacts), oneOf: z.array(z.string()).min(1) }),
  z
    .strictObject({
      fact: z.enum(numberFacts),
      atLeast: z.number().optional(),
      atMost: z.number().optional(),
    })
    .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, 'a limit'),
  z.strictObject({ fact: z.enum(flagFacts), is: z.boolean() }),
]);
export type Requirement = z.infer<typeof Requirement>;

/** What a series had better be; the first that tells two candidates apart decides. */
const Preference = z.union([
  z.strictObject({ fact: z.enum(textFacts), oneOf: z.array(z.string()).min(1) }),
  z.strictObject({ fact: z.enum(numberFacts), near: z.number() }),
  z.strictObject({ fact: z.enum(numberFacts), order: z.enum(['smallest', 'largest']) }),
  z.strictObject({ fact: z.enum(flagFacts), is: z.boolean() }),
]);
export type Preference = z.infer<typeof Preference>;

const Slot = z.strictObject({
  name: Words,
  require: z.array(Requirement),
  prefer: z.array(Preference),
});
export type Slot = z.infer<typeof Slot>;

const Pane = z.strictObject({
  slot: z.string(),
  study: z.enum(['current', 'prior']).default('current'),
  /** Name of a preset in `resources/windows.json`; null: as the file says. */
  window: z.string().nullable().default(null),
  plane: z.enum(['stored', 'axial', 'coronal', 'sagittal']).default('stored'),
  slab: z
    .strictObject({ mode: z.enum(slabModes), thicknessMm: z.number().positive() })
    .nullable()
    .default(null),
});
export type HangingPane = z.infer<typeof Pane>;

const Stage = z.strictObject({
  name: Words,
  /** Rows of panes, as on the screen; rows and columns that stay empty are left out. */
  rows: z.array(z.array(Pane).min(1).max(4)).min(1).max(3),
});
export type HangingStage = z.infer<typeof Stage>;

export const HangingRule = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    name: Words,
    /** Among the rules that fit, the highest is taken. */
    priority: z.number().int(),
    match: z.strictObject({
      modalities: z.array(z.string()).min(1),
      /** Of at least one series; any region if absent. */
      regions: z.array(z.enum(bodyRegions)).min(1).optional(),
      /** Slots that must find a series, so that the rule is worth taking. */
      needs: z.array(z.string()).default([]),
    }),
    slots: z.record(z.string(), Slot),
    stages: z.array(Stage).min(1),
  })
  .refine(
    ({ slots, stages, match }) =>
      [...match.needs, ...stages.flatMap(({ rows }) => rows.flat().map(({ slot }) => slot))].every((slot) =>
        Object.hasOwn(slots, slot),
      ),
    'every slot that is used is described',
  );
export type HangingRule = z.infer<typeof HangingRule>;
