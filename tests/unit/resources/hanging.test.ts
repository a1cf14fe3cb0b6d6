// From headers as scanners in Japan write them to what hangs where: splitting, facts and rules together.
import { expect, test } from 'vitest';
import { seriesFacts } from '#shared/dicom/series/series-facts.ts';
import { splitSeries } from '#shared/dicom/series/split-series.ts';
import { hangStudy } from '#shared/domain/hang-study.ts';
import { HangingRule } from '#shared/domain/hanging.ts';
import type { SeriesFacts } from '#shared/domain/series-facts.ts';
import { hangingRules } from '#resources/hanging/index.ts';
import { aSeries } from '#tests/support/made-images.ts';
import type { Attributes } from '#tests/support/made-images.ts';

const rules = hangingRules.map((rule) => HangingRule.parse(rule));

interface MadeSeries {
  readonly name: string;
  readonly positionsMm?: readonly number[];
  readonly attributes: Attributes;
  /** On top, image by image. */
  readonly attributesOf?: (index: number) => Attributes;
}

const evenly = (count: number, stepMm: number) => Array.from({ length: count }, (_, index) => index * stepMm);
const axial = evenly(8, 5);

/** Facts of a study; stacks of one series are told apart by what splitting says of them. */
function factsOf(made: readonly MadeSeries[]): SeriesFacts[] {
  const sources = made.flatMap(({ name, positionsMm = axial, attributes, attributesOf }, number) => {
    const images = aSeries(positionsMm, (index) => ({
      '00200011': number + 1,
      ...attributes,
      ...attributesOf?.(index),
    }));
    return splitSeries(images).map((group) => ({
      stackId: [name, ...group.distinctions.map(({ value }) => value)].join(' '),
      ...group,
    }));
  });
  return seriesFacts(sources);
}

function hung(current: readonly MadeSeries[], prior: readonly MadeSeries[] = []) {
  const found = hangStudy(rules, {
    current: factsOf(current),
    prior: factsOf(prior.map((series) => ({ ...series, name: `前回 ${series.name}` }))),
    isCurrentOnRight: false,
  });
  if (!found) throw new Error('nothing hung');
  const stages = found.stages.map(({ rows }) =>
    rows.map((row) =>
      row.map((pane) =>
        pane
          ? [pane.stackId, pane.window, pane.plane === 'stored' ? '' : pane.plane, pane.slab?.mode]
              .filter(Boolean)
              .join(' / ')
          : '',
      ),
    ),
  );
  return { rule: found.ruleId, stages };
}

const ct = (description: string, kernel: string, thicknessMm: number, more: Attributes = {}): MadeSeries => ({
  name: description,
  positionsMm: evenly(thicknessMm < 3 ? 40 : 8, thicknessMm),
  attributes: { '0008103E': description, '00181210': kernel, '00180050': thicknessMm, ...more },
});

const scout = (more: Attributes = {}): MadeSeries => ({
  name: '位置決め',
  positionsMm: [0],
  attributes: {
    '00080008': ['ORIGINAL', 'PRIMARY', 'LOCALIZER'],
    '00200037': [0, 1, 0, 0, 0, -1],
    ...more,
  },
});

test('頭部CT, Canon: brain and bone by kernel, thin slices for 50/50 and coronal, prior below', () => {
  const head = { '00180015': 'HEAD', '00080070': 'CANON_MEC' };
  const study = [
    scout(head),
    ct('骨条件', 'FC30', 5, head),
    ct('脳実質', 'FC26', 5, head),
    ct('Head 0.5 BHC', 'FC22', 0.5, head),
  ];
  const { rule, stages } = hung(study, study);
  expect(rule).toBe('head-ct');
  expect(stages[0]).toEqual([
    ['脳実質 / brain', '骨条件 / bone'],
    ['前回 脳実質 / brain', '前回 骨条件 / bone'],
  ]);
  expect(stages[1]).toEqual([['Head 0.5 BHC / small-haemorrhage', 'Head 0.5 BHC / brain / coronal']]);
});

test('頭部CT without a body part is found by its description', () => {
  const { rule } = hung([ct('頭部単純 5mm', 'H30s', 5, { '00181030': '01_HeadRoutine (Adult)' })]);
  expect(rule).toBe('head-ct');
});

test('胸部CT, Siemens: lung by the sharp kernel and the thinnest slices', () => {
  const chest = { '00180015': 'CHEST', '00080070': 'SIEMENS' };
  const { rule, stages } = hung([
    scout(chest),
    ct('胸部 縦隔条件 5.0 Br40', 'Br40d\\3', 5, chest),
    ct('胸部 肺野条件 5.0 Bl57', 'Bl57d\\3', 5, chest),
    ct('胸部 肺野 1.0 Bl57', 'Bl57d\\3', 1, chest),
    ct('胸部 縦隔 1.0 Br40', 'Br40d\\3', 1, chest),
  ]);
  expect(rule).toBe('chest-ct');
  expect(stages[0]).toEqual([['胸部 肺野 1.0 Bl57 / lung', '胸部 縦隔条件 5.0 Br40 / soft-tissue']]);
  expect(stages[1]).toEqual([['胸部 肺野 1.0 Bl57 / lung / coronal', '胸部 肺野 1.0 Bl57 / lung / maximum']]);
});

