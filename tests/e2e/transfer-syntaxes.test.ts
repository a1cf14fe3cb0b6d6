// Every transfer syntax that is decoded, on files made here: against their source and against other decoders.
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CodecPool } from '#backend/processes/codec-pool.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { openDecodePage } from '#tests/support/decode-page.ts';
import type { DecodePage } from '#tests/support/decode-page.ts';
import { readFileFrames } from '#tests/support/dicom-frames.ts';
import { writeEncodedFiles } from '#tests/support/encoded-files.ts';
import type { EncodedFile } from '#tests/support/encoded-files.ts';
import { difference, framesOf, inBrowser, inProcess } from '#tests/support/pixel-comparison.ts';
import type { Frame, Pixels } from '#tests/support/pixel-comparison.ts';
import { decodeReferences } from '#tests/support/reference-pixels.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const folder = temporaryDirectory();
const target = temporaryDirectory();
const work = temporaryDirectory();
const codec = new CodecPool(forkHelper, 2);
let page: DecodePage;
let cases: { encoded: EncodedFile; frame: Frame }[] = [];
let withoutReference: string[] = [];

beforeAll(async () => {
  page = await openDecodePage();
  const files = await writeEncodedFiles(folder.path, work.path);
  const { references, missing } = await decodeReferences(folder.path, target.path);
  withoutReference = missing.map(({ file, reason }) => `${file}: ${reason}`);
  cases = files.flatMap((encoded) => {
    const reference = references.find(({ file }) => file === path.basename(encoded.file));
    if (!reference) return [];
    return framesOf(readFileFrames(encoded.file), reference).map((frame) => ({ encoded, frame }));
  });
}, 300_000);

afterAll(async () => {
  codec.close();
  await page?.close();
  folder.remove();
  target.remove();
  work.remove();
});

/** All that is wrong: against the other decoder, and against what was encoded. */
function wrongOf(pixels: readonly (Pixels | string)[]): string[] {
  return cases.flatMap(({ encoded, frame }, index) => {
    const name = path.basename(encoded.file);
    const decoded = pixels[index];
    if (decoded === undefined || typeof decoded === 'string') return [`${name}: ${decoded}`];
    const found = difference(decoded, frame);
    const fromSource = furthest(decoded.values, encoded.source.pixels);
    return [
      ...(found ? [`${name}: ${found} from ${frame.of.decoder}`] : []),
      ...(fromSource <= encoded.tolerance ? [] : [`${name}: up to ${fromSource} from its source`]),
    ];
  });
}

function furthest(values: ArrayLike<number>, source: ArrayLike<number>): number {
  if (values.length !== source.length) return Infinity;
  let largest = 0;
  for (let at = 0; at < source.length; at++) {
    largest = Math.max(largest, Math.abs((values[at] ?? NaN) - (source[at] ?? NaN)));
  }
  return largest;
}

test('every file has an independent decoder', () => {
  expect(withoutReference).toEqual([]);
  expect(cases.length).toBeGreaterThan(90);
});

test('the page decodes them', async () => {
  expect(
    wrongOf(
      await inBrowser(
        page,
        cases.map(({ frame }) => frame),
      ),
    ),
  ).toEqual([]);
});

test('the codec process decodes them', async () => {
  expect(wrongOf(await Promise.all(cases.map(({ frame }) => inProcess(codec, frame))))).toEqual([]);
});
