import { expect, test } from 'vitest';
import { splitSeries } from '#shared/dicom/series/split-series.ts';
import { stackGeometry } from '#shared/dicom/series/stack-geometry.ts';
import type { StackGeometry } from '#shared/dicom/series/stack-geometry.ts';
import { imagesOfFiles, realDicomFiles } from '#tests/support/dicom-metadata.ts';
import { aSeries } from '#tests/support/made-images.ts';

const codes = (geometry: StackGeometry) => geometry.findings.map(({ code }) => code);
const at = (...positionsMm: number[]) => stackGeometry(aSeries(positionsMm));

test('an even stack has nothing to say', () => {
  const geometry = at(0, 2.5, 5, 7.5, 10, 12.5);
  expect(geometry).toMatchObject({
    kind: 'spatial',
    spacingMm: 2.5,
    findings: [],
    reformat: { isPossible: true },
  });
  expect(geometry.positionsMm).toEqual([0, 2.5, 5, 7.5, 10, 12.5]);
});

test('rounded positions are even', () => {
  expect(codes(at(0, 0.62, 1.25, 1.88, 2.5, 3.12, 3.75))).toEqual([]);
});

test('missing slices are counted and placed', () => {
  const geometry = at(0, 1, 2, 3, 5, 6, 7, 10, 11, 12, 13);
  expect(geometry.findings).toEqual([{ code: 'missing-slices', values: { count: 3, after: [4, 7] } }]);
  expect(geometry.reformat.isPossible).toBe(true);
});

test('a stack that changes from thin to thick slices is uneven, not incomplete', () => {
  const positions = [0, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70];
  const images = aSeries(positions, (index) => ({ '00180050': index < 7 ? 5 : 10 }));
  expect(stackGeometry(images).findings).toEqual([
    { code: 'uneven-spacing', values: { smallestMm: 5, largestMm: 10 } },
  ]);
});

test('slightly wandering positions are uneven', () => {
  expect(codes(at(0, 5, 10.4, 15, 20, 25))).toEqual(['uneven-spacing']);
});

test('duplicate positions forbid computing', () => {
  const geometry = at(0, 5, 5, 10, 15, 20, 25);
  expect(geometry.findings).toEqual([{ code: 'duplicate-positions', values: { count: 1 } }]);
  expect(geometry.reformat).toMatchObject({ isPossible: false, reason: { code: 'duplicate-positions' } });
});

test('a tilted gantry is measured from the positions, whatever its sign', () => {
  for (const tiltDeg of [18.5, -18.5, 0.6]) {
    const shift = Math.tan((tiltDeg * Math.PI) / 180);
    const geometry = stackGeometry(
      aSeries(Array.from({ length: 8 }, (_, index) => [0, index * 5 * shift, index * 5] as const)),
    );
    const angleDeg = expect.closeTo(Math.abs(tiltDeg), 6) as number;
    expect(geometry.findings).toEqual([{ code: 'gantry-tilt', values: { angleDeg } }]);
    expect(geometry.spacingMm).toBeCloseTo(5, 9);
    expect(geometry.reformat.isPossible).toBe(true);
  }
  expect(
    codes(
      stackGeometry(
        aSeries([
          [0, 0, 0],
          [0, 0.02, 5],
          [0, 0.04, 10],
          [0, 0.06, 15],
          [0, 0.08, 20],
        ]),
      ),
    ),
  ).toEqual([]);
});

test('slices that jump sideways are said to', () => {
  const geometry = stackGeometry(
    aSeries([
      [0, 0, 0],
      [0, 0, 5],
      [4, 0, 10],
      [4, 0, 15],
      [0, 0, 20],
      [0, 0, 25],
    ]),
  );
  expect(geometry.findings).toEqual([{ code: 'shifted-slices', values: { largestMm: 4 } }]);
});

test('gaps between thin slices are said, contiguous and overlapping ones are not', () => {
  const withThickness = (thicknessMm: number) =>
    stackGeometry(aSeries([0, 7, 14, 21, 28], () => ({ '00180050': thicknessMm })));
  expect(withThickness(5).findings).toEqual([
    { code: 'gaps-between-slices', values: { thicknessMm: 5, spacingMm: 7 } },
  ]);
  expect(withThickness(7).findings).toEqual([]);
  expect(withThickness(10).findings).toEqual([]);
});

test('without spacing nothing is computed and everything is in pixels', () => {
  const geometry = stackGeometry(aSeries([0, 5, 10, 15, 20], () => ({ '00280030': undefined })));
  expect(geometry.reformat).toMatchObject({ isPossible: false, reason: { code: 'uncalibrated' } });
});

test('non-square pixels are said', () => {
  const geometry = stackGeometry(aSeries([0, 5, 10, 15, 20], () => ({ '00280030': [1, 0.5] })));
  expect(geometry.findings).toEqual([{ code: 'non-square-pixels', values: { heightToWidth: 2 } }]);
});

test('positions missing, too few slices and colour forbid computing', () => {
  const noPositions = stackGeometry(aSeries([0, 5, 10, 15, 20], () => ({ '00200032': undefined })));
  expect(noPositions.reformat).toMatchObject({ reason: { code: 'position-unknown', values: { count: 5 } } });
  expect(at(0, 5, 10).reformat).toMatchObject({ reason: { code: 'too-few-slices', values: { count: 3 } } });
  const colour = stackGeometry(aSeries([0, 5, 10, 15, 20], () => ({ '00280002': 3 })));
  expect(colour.reformat).toMatchObject({ reason: { code: 'colour' } });
});

test('a radiograph has no position and nobody misses it', () => {
  const [image] = aSeries([0], () => ({ '00080060': 'DX', '00200032': undefined, '00181164': [0.14, 0.14] }));
  const geometry = stackGeometry(image ? [image] : []);
  expect(codes(geometry)).not.toContain('position-unknown');
  expect(geometry.reformat.isPossible).toBe(false);
});

test('a real head CT with a tilted gantry and changing spacing', (context) => {
  const [group, ...others] = splitSeries(imagesOfFiles(realDicomFiles(context, 'ct-head-tilt-ge')));
  expect(others).toEqual([]);
  expect(group?.images).toHaveLength(28);
  const [tilt, uneven, ...rest] = group?.geometry.findings ?? [];
  expect(rest).toEqual([]);
  expect(tilt).toMatchObject({
    code: 'gantry-tilt',
    values: { angleDeg: expect.closeTo(18.5, 3) as number },
  });
  expect(uneven).toMatchObject({
    code: 'uneven-spacing',
    values: { smallestMm: expect.closeTo(1.081, 3) as number, largestMm: expect.closeTo(6.999, 3) as number },
  });
  expect(group?.geometry.reformat.isPossible).toBe(true);
});

test('a real contiguous head CT', (context) => {
  const groups = splitSeries(imagesOfFiles(realDicomFiles(context, 'ct-head-phantom-philips')));
  expect(groups).toHaveLength(1);
  expect(groups[0]?.images).toHaveLength(102);
  expect(groups[0]?.geometry).toMatchObject({ kind: 'spatial', spacingMm: 1, findings: [] });
});
