import { expect, test } from 'vitest';
import { bodyRegionOf } from '#shared/dicom/series/body-region.ts';
import { kernelSharpness } from '#shared/dicom/series/kernel.ts';
import { seriesFacts } from '#shared/dicom/series/series-facts.ts';
import { splitSeries } from '#shared/dicom/series/split-series.ts';
import { weightingOf } from '#shared/dicom/series/weighting.ts';
import { imagesOfFiles, realDicomFiles } from '#tests/support/dicom-metadata.ts';
import { aSeries, anImage } from '#tests/support/made-images.ts';
import type { Attributes } from '#tests/support/made-images.ts';

test.each([
  ['B30f', 'soft'],
  ['B70f', 'sharp'],
  ['Br40d\\3', 'soft'],
  ['Bl57f', 'sharp'],
  ['H31s', 'soft'],
  ['H60s', 'sharp'],
  ['STANDARD', 'soft'],
  ['BONEPLUS', 'sharp'],
  ['LUNG', 'sharp'],
  ['HD STANDARD', 'soft'],
  ['HD BONE', 'sharp'],
  ['FC07', 'soft'],
  ['FC21', 'soft'],
  ['FC30', 'sharp'],
  ['FC52', 'sharp'],
  ['FC81', 'sharp'],
  ['UB', 'soft'],
  ['B', 'soft'],
  ['YD', 'sharp'],
  ['L', 'sharp'],
  ['', 'unknown'],
  ['XYZ Gauss6.00', 'unknown'],
])('kernel %s is %s', (kernel, sharpness) => {
  expect(kernelSharpness(kernel)).toBe(sharpness);
});

test.each([
  ['HEAD', 'head'],
  ['BRAIN', 'head'],
  ['頭部', 'head'],
  ['C-SPINE / CERVICAL SPINE', 'spine'],
  ['頸椎', 'spine'],
  ['NECK', 'neck'],
  ['CHEST', 'chest'],
  ['胸部単純', 'chest'],
  ['ＡＢＤＯＭＥＮ', 'abdomen'],
  ['肝ダイナミック', 'abdomen'],
  ['CORONARY CTA', 'heart'],
  ['BREAST', 'breast'],
  ['KNEE', 'extremity'],
  ['Rt. Hand', 'extremity'],
  ['LINEAR SURFACE', 'unknown'],
  ['ALLEGRO WARM UP', 'unknown'],
  ['胸腹部', 'chest'],
  ['', 'unknown'],
])('body part %s is %s', (text, region) => {
  expect(bodyRegionOf(text)).toBe(region);
});

const magnetic = (attributes: Attributes) => weightingOf(anImage({ '00080060': 'MR', ...attributes }));
const timing = (scanning: string, repetition: number, echo: number, inversion?: number): Attributes => ({
  '00180020': scanning,
  '00180080': repetition,
  '00180081': echo,
  '00180082': inversion,
});

test('weighting follows from how the signal was made', () => {
  expect(magnetic(timing('SE', 4000, 90))).toBe('T2');
  expect(magnetic(timing('SE', 500, 12))).toBe('T1');
  expect(magnetic(timing('IR', 9000, 110, 2500))).toBe('FLAIR');
  expect(magnetic(timing('SE', 2800, 20))).toBe('PD');
  expect(magnetic({ ...timing('GR', 1900, 3, 900), '00180023': '3D' })).toBe('T1');
  expect(magnetic({ ...timing('GR', 28, 20), '00180023': '3D' })).toBe('SWI');
  expect(magnetic(timing('GR', 700, 20))).toBe('T2*');
  expect(magnetic({ ...timing('GR', 22, 4), '00180023': '3D', '00180025': 'Y' })).toBe('MRA');
  expect(magnetic({ ...timing('EP', 5000, 80), '00189087': 1000 })).toBe('DWI');
  expect(
    magnetic({ ...timing('EP', 5000, 80), '00080008': ['DERIVED', 'PRIMARY', 'DIFFUSION', 'ADC'] }),
  ).toBe('ADC');
  expect(magnetic({ '00089209': 'FLUID_ATTENUATED' })).toBe('FLAIR');
  expect(magnetic({ '0008103E': 'T2 FLAIR TRA' })).toBe('unknown');
});

const ct = (seriesNumber: number, more: Attributes) => ({
  stackId: `stack-${seriesNumber}`,
  ...groupOf(
    aSeries([0, 5, 10, 15, 20], () => ({
      '00200011': seriesNumber,
      '00180015': 'ABDOMEN',
      '00080022': '20260102',
      ...more,
    })),
  ),
});

function groupOf(images: ReturnType<typeof aSeries>) {
  const [group] = splitSeries(images);
  if (!group) throw new Error('no images');
  return { images: group.images, geometry: group.geometry };
}

const agent = { '00180010': 'IOPAMIRON' };

test('contrast phases from the delay after the injection', () => {
  const phase = (imageTime: string) =>
    seriesFacts([ct(1, { ...agent, '00181042': '100000', '00080032': imageTime })])[0]?.phase;
  expect(phase('100030')).toBe('arterial');
  expect(phase('100110.5')).toBe('portal');
  expect(phase('100300')).toBe('equilibrium');
  expect(phase('101000')).toBe('delayed');
});

test('without an injection time the phases follow the order of the passes', () => {
  const facts = seriesFacts([
    ct(2, { ...agent, '00080032': '100200' }),
    ct(3, { ...agent, '00080032': '100300' }),
    ct(4, { ...agent, '00080032': '100302' }),
    ct(5, { ...agent, '00080032': '100500' }),
    ct(1, { '00080032': '095500' }),
  ]);
  expect(facts.map(({ phase, phaseSource }) => `${phase} ${phaseSource}`)).toEqual([
    'arterial order',
    'portal order',
    'portal order',
    'equilibrium order',
    'unknown none',
  ]);
});

test('an agent called NONE is none', () => {
  expect(seriesFacts([ct(1, { '00180010': 'NONE' })])[0]).toMatchObject({
    contrast: 'plain',
    phase: 'plain',
  });
  expect(seriesFacts([ct(1, {})])[0]).toMatchObject({ contrast: 'unknown', phase: 'unknown' });
});

test('a body part goes before what a description says', () => {
  expect(seriesFacts([ct(1, { '0008103E': 'HEAD' })])[0]).toMatchObject({
    region: 'abdomen',
    regionSource: 'body-part',
  });
  expect(seriesFacts([ct(1, { '00180015': '', '0008103E': '頭部 5mm' })])[0]).toMatchObject({
    region: 'head',
    regionSource: 'description',
  });
});

test('facts of a real head CT', (context) => {
  const [group] = splitSeries(imagesOfFiles(realDicomFiles(context, 'ct-head-phantom-philips')));
  if (!group) throw new Error('no images');
  expect(seriesFacts([{ stackId: 'a', ...group }])[0]).toMatchObject({
    modality: 'CT',
    region: 'head',
    plane: 'axial',
    imageCount: 102,
    sharpness: 'soft',
    kernel: 'UB',
    canReformat: true,
    isLocalizer: false,
  });
});
