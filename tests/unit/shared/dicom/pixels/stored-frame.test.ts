import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PixelDescription } from '#shared/dicom/pixel-description.ts';
import { alignBits, toLittleEndian, unpackBits } from '#shared/dicom/pixels/bytes.ts';
import { readDecodedCells, readNativeFrame } from '#shared/dicom/pixels/stored-frame.ts';

const plain: PixelDescription = {
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  rows: 1,
  columns: 1,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  planarConfiguration: 0,
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  isSigned: false,
  element: 'integer',
  modality: { kind: 'linear', slope: 1, intercept: 0 },
};

/** Any legal place of a value in its word, with any rubbish in the bits around it. */
const word = fc
  .constantFrom(8, 16, 32)
  .chain((bitsAllocated) => fc.tuple(fc.constant(bitsAllocated), fc.integer({ min: 1, max: bitsAllocated })))
  .chain(([bitsAllocated, bitsStored]) =>
    fc.record({
      bitsAllocated: fc.constant(bitsAllocated),
      bitsStored: fc.constant(bitsStored),
      highBit: fc.integer({ min: bitsStored - 1, max: bitsAllocated - 1 }),
      isSigned: fc.boolean(),
      bits: fc.bigInt({ min: 0n, max: (1n << BigInt(bitsStored)) - 1n }),
      rubbish: fc.bigInt({ min: 0n, max: (1n << BigInt(bitsAllocated)) - 1n }),
    }),
  );

test('a stored value is found wherever High Bit puts it, whatever the unused bits hold', () => {
  fc.assert(
    fc.property(word, ({ bitsAllocated, bitsStored, highBit, isSigned, bits, rubbish }) => {
      const shift = BigInt(highBit - bitsStored + 1);
      const mask = ((1n << BigInt(bitsStored)) - 1n) << shift;
      const stored = (rubbish & ~mask) | (bits << shift);
      const bytes = new Uint8Array(bitsAllocated / 8);
      for (let index = 0; index < bytes.length; index++) {
        bytes[index] = Number((stored >> BigInt(index * 8)) & 0xffn);
      }
      const description = { ...plain, bitsAllocated, bitsStored, highBit, isSigned };
      const expected = isSigned ? BigInt.asIntN(bitsStored, bits) : bits;
      if (bitsAllocated > 8) {
        const turned = toLittleEndian(bytes.toReversed(), bitsAllocated, 'OW');
        expect([...readNativeFrame(turned, description).samples]).toEqual([Number(expected)]);
      }
      expect([...readNativeFrame(bytes, description).samples]).toEqual([Number(expected)]);
    }),
    { numRuns: 2000, seed: 20 },
  );
});

test('8-bit pixels in big-endian words come out in the order of the pixels', () => {
  expect([...toLittleEndian(Uint8Array.of(2, 1, 4, 3), 8, 'OW')]).toEqual([1, 2, 3, 4]);
  expect([...toLittleEndian(Uint8Array.of(1, 2, 3, 4), 8, 'OB')]).toEqual([1, 2, 3, 4]);
});

test('1-bit frames start at any bit', () => {
  const bits = [1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1];
  for (let offset = 0; offset < 8; offset++) {
    const bytes = new Uint8Array(4);
    bits.forEach((bit, index) => {
      const at = index + offset;
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at & 7));
    });
    expect([...unpackBits(bytes, offset, bits.length)]).toEqual(bits);
    const aligned = alignBits(bytes, offset, bits.length);
    expect(aligned).toHaveLength(3);
    expect([...unpackBits(aligned, 0, 24)]).toEqual([...bits, 0, 0, 0, 0, 0]);
    const description = {
      ...plain,
      rows: 1,
      columns: bits.length,
      bitsAllocated: 1,
      bitsStored: 1,
      highBit: 0,
    };
    expect([...readNativeFrame(bytes, description, offset).samples]).toEqual(bits);
  }
});

