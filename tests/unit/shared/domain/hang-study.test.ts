import { expect, test } from 'vitest';
import { choosePrior, hangStudy } from '#shared/domain/hang-study.ts';
import type { HungStage, PriorCandidate } from '#shared/domain/hang-study.ts';
import { HangingRule } from '#shared/domain/hanging.ts';
import type { SeriesFacts } from '#shared/domain/series-facts.ts';
import { hangingRules } from '#resources/hanging/index.ts';
import windows from '#resources/windows.json' with { type: 'json' };

const rules = hangingRules.map((rule) => HangingRule.parse(rule));

const aSeries = (stackId: string, facts: Partial<SeriesFacts>): SeriesFacts => ({
  stackId,
  modality: 'CT',
  region: 'unknown',
  regionSource: 'none',
  plane: 'axial',
  imageCount: 60,
  seriesNumber: 1,
  isLocalizer: false,
  isDerived: false,
  canReformat: true,
  isColour: false,
  isFilm: false,
  kernel: '',
  sharpness: 'unknown',
  contrast: 'unknown',
  phase: 'unknown',
  phaseSource: 'none',
  weighting: 'unknown',
  component: 'none',
  laterality: 'none',
  viewPosition: '',
  ...facts,
});

const inRegion = (region: SeriesFacts['region']) => ({ region, regionSource: 'body-part' as const });

function hang(current: readonly SeriesFacts[], prior: readonly SeriesFacts[] = [], isCurrentOnRight = false) {
  const hung = hangStudy(rules, { current, prior, isCurrentOnRight });
  if (!hung) throw new Error('nothing hung');
  return hung;
}

/** 'stack window plane' of every pane, row by row. */
const panes = (stage: HungStage | undefined) =>
  stage?.rows.map((row) =>
    row.map((pane) =>
      pane
        ? [
            pane.stackId,
            pane.window ?? '',
            pane.plane === 'stored' ? '' : pane.plane,
            pane.slab ? `${pane.slab.mode} ${pane.slab.thicknessMm}` : '',
          ]
            .filter(Boolean)
            .join(' ')
        : '-',
    ),
  );

test('every rule is well formed and names presets that exist', () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  const presets = new Set(windows.presets.map(({ id }) => id));
  for (const { stages } of rules) {
    for (const { window } of stages.flatMap(({ rows }) => rows.flat())) {
      if (window !== null) expect(presets).toContain(window);
    }
  }
});

test('a rule that uses a slot it does not describe is refused', () => {
  const [rule] = rules;
  expect(HangingRule.safeParse({ ...rule, slots: {} }).success).toBe(false);
});

const head = [
  aSeries('scout', { ...inRegion('head'), isLocalizer: true, plane: 'sagittal', seriesNumber: 1 }),
  aSeries('bone', {
    ...inRegion('head'),
    kernel: 'H60s',
    sharpness: 'sharp',
    thicknessMm: 5,
    seriesNumber: 2,
  }),
  aSeries('thin', {
    ...inRegion('head'),
    kernel: 'H31s',
    sharpness: 'soft',
    thicknessMm: 1,
    imageCount: 200,
    seriesNumber: 3,
  }),
  aSeries('brain', {
    ...inRegion('head'),
    kernel: 'H31s',
    sharpness: 'soft',
    thicknessMm: 5,
    seriesNumber: 4,
  }),
];
const headBefore = head.map((facts) => ({ ...facts, stackId: `${facts.stackId}-before` }));

test('head CT: brain beside bone, thin slices in the second stage', () => {
  const hung = hang(head);
  expect(hung.ruleId).toBe('head-ct');
  expect(hung.reasons).toEqual([
    { fact: 'modality', value: 'CT', isGuessed: false },
    { fact: 'region', value: 'head', isGuessed: false },
  ]);
  expect(panes(hung.stages[0])).toEqual([['brain brain', 'bone bone']]);
  expect(panes(hung.stages[1])).toEqual([['thin small-haemorrhage', 'thin brain coronal']]);
});

