import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PixelDescription } from '#shared/dicom/pixel-description.ts';
import { decodeRle } from '#shared/dicom/pixels/rle.ts';
import { readDecodedCells } from '#shared/dicom/pixels/stored-frame.ts';

const description = (samplesPerPixel: number, bits: number, columns: number): PixelDescription => ({
  transferSyntaxUid: '1.2.840.10008.1.2.5',
  rows: 1,
  columns,
  samplesPerPixel,
  photometricInterpretation: samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2',
  planarConfiguration: 0,
  bitsAllocated: bits,
  bitsStored: bits,
  highBit: bits - 1,
  isSigned: false,
  element: 'integer',
  modality: { kind: 'linear', slope: 1, intercept: 0 },
});

/** PS3.5 section G.3.1, runs and literals both, with a control byte that means nothing now and then. */
function packBits(plane: readonly number[]): number[] {
  const packed: number[] = [];
  for (let at = 0; at < plane.length;) {
    let run = 1;
    while (run < 128 && plane[at + run] === plane[at]) run++;
    if (run > 2) {
      packed.push(257 - run, plane[at] ?? 0);
      at += run;
    } else {
      const literal = plane.slice(at, at + 5);
      packed.push(literal.length - 1, ...literal, 128);
      at += literal.length;
    }
  }
  return packed;
}

function encode(samples: readonly number[], samplesPerPixel: number, bytesPerCell: number): Uint8Array {
  const segments: number[][] = [];
  for (let sample = 0; sample < samplesPerPixel; sample++) {
    const plane = samples.filter((_, index) => index % samplesPerPixel === sample);
    for (let byte = bytesPerCell - 1; byte >= 0; byte--) {
      segments.push(packBits(plane.map((value) => Math.floor(value / 256 ** byte) % 256)));
    }
  }
  const header = new Uint32Array(16);
  header[0] = segments.length;
  let offset = 64;
  segments.forEach((segment, index) => {
    header[index + 1] = offset;
    offset += segment.length;
  });
  return Uint8Array.from([...new Uint8Array(header.buffer), ...segments.flat()]);
}

const frame = fc
  .tuple(fc.constantFrom(1, 3), fc.constantFrom(8, 16, 32), fc.integer({ min: 1, max: 300 }))
  .chain(([samplesPerPixel, bits, columns]) => {
    const count = samplesPerPixel * columns;
    const value = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 ** bits - 1 }));
    return fc.record({
      samplesPerPixel: fc.constant(samplesPerPixel),
      bits: fc.constant(bits),
      columns: fc.constant(columns),
      samples: fc.array(value, { minLength: count, maxLength: count }),
    });
  });

test('what was packed comes back', () => {
  fc.assert(
    fc.property(frame, ({ samplesPerPixel, bits, columns, samples }) => {
      const described = description(samplesPerPixel, bits, columns);
      const cells = decodeRle(encode(samples, samplesPerPixel, bits / 8), described);
      expect([...readDecodedCells(cells, described).samples]).toEqual(samples);
    }),
    { numRuns: 300, seed: 5 },
  );
});

test('segments that end early, are too many or lie outside are refused', () => {
  const whole = encode([1, 2, 3, 4, 5, 6, 7, 8, 9], 1, 1);
  const corrupt = (bytes: Uint8Array, samplesPerPixel = 1) =>
    expect(() => decodeRle(bytes, description(samplesPerPixel, 8, 9))).toThrow(
      expect.objectContaining({ code: 'corrupt' }),
    );
  corrupt(whole.subarray(0, -4));
  corrupt(whole.subarray(0, 40));
  corrupt(whole, 3);
  const outside = whole.slice();
  outside.set([255, 255, 255, 255], 4);
  corrupt(outside);
});
