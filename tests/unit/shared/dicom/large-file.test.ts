import { expect, test } from 'vitest';
import { createWindowedSource } from '#shared/dicom/byte-source.ts';
import { readFileStart } from '#shared/dicom/file-meta.ts';
import { readInstance } from '#shared/dicom/read-instance.ts';
import { vrOf } from '#backend/processes/dictionary.ts';
import { aFile, element, identity, imageShape } from '#tests/support/dicom-files.ts';

const GIB = 1024 ** 3;
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const DELIMITER = Buffer.from('feffdde000000000', 'hex');

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A file that is only written where something stands; everything between is zeros. */
function sparseSource(pieces: readonly Piece[], byteLength: number) {
  let bytesRead = 0;
  const source = createWindowedSource(byteLength, (offset, target) => {
    const length = Math.min(target.byteLength, byteLength - offset);
    target.fill(0, 0, length);
    bytesRead += length;
    for (const piece of pieces) {
      const from = Math.max(offset, piece.offset);
      const to = Math.min(offset + length, piece.offset + piece.bytes.byteLength);
      if (to > from) {
        target.set(piece.bytes.subarray(from - piece.offset, to - piece.offset), from - offset);
      }
    }
    return length;
  });
  return { source, bytesRead: () => bytesRead };
}

/** Fragments of the given lengths, each ending with the marker that ends a code stream if `isMarked`. */
function encapsulated(frames: number, fragments: readonly { byteLength: number; isMarked: boolean }[]) {
  const pixels = element('7FE00010', 'OB', { fragments: [] });
  const file = aFile([...identity(), ...imageShape({ frames }), pixels], {
    claimedTransferSyntaxUid: JPEG_LS,
  });
  const head = file.subarray(0, file.length - DELIMITER.length);
  const pieces: Piece[] = [{ offset: 0, bytes: head }];
  let offset = head.length;
  for (const { byteLength, isMarked } of fragments) {
    const item = Buffer.from('feff00e000000000', 'hex');
    item.writeUInt32LE(byteLength, 4);
    pieces.push({ offset, bytes: item });
    offset += item.length + byteLength;
    if (isMarked) pieces.push({ offset: offset - 2, bytes: Buffer.from('ffd9', 'hex') });
  }
  pieces.push({ offset, bytes: DELIMITER });
  return { ...sparseSource(pieces, offset + DELIMITER.length), firstFragment: head.length };
}

function read({ source, bytesRead, firstFragment }: ReturnType<typeof encapsulated>) {
  const start = readFileStart(source);
  const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const { frames } = readInstance(start, { source, offset: start.dataSetOffset }, { vrOf, toBase64 });
  return { frames, bytesRead: bytesRead(), firstFragment };
}

test('frames beyond 4 GiB are found without reading those before', () => {
  const fragments = Array.from({ length: 8 }, () => ({ byteLength: GIB, isMarked: false }));
  const { frames, bytesRead, firstFragment } = read(encapsulated(8, fragments));
  expect(frames).toHaveLength(8);
  expect(frames[7]).toEqual({
    frameNumber: 8,
    fileOffset: firstFragment + 7 * (GIB + 8) + 8,
    byteLength: GIB,
    bitOffset: 0,
  });
  expect(bytesRead).toBeLessThan(200_000);
});

test('many fragments of frames without any offset table cost a look at each end, not the pixels', () => {
  const count = 20_000;
  const fragments = Array.from({ length: count }, (_, index) => ({
    byteLength: 256 * 1024,
    isMarked: index % 4 === 3,
  }));
  const { frames, bytesRead } = read(encapsulated(count / 4, fragments));
  expect(frames).toHaveLength(count);
  expect(frames.at(-1)).toMatchObject({ frameNumber: count / 4 });
  // 5 GB of fragments: a window for each header and one for each end.
  expect(bytesRead).toBeLessThan(count * 3 * 4096);
});
