import { expect, test } from 'vitest';
import { suvFactor } from '#shared/dicom/grey-scale/suv.ts';
import { aHeader, items } from '#tests/support/made-images.ts';
import type { Attributes } from '#tests/support/made-images.ts';

const HALF_LIFE_SECONDS = 6586.2;
const DOSE_BQ = 370e6;
const WEIGHT_KG = 70;

const tracer = (more: Attributes = {}): Attributes => ({
  '00181072': '110000',
  '00181074': DOSE_BQ,
  '00181075': HALF_LIFE_SECONDS,
  ...more,
});

/** Injected at 11:00, scanned from 12:00 on. */
const scan: Attributes = {
  '00080021': '20240401',
  '00080031': '120000',
  '00080022': '20240401',
  '00080032': '120000',
  '00101030': WEIGHT_KG,
  '00280051': ['NORM', 'ATTN', 'DECY'],
  '00541001': 'BQML',
  '00541102': 'START',
  '00540016': items(tracer()),
};

const suv = (more: Attributes = {}) => suvFactor(aHeader({ ...scan, ...more }));
const afterHours = (hours: number) => ({
  kind: 'factor',
  factor: expect.closeTo(
    (WEIGHT_KG * 1000) / (DOSE_BQ * 2 ** ((-hours * 3600) / HALF_LIFE_SECONDS)),
    12,
  ) as number,
});
const refused = (reason: string) => ({ kind: 'refused', reason });

test('activity over the dose that is left, per gram of body weight', () => {
  expect(suv()).toEqual(afterHours(1));
});

test('corrected to the injection, nothing has decayed', () => {
  expect(suv({ '00541102': 'ADMIN' })).toEqual(afterHours(0));
});

test('the time of injection with its date goes before the one without', () => {
  expect(suv({ '00540016': items(tracer({ '00181078': '20240401100000' })) })).toEqual(afterHours(2));
});

test('injected before midnight, scanned after it', () => {
  const night = { '00080031': '003000', '00080032': '003000' };
  expect(suv({ ...night, '00540016': items(tracer({ '00181072': '233000' })) })).toEqual(afterHours(1));
});

test('values that are SUV already stay as they are, if they are by body weight', () => {
  expect(suv({ '00541001': 'GML' })).toEqual({ kind: 'factor', factor: 1 });
  expect(suv({ '00541001': 'GML', '00541006': 'LBM' })).toEqual(refused('unknown-units'));
});

test('what is missing is named, and no SUV is invented', () => {
  expect(suv({ '00280051': ['DECY'] })).toEqual(refused('not-attenuation-corrected'));
  expect(suv({ '00280051': undefined })).toEqual(refused('not-attenuation-corrected'));
  expect(suv({ '00280051': ['ATTN'], '00541102': undefined })).toEqual(refused('not-decay-corrected'));
  expect(suv({ '00541102': 'NONE' })).toEqual(refused('not-decay-corrected'));
  expect(suv({ '00541001': 'PROPCNTS' })).toEqual(refused('unknown-units'));
  expect(suv({ '00541001': undefined })).toEqual(refused('unknown-units'));
  expect(suv({ '00101030': undefined })).toEqual(refused('no-weight'));
  expect(suv({ '00101030': 0 })).toEqual(refused('no-weight'));
  expect(suv({ '00540016': undefined })).toEqual(refused('no-dose'));
  expect(suv({ '00540016': items(tracer({ '00181074': 0 })) })).toEqual(refused('no-dose'));
  expect(suv({ '00540016': items(tracer({ '00181075': undefined })) })).toEqual(refused('no-half-life'));
  expect(suv({ '00540016': items(tracer({ '00181072': undefined })) })).toEqual(refused('no-injection-time'));
  expect(suv({ '00540016': items(tracer({ '00181072': '130000' })) })).toEqual(
    refused('injection-after-scan'),
  );
  const untimed = { '00080021': undefined, '00080031': undefined, '00080022': undefined };
  expect(suv(untimed)).toEqual(refused('no-scan-time'));
});

test('a series made after the scan gives no time to decay to', () => {
  // Series Time later than the acquisition: of the reconstruction, not of the scan.
  expect(suv({ '00080031': '150000' })).toEqual(refused('no-scan-time'));
  const general = { '00090010': 'GEMS_PETD_01', '0009100D': '20240401120000' };
  expect(suv({ '00080031': '150000', ...general })).toEqual(afterHours(1));
});

test('counts of Philips scale themselves', () => {
  const philips = { '00541001': 'CNTS', '70530010': 'Philips PET Private Group' };
  expect(suv({ ...philips, '70531000': 0.0005 })).toEqual({ kind: 'factor', factor: 0.0005 });
  expect(suv({ ...philips })).toEqual(refused('unknown-units'));
});
