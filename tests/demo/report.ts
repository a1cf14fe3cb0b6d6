import { z } from 'zod';

const Sample = z.strictObject({
  measure: z.string().min(1),
  /** Every single value, in the order it was measured; summaries are left to whoever reads them. */
  values: z.array(z.number()).min(1),
  unit: z.string(),
});
export type Sample = z.infer<typeof Sample>;

const Step = z.strictObject({
  number: z.number().int().positive(),
  role: z.string(),
  title: z.strictObject({ ja: z.string().min(1), en: z.string().min(1) }),
  /** Since the story began. */
  startedAtMs: z.number().nonnegative(),
  durationMs: z.number().nonnegative(),
  /** Beside this file; null for a step without a page. */
  screenshot: z.string().nullable(),
  samples: z.array(Sample),
});

/** Raw figures of the live microscope; every value as it was measured. */
const MicroscopeReport = z.strictObject({
  /** Each workstation is a process with a data folder of its own. */
  roles: z
    .array(z.strictObject({ role: z.string(), pid: z.number().int().positive(), dataDir: z.string() }))
    .min(2),
  pairing: z.strictObject({ codes: z.array(z.string()).length(2), codesEqual: z.boolean() }),
  link: z.strictObject({
    codec: z.string(),
    width: z.number().int(),
    height: z.number().int(),
    fps: z.number(),
    isRelayed: z.boolean(),
    glassToGlassMs: z.array(z.number()).min(1),
    commandRoundTripMs: z.array(z.number()).min(1),
    /** From the path coming back until the session was connected again. */
    recoveryMs: z.number(),
  }),
  motion: z.strictObject({
    /** From the key until the simulated stage's own log shows movement. */
    keyToMotionMs: z.array(z.number()).min(1),
    /** From the last accepted intent to standstill, on the stage's own log. */
    haltMs: z.array(z.strictObject({ cause: z.string(), ms: z.number() })).min(1),
    staleSent: z.number().int(),
    staleExecuted: z.number().int(),
  }),
  stills: z
    .array(
      z.strictObject({
        bytes: z.number().int(),
        msToLossy: z.number(),
        msToLossless: z.number(),
        bitExact: z.boolean(),
      }),
    )
    .min(1),
});
export type MicroscopeReport = z.infer<typeof MicroscopeReport>;

/** `out/demo/demo.json`: what happened, step by step, with everything that was measured. */
export const DemoReport = z.strictObject({
  stories: z.array(z.string()).min(1),
  commit: z.string(),
  startedAtUtc: z.iso.datetime(),
  machine: z.strictObject({
    processor: z.string(),
    cores: z.number(),
    memoryGib: z.number(),
    node: z.string(),
  }),
  roles: z
    .array(z.strictObject({ name: z.string(), title: z.strictObject({ ja: z.string(), en: z.string() }) }))
    .min(1),
  steps: z.array(Step).min(1),
  microscope: MicroscopeReport,
  /** What the pages said that nobody should have to read. */
  pageErrors: z.array(z.string()),
});
export type DemoReport = z.infer<typeof DemoReport>;
