import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeStamp, encodeStamp, stripHeight } from '#renderer/microscopy/frame-stamp.ts';

const tenths = (limit: number) => fc.integer({ min: -limit, max: limit }).map((value) => value / 10);
const stamps = fc.record({
  deviceTimeMs: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  positionUm: fc.record({ x: tenths(2 ** 27 - 1), y: tenths(2 ** 27 - 1), z: tenths(2 ** 19 - 1) }),
  objectiveId: fc.option(fc.integer({ min: 1, max: 8 })),
});
const levelsOf = (bits: Uint8Array): number[] => Array.from(bits, (bit) => (bit === 1 ? 230 : 20));

describe('frame stamp', () => {
  it('gives back what was stamped', () => {
    fc.assert(
      fc.property(stamps, (stamp) => {
        expect(decodeStamp(levelsOf(encodeStamp(stamp)))).toEqual(stamp);
      }),
    );
  });

  it('refuses a strip with any one to three cells turned', () => {
    const cells = fc.uniqueArray(fc.nat({ max: 127 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(stamps, cells, (stamp, turned) => {
        const bits = encodeStamp(stamp);
        for (const cell of turned) bits[cell] = 1 - (bits[cell] ?? 0);
        expect(decodeStamp(levelsOf(bits))).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses grey cells, blank strips and pictures', () => {
    const stamp = { deviceTimeMs: 1, positionUm: { x: 0, y: 0, z: 0 }, objectiveId: 1 };
    const levels = levelsOf(encodeStamp(stamp));
    levels[50] = 128;
    expect(decodeStamp(levels)).toBeUndefined();
    for (const level of [0, 128, 255]) {
      expect(decodeStamp(Array.from({ length: 128 }, () => level))).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 255 }), { minLength: 128, maxLength: 128 }), (picture) => {
        expect(decodeStamp(picture)).toBeUndefined();
      }),
    );
  });

  it('keeps positions beyond its range at the range, and rounds to 0.1 µm', () => {
    const positionUm = { x: 1e12, y: -1e12, z: 0.26 };
    const read = decodeStamp(levelsOf(encodeStamp({ deviceTimeMs: 12.6, positionUm, objectiveId: 3 })));
    expect(read).toEqual({
      deviceTimeMs: 13,
      positionUm: { x: (2 ** 27 - 1) / 10, y: -(2 ** 27) / 10, z: 0.3 },
      objectiveId: 3,
    });
  });

  it('takes 16 rows of 720 and 8 of 360', () => {
    expect([720, 360, 1080].map(stripHeight)).toEqual([16, 8, 24]);
  });
});
