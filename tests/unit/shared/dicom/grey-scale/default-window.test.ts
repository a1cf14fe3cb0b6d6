import { expect, test } from 'vitest';
import { computedWindow } from '#shared/dicom/grey-scale/default-window.ts';
import type { GreyFrame } from '#shared/dicom/pixel-description.ts';
import { anImage } from '#tests/support/made-images.ts';

const dark: GreyFrame = {
  kind: 'grey',
  pixels: Uint8Array.from({ length: 1000 }, (_, at) => at % 60),
  minimum: 0,
  maximum: 59,
};

test('a picture in 8 bits keeps the brightness it was made with', () => {
  for (const modality of ['US', 'XA', 'OT', 'ES']) {
    const image = anImage({ '00080060': modality, '00280101': 8, '00281052': undefined });
    expect(computedWindow(image, dark)).toEqual({ width: 256, centre: 128 });
  }
});

test('measured values in 8 bits, masks and fewer bits are shown by what is in them', () => {
  for (const [modality, bits] of [
    ['MR', 8],
    ['NM', 8],
    ['SEG', 8],
    ['OT', 6],
  ] as const) {
    const image = anImage({ '00080060': modality, '00280101': bits, '00281052': undefined });
    expect(computedWindow(image, dark).width).toBeLessThan(61);
  }
});
