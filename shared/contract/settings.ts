import { z } from 'zod';
import { CameraSettings } from '../domain/camera-settings.ts';
import { event, method } from '../rpc/contract.ts';
import { SpecimenChoice } from './specimen.ts';

/**
 * What a person can choose and this workstation remembers. A new key needs a line here with a
 * default and nothing else; a stored value that no longer fits its key reads as the default.
 */
export const settingsKeys = {
  language: z.enum(['ja', 'en']).default('ja'),
  /** Right drag: `standard` raises the level downwards and widens the window to the right. */
  windowingDragDirection: z.enum(['standard', 'inverted']).default('standard'),
  /** Which side 今回 is shown on beside 前回. */
  currentSideOfPrior: z.enum(['left', 'right']).default('left'),
  /** Rows × columns of viewports when a study is opened without a hanging rule. */
  lastLayout: z
    .strictObject({ rows: z.number().int().min(1).max(3), columns: z.number().int().min(1).max(3) })
    .nullable()
    .default(null),
  /** Off unless a person turns it on: bytes of studies that exist elsewhere may be removed here. */
  eviction: z
    .strictObject({ enabled: z.boolean(), maximumBytes: z.number().int().nonnegative() })
    .default({ enabled: false, maximumBytes: 0 }),
  /** For files that name neither an issuer of the patient id nor an institution. */
  importDefaults: z
    .strictObject({ issuer: z.string().max(64), facility: z.string().max(64) })
    .default({ issuer: '', facility: '' }),
  /** How two workstations find a path to each other beyond one network. The secret is shared with the TURN server. */
  ice: z
    .strictObject({
      stunUrls: z
        .array(
          z
            .string()
            .regex(/^stuns?:/)
            .max(200),
        )
        .max(8),
      turnUrls: z
        .array(
          z
            .string()
            .regex(/^turns?:/)
            .max(200),
        )
        .max(8),
      turnSecret: z.string().max(200),
      isRelayOnly: z.boolean(),
    })
    .default({ stunUrls: [], turnUrls: [], turnSecret: '', isRelayOnly: false }),
  /** The camera on the microscope, by the name the system gives it: ids change, names stay. */
  microscopeCamera: z
    .strictObject({
      /** `simulated`, `none`, a name, or empty for the one the system prefers; null: never chosen. */
      chosen: z.string().max(200).nullable(),
      byName: z.record(z.string().max(200), CameraSettings),
    })
    .default({ chosen: null, byName: {} }),
  /** What lies under the simulated microscope; null: the tissue that is drawn. */
  simulatedSpecimen: SpecimenChoice.nullable().default(null),
} as const;

export const SettingsDocument = z.strictObject(settingsKeys);
export type SettingsDocument = z.infer<typeof SettingsDocument>;

export type SettingsKey = keyof SettingsDocument;

/** Keys left out stay as they are. */
export const SettingsPatch = z.strictObject(
  Object.fromEntries(
    Object.entries(settingsKeys).map(([key, schema]) => [key, z.optional(schema.unwrap())]),
  ) as unknown as {
    readonly [Key in SettingsKey]: z.ZodOptional<ReturnType<(typeof settingsKeys)[Key]['unwrap']>>;
  },
);
export type SettingsPatch = z.infer<typeof SettingsPatch>;

export const settings = {
  get: method(z.strictObject({}), SettingsDocument),
  change: method(SettingsPatch, SettingsDocument),
  settingsChanged: event(SettingsDocument),
} as const;
