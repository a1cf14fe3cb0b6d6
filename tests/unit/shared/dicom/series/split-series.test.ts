import path from 'node:path';
import { expect, test } from 'vitest';
import { splitSeries } from '#shared/dicom/series/split-series.ts';
import type { ImageGroup } from '#shared/dicom/series/split-series.ts';
import { imagesOfFiles, realDicomFiles } from '#tests/support/dicom-metadata.ts';
import { aSeries, anImage } from '#tests/support/made-images.ts';

const positions = (count: number, spacingMm = 5) =>
  Array.from({ length: count }, (_, index) => index * spacingMm);
const sizes = (groups: readonly ImageGroup[]) => groups.map(({ images }) => images.length);
const words = (groups: readonly ImageGroup[]) =>
  groups.map(({ distinctions }) => distinctions.map(({ code, value }) => `${code} ${value}`).join(', '));

test('one plain series is one stack without distinctions, in the order of its positions', () => {
  const shuffled = aSeries([20, 0, 10, 5, 15]).map((image, index) => ({
    ...image,
    instanceNumber: 5 - index,
  }));
  const groups = splitSeries(shuffled);
  expect(sizes(groups)).toEqual([5]);
  expect(words(groups)).toEqual(['']);
  const depths = groups[0]?.images.map((image) => image.plane?.positionMm[2]);
  expect(depths).toSatisfy((z: number[]) => z.every((value, index) => index === 0 || value !== z[index - 1]));
  expect([...(depths ?? [])].sort((a, b) => (a ?? 0) - (b ?? 0))).toSatisfy(
    (sorted: number[]) => sorted.join() === depths?.join() || sorted.reverse().join() === depths?.join(),
  );
});

test('images run in the direction in which the equipment numbered them', () => {
  const upwards = splitSeries(aSeries([0, 5, 10]));
  const downwards = splitSeries(aSeries([10, 5, 0]));
  expect(upwards[0]?.images.map((image) => image.instanceNumber)).toEqual([1, 2, 3]);
  expect(downwards[0]?.images.map((image) => image.instanceNumber)).toEqual([1, 2, 3]);
});

test('two reconstruction kernels in one series are two stacks', () => {
  const images = aSeries([...positions(4), ...positions(4)], (index) => ({
    '00181210': index < 4 ? 'B30f' : 'B70f',
  }));
  expect(words(splitSeries(images))).toEqual(['kernel B30f', 'kernel B70f']);
});

test('b-values are told apart, small deviations of one are not', () => {
  const images = aSeries([...positions(6), ...positions(6)], (index) => ({
    '00080060': 'MR',
    '00189087': index < 6 ? 0 : index === 8 ? 995 : 1000,
  }));
  expect(words(splitSeries(images))).toEqual(['b-value 0', 'b-value 1000']);
});

test('echoes, components and temporal positions are told apart', () => {
  const echoes = aSeries([...positions(5), ...positions(5)], (index) => ({
    '00080060': 'MR',
    '00180081': index < 5 ? 2.3 : 4.6,
  }));
  expect(words(splitSeries(echoes))).toEqual(['echo 2.3', 'echo 4.6']);
  const components = aSeries([...positions(5), ...positions(5)], (index) => ({
    '00080060': 'MR',
    '00080008': ['ORIGINAL', 'PRIMARY', index < 5 ? 'M' : 'P'],
  }));
  expect(splitSeries(components).map(({ images }) => images[0]?.component)).toEqual(['magnitude', 'phase']);
  const dynamic = aSeries([...positions(5), ...positions(5), ...positions(5)], (index) => ({
    '00080060': 'MR',
    '00200100': Math.floor(index / 5) + 1,
  }));
  expect(words(splitSeries(dynamic))).toEqual(['time 1', 'time 2', 'time 3']);
});

