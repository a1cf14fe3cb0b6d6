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

/** `out/demo/demo.json`: what happened, step by step, with everything that was measured. */
export const DemoReport = z.strictObject({
  story: z.string(),
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
  /** What the pages said that nobody should have to read. */
  pageErrors: z.array(z.string()),
});
export type DemoReport = z.infer<typeof DemoReport>;