test('why a series was taken is told with the values that decided', () => {
  const [brain, bone] = hang(head).stages[0]?.rows[0] ?? [];
  expect(brain?.reasons).toEqual([
    { fact: 'plane', value: 'axial', isGuessed: false },
    { fact: 'kernel', value: 'H31s', isGuessed: false },
    { fact: 'thicknessMm', value: 5, isGuessed: false },
  ]);
  expect(bone?.reasons).toContainEqual({ fact: 'kernel', value: 'H60s', isGuessed: false });
});

test('a prior comes into the second row, with the same windows', () => {
  expect(panes(hang(head, headBefore).stages[0])).toEqual([
    ['brain brain', 'bone bone'],
    ['brain-before brain', 'bone-before bone'],
  ]);
});

test('with one reconstruction only, bone is the same series in another window', () => {
  const single = [aSeries('only', { ...inRegion('head'), thicknessMm: 5 })];
  expect(panes(hang(single).stages[0])).toEqual([['only brain', 'only bone']]);
});

test('chest CT: sharpest and thinnest for the lung, soft and about 5 mm for the mediastinum', () => {
  const chest = [
    aSeries('soft-5', { ...inRegion('chest'), sharpness: 'soft', thicknessMm: 5 }),
    aSeries('soft-1', { ...inRegion('chest'), sharpness: 'soft', thicknessMm: 1 }),
    aSeries('sharp-5', { ...inRegion('chest'), sharpness: 'sharp', thicknessMm: 5 }),
    aSeries('sharp-1', { ...inRegion('chest'), sharpness: 'sharp', thicknessMm: 1, imageCount: 300 }),
  ];
  const hung = hang(chest);
  expect(panes(hung.stages[0])).toEqual([['sharp-1 lung', 'soft-5 soft-tissue']]);
  expect(panes(hung.stages[1])).toEqual([['sharp-1 lung coronal', 'sharp-1 lung maximum 10']]);
});

const phase = (
  stackId: string,
  name: SeriesFacts['phase'],
  phaseSource: SeriesFacts['phaseSource'] = 'order',
) =>
  aSeries(stackId, {
    ...inRegion('abdomen'),
    contrast: 'enhanced',
    phase: name,
    phaseSource,
    sharpness: 'soft',
    thicknessMm: 5,
  });

test('enhanced abdominal CT: the four phases beside each other, missing ones left out', () => {
  const plain = aSeries('plain', { ...inRegion('abdomen'), sharpness: 'soft', thicknessMm: 5 });
  const all = [phase('p', 'portal'), phase('a', 'arterial'), plain, phase('e', 'equilibrium')];
  expect(panes(hang(all).stages[0])).toEqual([['plain abdomen', 'a abdomen', 'p abdomen', 'e abdomen']]);
  expect(panes(hang([plain, phase('p', 'portal')]).stages[0])).toEqual([['plain abdomen', 'p abdomen']]);
  expect(hang([plain]).ruleId).toBe('abdomen-ct');
  const portal = hang(all).stages[0]?.rows[0]?.[2];
  expect(portal?.reasons).toContainEqual({ fact: 'phase', value: 'portal', isGuessed: true });
});

const mr = (stackId: string, weighting: SeriesFacts['weighting'], more: Partial<SeriesFacts> = {}) =>
  aSeries(stackId, { modality: 'MR', ...inRegion('head'), weighting, component: 'magnitude', ...more });