test('腹部ダイナミックCT, GE: phases by the times of the injection, then portal beside the prior', () => {
  const at = (time: string, agent = true): Attributes => ({
    '00180015': 'ABDOMEN',
    '00080022': '20260401',
    '00080032': time,
    ...(agent && { '00180010': 'イオパミロン370', '00181042': '100000' }),
  });
  const study = [
    ct('単純', 'STANDARD', 5, at('095500', false)),
    ct('動脈相', 'STANDARD', 5, at('100035')),
    ct('門脈相', 'STANDARD', 5, at('100110')),
    ct('平衡相', 'STANDARD', 5, at('100240')),
    ct('門脈相 thin', 'STANDARD', 0.625, at('100110')),
  ];
  const { rule, stages } = hung(study, study);
  expect(rule).toBe('abdomen-enhanced-ct');
  expect(stages[0]).toEqual([['単純 / abdomen', '動脈相 / abdomen', '門脈相 / abdomen', '平衡相 / abdomen']]);
  expect(stages[1]).toEqual([['門脈相 / abdomen', '前回 門脈相 / abdomen']]);
});

test('腹部CT whose names lie: the tags of the contrast decide, never the description', () => {
  const times = { '00080022': '20260401', '00180015': 'ABDOMEN' };
  const { rule } = hung([
    ct('造影 門脈相', 'FC03', 5, { ...times, '00180010': 'なし' }),
    ct('動脈相', 'FC03', 5, times),
  ]);
  expect(rule).toBe('abdomen-ct');
});

const mr = (
  description: string,
  sequence: string | readonly string[],
  [repetition, echo, inversion]: readonly (number | undefined)[],
  more: Attributes = {},
): MadeSeries => ({
  name: description,
  attributes: {
    '00080060': 'MR',
    '00080008': ['ORIGINAL', 'PRIMARY', 'M', 'ND'],
    '00180015': 'BRAIN',
    '0008103E': description,
    '00180020': sequence,
    '00180080': repetition,
    '00180081': echo,
    '00180082': inversion,
    '00180050': 5,
    ...more,
  },
});

/** Two b-values at every place of one series, as Siemens and Canon store them. */
const diffusion: MadeSeries = {
  ...mr('DWI', ['EP', 'SE'], [5000, 80]),
  positionsMm: [...axial, ...axial],
  attributesOf: (index) => ({ '00189087': index < axial.length ? 0 : 1000 }),
};

test('脳MR: by b-value, echo and timing; DWI and FLAIR beside the prior', () => {
  const study = [
    diffusion,
    mr('ADC', 'EP', [5000, 80], { '00080008': ['DERIVED', 'PRIMARY', 'DIFFUSION', 'ADC'] }),
    mr('T1WI', 'SE', [500, 12]),
    mr('T2WI', 'SE', [4000, 95]),
    mr('FLAIR', ['SE', 'IR'], [9000, 110, 2500]),
    mr('T2*WI', 'GR', [700, 20]),
    {
      ...mr('TOF MRA', 'GR', [22, 3.6], { '00180023': '3D', '00180025': 'Y', '00180050': 0.6 }),
      positionsMm: evenly(40, 0.6),
    },
    mr('造影T1WI', 'SE', [500, 12], { '00180010': 'ガドビスト' }),
  ];
  const { rule, stages } = hung(study, study);
  expect(rule).toBe('brain-mr');
  expect(stages[0]).toEqual([
    ['DWI 1000', 'ADC', 'FLAIR'],
    ['T2WI', 'T1WI', 'T2*WI'],
  ]);
  expect(stages[1]?.[0]).toEqual([
    'TOF MRA / axial / maximum',
    'TOF MRA / coronal / maximum',
    'TOF MRA / sagittal / maximum',
  ]);
  expect(stages.at(-1)).toEqual([
    ['FLAIR', '前回 FLAIR'],
    ['DWI 1000', '前回 DWI 1000'],
  ]);
});

test('b = 0 is no T2, and perfusion no T2*', () => {
  const { stages } = hung([
    diffusion,
    mr('PWI', ['EP', 'GR'], [1500, 30], { '00200100': 1 }),
    mr('T2WI', 'SE', [4000, 95]),
  ]);
  expect(stages[0]).toEqual([['DWI 1000'], ['T2WI']]);
});

test('胸部X線: now beside before', () => {
  const radiograph = (name: string, viewPosition: string): MadeSeries => ({
    name,
    positionsMm: [0],
    attributes: {
      '00080060': 'DX',
      '00180015': 'CHEST',
      '00185101': viewPosition,
      '00200032': undefined,
      '00200037': undefined,
      '00181164': [0.15, 0.15],
    },
  });
  const study = [radiograph('胸部側面', 'LL'), radiograph('胸部正面', 'PA')];
  const { rule, stages } = hung(study, study);
  expect(rule).toBe('radiograph');
  expect(stages[0]).toEqual([['胸部正面', '前回 胸部正面']]);
  expect(stages[1]).toEqual([['胸部正面', '胸部側面']]);
});
