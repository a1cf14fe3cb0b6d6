import { expect, test } from 'vitest';
import { describeImages } from '#shared/dicom/image-description.ts';
import { aHeader, anImage, items } from '#tests/support/made-images.ts';
import type { Attributes } from '#tests/support/made-images.ts';

test('an instance without pixels has no images', () => {
  expect(describeImages(aHeader({ '00080060': 'SR' }))).toEqual([]);
});

test('functional groups: the frame goes before what all frames share, and that before the data set', () => {
  const frame = (position: number[], more: Attributes = {}) => ({
    '00209113': items({ '00200032': position }),
    ...more,
  });
  const images = describeImages(
    aHeader({
      '00080060': 'MR',
      '00280008': 3,
      '00280010': 4,
      '00280011': 4,
      '00180050': 9,
      '52009229': items({
        '00209116': items({ '00200037': [1, 0, 0, 0, 1, 0] }),
        '00289110': items({ '00280030': [2, 1], '00180050': 3 }),
        '00289132': items({ '00281050': 40, '00281051': 80 }),
      }),
      '52009230': items(
        frame([0, 0, 1]),
        frame([0, 0, 2], { '00289132': items({ '00281050': [50, 60], '00281051': [100, 0] }) }),
        frame([0, 0, 3], { '00189117': items({ '00189087': 800, '00189075': 'ISOTROPIC' }) }),
      ),
    }),
  );
  expect(images.map((image) => image.plane?.positionMm[2])).toEqual([1, 2, 3]);
  expect(images.map((image) => image.frameNumber)).toEqual([1, 2, 3]);
  expect(images.map((image) => image.sliceThicknessMm)).toEqual([3, 3, 3]);
  expect(images[0]?.spacing).toEqual({ kind: 'mm', rowMm: 2, columnMm: 1, source: 'pixel-spacing' });
  expect(images.map((image) => image.voi.windows.map(({ width }) => width))).toEqual([[80], [100], [80]]);
  expect(images[2]?.diffusion).toEqual({ bValue: 800, isIsotropic: true });
  expect(images[0]?.diffusion).toBeUndefined();
});

test('windows narrower than they may be are not used', () => {
  const widths = (voiFunction: string | undefined) =>
    anImage({ '00281050': [1, 2, 3], '00281051': [0, 0.5, 1], '00281056': voiFunction }).voi.windows.map(
      ({ width }) => width,
    );
  expect(widths(undefined)).toEqual([1]);
  expect(widths('SIGMOID')).toEqual([0.5, 1]);
  expect(anImage({ '00281056': 'LINEAR_EXACT' }).voi.function).toBe('LINEAR_EXACT');
  expect(anImage({ '00281056': 'SIGMOIDAL' }).voi.function).toBe('LINEAR');
});

test('a derived CT of unspecified unit is not taken for Hounsfield units', () => {
  const unitOf = (attributes: Attributes) => anImage(attributes).unit;
  expect(unitOf({})).toBe('HU');
  expect(unitOf({ '00281054': 'US' })).toBe('HU');
  expect(unitOf({ '00281054': 'US', '00080008': ['DERIVED', 'PRIMARY', 'PERFUSION'] })).toBe('');
  expect(unitOf({ '00281054': 'HU', '00080008': ['DERIVED', 'PRIMARY', 'MPR'] })).toBe('HU');
});

test('Patient Orientation is kept where it names directions of a person', () => {
  expect(anImage({ '00200020': ['L', 'F'] }).patientOrientation).toEqual({
    rowDirection: [1, 0, 0],
    columnDirection: [0, 0, -1],
  });
  expect(anImage({ '00200020': ['CR', 'CAUDAL'] }).patientOrientation).toBeUndefined();
  expect(anImage({}).patientOrientation).toBeUndefined();
});