test('brain MR: diffusion, ADC and FLAIR above T2, T1 and T2*', () => {
  const brain = [
    mr('b0', 'unknown', { bValue: 0 }),
    mr('b1000', 'DWI', { bValue: 1000 }),
    mr('b2000', 'DWI', { bValue: 2000 }),
    mr('adc', 'ADC', { isDerived: true }),
    mr('flair', 'FLAIR'),
    mr('t2', 'T2'),
    mr('t1', 'T1'),
    mr('t1-enhanced', 'T1', { contrast: 'enhanced', seriesNumber: 20 }),
    mr('star', 'T2*'),
    mr('phase', 'T2*', { component: 'phase', seriesNumber: 0 }),
    mr('mra', 'MRA', { thicknessMm: 0.6 }),
  ];
  const hung = hang(brain, [mr('flair-before', 'FLAIR')]);
  expect(hung.ruleId).toBe('brain-mr');
  expect(panes(hung.stages[0])).toEqual([
    ['b1000', 'adc', 'flair'],
    ['t2', 't1', 'star'],
  ]);
  expect(panes(hung.stages[1])).toEqual([
    ['mra axial maximum 60', 'mra coronal maximum 60', 'mra sagittal maximum 60'],
  ]);
  expect(panes(hung.stages[2])).toEqual([['t1', 't1-enhanced']]);
  expect(panes(hung.stages[3])).toEqual([
    ['flair', 'flair-before'],
    ['b1000', '-'],
  ]);
});

test('planes that cannot be computed honestly are not hung', () => {
  const hung = hang(head.map((facts) => ({ ...facts, canReformat: false })));
  expect(panes(hung.stages[1])).toEqual([['thin small-haemorrhage']]);
});

test('今回 and 前回 change sides on request, and only where they stand side by side', () => {
  const now = [aSeries('now', { modality: 'DX', viewPosition: 'PA' })];
  const before = [aSeries('before', { modality: 'DX', viewPosition: 'PA' })];
  expect(panes(hang(now, before).stages[0])).toEqual([['now', 'before']]);
  expect(panes(hang(now, before, true).stages[0])).toEqual([['before', 'now']]);
  expect(panes(hang(head, headBefore, true).stages[0])).toEqual([
    ['brain brain', 'bone bone'],
    ['brain-before brain', 'bone-before bone'],
  ]);
});

test('mammograms lie back to back', () => {
  const view = (laterality: 'L' | 'R', viewPosition: string) =>
    aSeries(`${laterality}${viewPosition}`, { modality: 'MG', laterality, viewPosition });
  const hung = hang([view('L', 'CC'), view('L', 'MLO'), view('R', 'CC'), view('R', 'MLO')]);
  expect(panes(hung.stages[0])).toEqual([
    ['RMLO', 'LMLO'],
    ['RCC', 'LCC'],
  ]);
});

test('anything else still hangs, and the region guessed from a description says so', () => {
  expect(hang([aSeries('film', { modality: 'XA', isFilm: true, plane: 'none' })]).ruleId).toBe('anything');
  expect(hang([aSeries('a', { region: 'neck', regionSource: 'body-part' })]).ruleId).toBe('ct');
  const guessed = hang([aSeries('a', { region: 'chest', regionSource: 'description' })]);
  expect(guessed.reasons).toContainEqual({ fact: 'region', value: 'chest', isGuessed: true });
  expect(hangStudy(rules, { current: [], prior: [], isCurrentOnRight: false })).toBeUndefined();
});

const study = (
  studyKey: number,
  studyDate: string,
  regions: SeriesFacts['region'][],
  modality = 'CT',
): PriorCandidate => ({
  studyKey,
  studyDate,
  modalities: [modality],
  description: '',
  regions,
});

test('the prior is the latest earlier study of the same modality and region', () => {
  const current = study(1, '20261122', ['head']);
  const candidates = [
    current,
    study(2, '20240101', ['head']),
    study(3, '20260301', ['head']),
    study(4, '20260901', ['chest']),
    study(5, '20261001', ['head'], 'MR'),
    study(6, '20261201', ['head']),
    study(7, '', ['head']),
  ];
  expect(choosePrior(current, candidates)?.studyKey).toBe(3);
  expect(
    choosePrior(current, [study(4, '20260901', ['chest']), study(8, '20250101', ['unknown'])])?.studyKey,
  ).toBe(8);
  expect(choosePrior(current, [])).toBeUndefined();
});
