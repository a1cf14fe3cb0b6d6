import { decode, encode } from 'fast-png';
import { expect, test } from 'vitest';
import { srgbProfile } from '#shared/dicom/srgb-profile.ts';
import { withColourProfile } from '#renderer/microscopy/png-profile.ts';

test('a still carries the profile its pixels are in, and the same pixels', async () => {
  const data = Uint8Array.from({ length: 20 * 10 * 3 }, (_, index) => (index * 7) % 256);
  const plain = encode({ width: 20, height: 10, channels: 3, depth: 8, data });
  const profiled = decode(
    new Uint8Array(await (await withColourProfile(new Blob([plain.slice()]))).arrayBuffer()),
    {
      checkCrc: true,
    },
  );
  expect(profiled.data).toEqual(data);
  expect(profiled.iccEmbeddedProfile?.name).toBe('sRGB');
  expect(profiled.iccEmbeddedProfile?.profile).toEqual(srgbProfile());
});

test('the profile is one that colour managers read', () => {
  const profile = srgbProfile();
  const view = new DataView(profile.buffer);
  const text = (at: number) => String.fromCharCode(...profile.subarray(at, at + 4));
  expect(view.getUint32(0)).toBe(profile.length);
  expect([text(12), text(16), text(20), text(36)]).toEqual(['scnr', 'RGB ', 'XYZ ', 'acsp']);
  // The three colorants add up to the white of the connection space.
  const tags = new Map(
    Array.from({ length: view.getUint32(128) }, (_, index) => [
      text(132 + index * 12),
      view.getUint32(136 + index * 12),
    ]),
  );
  const sum = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) =>
    [8, 12, 16].map((offset) => view.getInt32((tags.get(name) ?? 0) + offset) / 65536),
  );
  const white = [0, 1, 2].map((axis) => sum.reduce((total, colorant) => total + (colorant[axis] ?? 0), 0));
  for (const [axis, value] of [0.9642, 1, 0.8249].entries()) expect(white[axis]).toBeCloseTo(value, 2);
});
