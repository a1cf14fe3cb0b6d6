import { expect, test } from 'vitest';
import { combineSlices, slabAround } from '#shared/dicom/volume/combine-slices.ts';
import { volumeGeometry } from '#shared/dicom/volume/volume-geometry.ts';
import { aSeries } from '#tests/support/made-images.ts';

const thin = (depths: readonly number[], thicknessMm?: number) =>
  volumeGeometry(aSeries(depths, () => ({ '00180050': thicknessMm, '00280010': 2, '00280011': 3 })));
const even = Array.from({ length: 20 }, (_, index) => index);

test('a slab takes in what comes nearest to the wanted thickness and says what it covers', () => {
  const volume = thin(even, 1);
  expect(slabAround(volume, 10, 5)).toEqual({ members: [8, 9, 10, 11, 12], thicknessMm: 5 });
  expect(slabAround(volume, 10, 4)).toEqual({ members: [9, 10, 11, 12], thicknessMm: 4 });
  expect(slabAround(volume, 10, 1)).toEqual({ members: [10], thicknessMm: 1 });
  expect(slabAround(volume, 10, 0.1)).toEqual({ members: [10], thicknessMm: 1 });
});

test('at the ends it grows to the other side', () => {
  expect(slabAround(thin(even, 1), 0, 3)).toEqual({ members: [0, 1, 2], thicknessMm: 3 });
  expect(slabAround(thin(even, 1), 19, 3)).toEqual({ members: [17, 18, 19], thicknessMm: 3 });
});

test('overlapping slices and gaps between them count as they are', () => {
  const overlapping = thin(
    even.map((depth) => depth * 2.5),
    5,
  );
  expect(slabAround(overlapping, 10, 10)).toEqual({ members: [9, 10, 11], thicknessMm: 10 });
  const apart = thin(
    even.map((depth) => depth * 7),
    5,
  );
  expect(slabAround(apart, 10, 12)).toEqual({ members: [10, 11], thicknessMm: 12 });
});

test('a slab never reaches across missing slices', () => {
  const volume = thin([0, 1, 2, 3, 4, 8, 9, 10, 11, 12], 1);
  expect(slabAround(volume, 4, 5).members).toEqual([0, 1, 2, 3, 4]);
  expect(slabAround(volume, 5, 5).members).toEqual([5, 6, 7, 8, 9]);
});

test('mean, maximum and minimum, pixel by pixel', () => {
  const volume = thin([0, 1, 2, 3, 4], 1);
  const slices = [
    [0, 10, -5, 7, 1, 2],
    [3, 20, -6, 7, 1, 3],
    [7, 0, -8, 7, 2, 5],
  ].map((values) => Int16Array.from(values));
  const pixels = (mode: 'mean' | 'maximum' | 'minimum') => [
    ...combineSlices(volume, [...slices, undefined, undefined], 1, [0, 1, 2], mode).pixels,
  ];
  expect(pixels('mean')).toEqual([3, 10, -6, 7, 1, 3]);
  expect(pixels('maximum')).toEqual([7, 20, -5, 7, 2, 5]);
  expect(pixels('minimum')).toEqual([0, 0, -8, 7, 1, 2]);
});

test('slices moved by a tilted gantry are moved back before they are combined', () => {
  // Each slice lies one row further down: the same place in the patient is one row higher on the next.
  const volume = volumeGeometry(
    aSeries(
      [
        [0, 0, 0],
        [0, 1, 3],
        [0, 2, 6],
      ],
      () => ({ '00280010': 4, '00280011': 1, '00280030': [1, 1] }),
    ),
  );
  const slices = [
    [1, 2, 3, 4],
    [2, 3, 4, 5],
    [3, 4, 5, 6],
  ].map((values) => Float32Array.from(values));
  const { pixels } = combineSlices(volume, slices, 1, [0, 1, 2], 'mean');
  // Row 1 of the middle slice is row 2 of the first and row 0 of the last; edges repeat.
  expect([...pixels]).toEqual([(2 + 2 + 3) / 3, 3, 4, (4 + 5 + 5) / 3].map(Math.fround));
});
