import { expect, test } from 'vitest';
import { pixelSpacing } from '#shared/dicom/image/spacing.ts';
import { aHeader, items } from '#tests/support/made-images.ts';
import type { Attributes } from '#tests/support/made-images.ts';

const PIXEL_SPACING = '00280030';
const IMAGER_PIXEL_SPACING = '00181164';
const CALIBRATION_TYPE = '00280A02';
const MAGNIFICATION = '00181114';
const NOMINAL_SCANNED = '00182010';
const ASPECT_RATIO = '00280034';

const spacing = (modality: string, attributes: Attributes) => pixelSpacing(aHeader(attributes), modality);
const mm = (rowMm: number, columnMm: number, source: string) => ({ kind: 'mm', rowMm, columnMm, source });

test('a tomogram has the spacing of the patient', () => {
  expect(spacing('CT', { [PIXEL_SPACING]: [0.7, 0.5] })).toEqual(mm(0.7, 0.5, 'pixel-spacing'));
});

test.each(['CR', 'DX', 'MG', 'XA', 'RF', 'IO', 'PX'])(
  'a projection (%s) says which attribute its lengths are of',
  (modality) => {
    const imager = { [IMAGER_PIXEL_SPACING]: [0.2, 0.2] };
    expect(spacing(modality, imager)).toEqual(mm(0.2, 0.2, 'detector'));
    // The same twice is no calibration, PS3.3 section 10.7.1.3.
    expect(spacing(modality, { ...imager, [PIXEL_SPACING]: [0.2, 0.2] })).toEqual(mm(0.2, 0.2, 'detector'));
    expect(spacing(modality, { [PIXEL_SPACING]: [0.2, 0.2] })).toEqual(mm(0.2, 0.2, 'detector'));
    expect(spacing(modality, { ...imager, [PIXEL_SPACING]: [0.15, 0.15] })).toEqual(
      mm(0.15, 0.15, 'calibrated'),
    );
    const named = { ...imager, [PIXEL_SPACING]: [0.2, 0.2], [CALIBRATION_TYPE]: 'FIDUCIAL' };
    expect(spacing(modality, named)).toEqual(mm(0.2, 0.2, 'calibrated'));
  },
);

test('the magnification of a projection counts where it is known', () => {
  const imager = { [IMAGER_PIXEL_SPACING]: [0.3, 0.3] };
  expect(spacing('XA', { ...imager, [MAGNIFICATION]: 1.5 })).toEqual(
    mm(0.3 / 1.5, 0.3 / 1.5, 'imager-corrected'),
  );
  // Equipment that does not know it writes 1, or 0.
  expect(spacing('XA', { ...imager, [MAGNIFICATION]: 1 })).toEqual(mm(0.3, 0.3, 'detector'));
  expect(spacing('XA', { ...imager, [MAGNIFICATION]: 0 })).toEqual(mm(0.3, 0.3, 'detector'));
});

test('a scanned film has the spacing of the film', () => {
  expect(spacing('CR', { [NOMINAL_SCANNED]: [0.17, 0.17] })).toEqual(mm(0.17, 0.17, 'nominal-scanned'));
  expect(spacing('OT', { [NOMINAL_SCANNED]: [0.17, 0.17] })).toEqual(mm(0.17, 0.17, 'nominal-scanned'));
});

test('nothing is taken for 1 mm', () => {
  for (const modality of ['CT', 'MR', 'CR', 'US', 'OT', '']) {
    expect(spacing(modality, {})).toEqual({ kind: 'uncalibrated', heightToWidth: 1 });
    expect(spacing(modality, { [PIXEL_SPACING]: [0, 0] })).toEqual({
      kind: 'uncalibrated',
      heightToWidth: 1,
    });
    expect(spacing(modality, { [PIXEL_SPACING]: [0.5] })).toEqual({ kind: 'uncalibrated', heightToWidth: 1 });
    expect(spacing(modality, { [PIXEL_SPACING]: [-1, -1] })).toEqual({
      kind: 'uncalibrated',
      heightToWidth: 1,
    });
  }
});

test('without lengths pixels still keep their shape', () => {
  expect(spacing('US', { [ASPECT_RATIO]: [6, 5] })).toEqual({ kind: 'uncalibrated', heightToWidth: 1.2 });
  expect(spacing('US', { [ASPECT_RATIO]: [0, 1] })).toEqual({ kind: 'uncalibrated', heightToWidth: 1 });
});

test('ultrasound is measured where all its regions agree in centimetres', () => {
  const region = (unit: number, delta: number): Attributes => ({
    '00186024': unit,
    '00186026': unit,
    '0018602C': delta,
    '0018602E': -delta,
  });
  const regions = (...parts: Attributes[]) => spacing('US', { '00186011': items(...parts) });
  expect(regions(region(3, 0.05))).toEqual(mm(0.5, 0.5, 'ultrasound-regions'));
  expect(regions(region(3, 0.05), region(3, 0.05))).toEqual(mm(0.5, 0.5, 'ultrasound-regions'));
  const unknown = { kind: 'uncalibrated', heightToWidth: 1 };
  expect(regions(region(3, 0.05), region(3, 0.04))).toEqual(unknown);
  // A Doppler curve beside the picture: seconds and cm/s.
  expect(regions(region(3, 0.05), region(4, 0.05))).toEqual(unknown);
  expect(regions(region(3, 0))).toEqual(unknown);
});