test('a localizer of three planes is three stacks named after them', () => {
  const orientations = [
    [1, 0, 0, 0, 1, 0],
    [1, 0, 0, 0, 0, -1],
    [0, 1, 0, 0, 0, -1],
  ];
  const images = orientations.flatMap((orientation, plane) =>
    aSeries(positions(3), (index) => ({ '00200037': orientation, '00200013': plane * 3 + index + 1 })).map(
      (image, index) => ({ ...image, sopUid: `1.2.${plane}.${index}` as typeof image.sopUid }),
    ),
  );
  // Positions along z alone are one place for the two upright planes: what counts here is the split.
  expect(words(splitSeries(images))).toEqual([
    'orientation axial',
    'orientation coronal',
    'orientation sagittal',
  ]);
});

test('the same place again and again stays one film', () => {
  const groups = splitSeries(aSeries([50, 50, 50, 50], (index) => ({ '00200012': index + 1 })));
  expect(sizes(groups)).toEqual([4]);
  expect(groups[0]?.geometry.kind).toBe('time');
  expect(groups[0]?.geometry.reformat).toMatchObject({ isPossible: false, reason: { code: 'time-series' } });
});

test('two passes over the same places without any tag to tell them apart are two stacks', () => {
  const groups = splitSeries(aSeries([...positions(5), ...positions(5)]));
  expect(words(groups)).toEqual(['repetition 1', 'repetition 2']);
  expect(groups.every(({ geometry }) => geometry.reformat.isPossible)).toBe(true);
});

test('a beating heart is one film for each place', () => {
  const images = aSeries(
    Array.from({ length: 36 }, (_, index) => Math.floor(index / 12) * 8),
    (index) => ({ '00080060': 'MR', '00181060': (index % 12) * 70 + Math.floor(index / 12) }),
  );
  const groups = splitSeries(images);
  expect(sizes(groups)).toEqual([12, 12, 12]);
  expect(groups.map(({ geometry }) => geometry.kind)).toEqual(['time', 'time', 'time']);
});

test('matrix and colour never mix', () => {
  const images = [anImage(), anImage({ '00280010': 256 }), anImage({ '00280002': 3, '00280004': 'RGB' })];
  expect(sizes(splitSeries(images))).toEqual([1, 1, 1]);
});

test('a stack keeps its key when more images arrive', () => {
  const traits = (index: number) => ({ '00181210': index % 2 === 0 ? 'A' : 'B' });
  const few = splitSeries(aSeries(positions(4), traits));
  const more = splitSeries(aSeries(positions(12), traits));
  expect(few.map(({ key }) => key)).toEqual(more.map(({ key }) => key));
});

test('classic and enhanced files of one field map split into the same four stacks', (context) => {
  const files = realDicomFiles(context, 'mr-fieldmap-multiecho-philips');
  const enhanced = files.filter((file) => path.dirname(file).endsWith('enhanced'));
  const classic = files.filter((file) => !enhanced.includes(file));
  const summary = (paths: readonly string[]) =>
    splitSeries(imagesOfFiles(paths))
      .map(({ images, geometry }) => ({
        count: images.length,
        component: images[0]?.component,
        echoMs: images[0]?.echo?.timeMs,
        kind: geometry.kind,
        spacingMm: geometry.spacingMm?.toFixed(3),
      }))
      .sort((a, b) => `${a.component}${a.echoMs}`.localeCompare(`${b.component}${b.echoMs}`));
  expect(classic).toHaveLength(212);
  expect(enhanced).toHaveLength(1);
  expect(summary(classic)).toMatchObject([
    { count: 53, component: 'magnitude', echoMs: 2.3, spacingMm: '3.000' },
    { count: 53, component: 'magnitude', echoMs: 4.6 },
    { count: 53, component: 'phase', echoMs: 2.3 },
    { count: 53, component: 'phase', echoMs: 4.6 },
  ]);
  expect(summary(enhanced)).toEqual(summary(classic));
});

test('two films with one instance number are two stacks with two keys', () => {
  const film = (sopUid: string) =>
    anImage({ '00080018': sopUid, '00200013': 1, '00280008': 2, '00200037': undefined });
  const stacks = splitSeries([film('1.2.3.1'), film('1.2.3.2')]);
  expect(stacks).toHaveLength(2);
  expect(new Set(stacks.map(({ key }) => key)).size).toBe(2);
});