test('planes become pixels', () => {
  const description = {
    ...plain,
    columns: 2,
    samplesPerPixel: 3,
    planarConfiguration: 1,
    photometricInterpretation: 'RGB',
    bitsAllocated: 8,
    bitsStored: 8,
    highBit: 7,
  };
  const read = readNativeFrame(Uint8Array.of(1, 2, 3, 4, 5, 6), description);
  expect([...read.samples]).toEqual([1, 3, 5, 2, 4, 6]);
});

test("Node's buffers, wherever they begin, are read like any bytes", () => {
  const odd = Buffer.from([9, 1, 2, 3, 4, 5, 6]).subarray(1);
  expect([...readNativeFrame(odd, { ...plain, columns: 3 }).samples]).toEqual([0x0201, 0x0403, 0x0605]);
  const planar = {
    ...plain,
    columns: 2,
    samplesPerPixel: 3,
    planarConfiguration: 1,
    bitsAllocated: 8,
    bitsStored: 8,
    highBit: 7,
  };
  expect([...readNativeFrame(odd, planar).samples]).toEqual([1, 3, 5, 2, 4, 6]);
});

test('YBR_FULL_422 shares one pair of differences between two pixels', () => {
  const description = {
    ...plain,
    columns: 2,
    samplesPerPixel: 3,
    photometricInterpretation: 'YBR_FULL_422',
    bitsAllocated: 8,
    bitsStored: 8,
    highBit: 7,
  };
  const read = readNativeFrame(Uint8Array.of(10, 20, 100, 200), description);
  expect([...read.samples]).toEqual([10, 100, 200, 20, 100, 200]);
  expect(read.photometricInterpretation).toBe('YBR_FULL');
});

test('a frame that is too short or too large is refused', () => {
  const short = () => readNativeFrame(new Uint8Array(7), { ...plain, rows: 2, columns: 2 });
  expect(short).toThrow(expect.objectContaining({ code: 'corrupt' }));
  const large = () => readNativeFrame(new Uint8Array(7), { ...plain, rows: 65_535, columns: 65_535 });
  expect(large).toThrow(expect.objectContaining({ code: 'too-large' }));
});

const cells = {
  bitsPerCell: 16 as const,
  isSigned: false,
  photometricInterpretation: 'MONOCHROME2',
  planarConfiguration: 0 as const,
};
const littleEndian = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);

test('lossless encoders that kept unused bits, and those that did not, give the same values', () => {
  const description = { ...plain, columns: 2, bitsStored: 12, highBit: 11, isSigned: true };
  const whole = { ...cells, bytes: littleEndian(0xf7ff, 0x0800), precision: 16, isExact: true };
  const bare = { ...cells, bytes: littleEndian(0x7ff, 0x800), precision: 12, isExact: true };
  expect([...readDecodedCells(whole, description).samples]).toEqual([2047, -2048]);
  expect([...readDecodedCells(bare, description).samples]).toEqual([2047, -2048]);
});

test('lossy values outside of Bits Stored are limited to it, not wrapped', () => {
  const read = (values: number[], isSigned: boolean, isCodestreamSigned: boolean) => {
    const description = { ...plain, columns: values.length, bitsStored: 12, highBit: 11, isSigned };
    const bytes = littleEndian(...values);
    const overshot = { ...cells, bytes, precision: 16, isSigned: isCodestreamSigned, isExact: false };
    return [...readDecodedCells(overshot, description).samples];
  };
  expect(read([4100, 7], false, false)).toEqual([4095, 7]);
  expect(read([2050, 0xf7f0, 0xfff9], true, true)).toEqual([2047, -2048, -7]);
  expect(read([2050, 0xfff9], true, false)).toEqual([2047, -7]);
});

test('8-bit cells of a signed code stream keep their sign in 16-bit pixels', () => {
  const description = { ...plain, bitsStored: 12, highBit: 11, isSigned: true };
  const narrow = {
    ...cells,
    bytes: Uint8Array.of(0xfe),
    bitsPerCell: 8 as const,
    precision: 8,
    isSigned: true,
    isExact: true,
  };
  expect([...readDecodedCells(narrow, description).samples]).toEqual([-2]);
  expect([...readDecodedCells({ ...narrow, isSigned: false }, description).samples]).toEqual([254]);
});
