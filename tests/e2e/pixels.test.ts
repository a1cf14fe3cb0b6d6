import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PixelDescription } from '#shared/dicom/pixel-description.ts';
import { CodecPool } from '#backend/processes/codec-pool.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { openDecodePage } from '#tests/support/decode-page.ts';
import type { DecodePage } from '#tests/support/decode-page.ts';
import { readFileFrames } from '#tests/support/dicom-frames.ts';
import { difference, framesOf, inBrowser, inProcess } from '#tests/support/pixel-comparison.ts';
import type { Frame, Pixels } from '#tests/support/pixel-comparison.ts';
import { decodeReferences, sampleFolder } from '#tests/support/reference-pixels.ts';
import type { NoReference, Reference } from '#tests/support/reference-pixels.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

/** Files no frame of which can be right, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  'fo-dicom/multiframe.dcm': 'its outer tiles are compressed smaller than Rows and Columns say',
};

/** Files others cannot decode, or cannot decode alone, and why that is no loss. */
const WITHOUT_REFERENCE: Readonly<Record<string, string>> = {
  'pydicom-data/JLSL_08_07_0_1F.dcm': 'DCMTK refuses 7-bit JPEG-LS',
  'pydicom/test_files/JPEG2000-embedded-sequence-delimiter.dcm': 'its code stream is damaged on purpose',
  'pydicom/test_files/MR_truncated.dcm': 'truncated on purpose',
  'pydicom/test_files/SC_rgb_jpeg.dcm': 'its header is broken on purpose',
  'pydicom/test_files/badVR.dcm': 'its header is broken on purpose',
  'pydicom/test_files/meta_missing_tsyntax.dcm': 'holds no image',
  'pydicom/test_files/nested_priv_SQ.dcm': 'holds no image',
};

const target = temporaryDirectory();
const codec = new CodecPool(forkHelper, 2);
let page: DecodePage;
let references: Reference[] = [];
let missing: NoReference[] = [];

beforeAll(async () => {
  page = await openDecodePage();
  if (existsSync(sampleFolder)) {
    ({ references, missing } = await decodeReferences(sampleFolder, target.path));
  }
}, 300_000);

afterAll(async () => {
  codec.close();
  await page?.close();
  target.remove();
});

/** Decoded together, to spare round trips; few enough to be held in memory. */
const FRAMES_AT_ONCE = 100;

async function wrongFrames(
  decode: (frames: readonly Frame[]) => Promise<(Pixels | string)[]>,
): Promise<{ wrong: string[]; compared: Map<string, number> }> {
  const wrong: string[] = [];
  const compared = new Map<string, number>();
  const compare = async (frames: readonly Frame[]) => {
    for (const [index, pixels] of (await decode(frames)).entries()) {
      const frame = frames[index];
      if (!frame) continue;
      const { file, decoder } = frame.of;
      const found = typeof pixels === 'string' ? pixels : difference(pixels, frame);
      if (found) wrong.push(`${file}: ${found}`);
      else compared.set(decoder, (compared.get(decoder) ?? 0) + 1);
    }
  };
  const batch: Frame[] = [];
  for (const reference of references) {
    if (REFUSED[reference.file]) continue;
    batch.push(...framesOf(readFileFrames(path.join(sampleFolder, reference.file)), reference));
    if (batch.length >= FRAMES_AT_ONCE) await compare(batch.splice(0));
  }
  await compare(batch);
  return { wrong, compared };
}

describe('every real file, against other decoders', () => {
  beforeEach((context) => {
    if (!existsSync(sampleFolder)) context.skip('the folder of public sample files is not there');
  });

  test('files without an independent decoder are known by name', () => {
    for (const { file, reason } of missing) console.log(`no reference: ${file}: ${reason}`);
    expect(missing.map(({ file }) => file).sort()).toEqual(Object.keys(WITHOUT_REFERENCE).sort());
    expect(references.length).toBeGreaterThan(500);
  });

  test('the page decodes them value for value', async () => {
    const { wrong, compared } = await wrongFrames((frames) => inBrowser(page, frames));
    for (const [decoder, count] of compared) console.log(`page: ${count} frames equal to ${decoder}`);
    expect(wrong).toEqual([]);
  }, 600_000);

  test('the codec process decodes them value for value', async () => {
    const { wrong, compared } = await wrongFrames((frames) =>
      Promise.all(frames.map((frame) => inProcess(codec, frame))),
    );
    for (const [decoder, count] of compared) console.log(`process: ${count} frames equal to ${decoder}`);
    expect(wrong).toEqual([]);
  }, 600_000);
});

const plain: PixelDescription = {
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  rows: 2,
  columns: 2,
  samplesPerPixel: 1,
  photometricInterpretation: 'MONOCHROME2',
  planarConfiguration: 0,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  isSigned: false,
  element: 'integer',
  modality: { kind: 'linear', slope: 1, intercept: -1000 },
  padding: { from: 0, to: 0 },
};

const RLE = '1.2.840.10008.1.2.5';

/** RLE of one value everywhere: a few kilobytes that take long to unpack. */
function slowFrame(side: number): { bytes: Uint8Array; description: PixelDescription } {
  const runs = Array.from({ length: Math.ceil((side * side) / 128) }, () => [129, 7]).flat();
  const header = new Uint32Array(16);
  header.set([2, 64, 64 + runs.length]);
  const bytes = Uint8Array.from([...new Uint8Array(header.buffer), ...runs, ...runs]);
  return { bytes, description: { ...plain, transferSyntaxUid: RLE, rows: side, columns: side } };
}

describe('the page', () => {
  const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
  const order = (id: number, description: PixelDescription) => ({
    id,
    description,
    bitOffset: 0,
    byUrl: true,
  });

  test('believes the server about what it sends, not the header', async () => {
    const labelled = { ...plain, transferSyntaxUid: '1.2.840.10008.1.2.4.90' };
    const { reports, pixelsOf } = await page.decode([order(1, labelled)], () => words(0, 1, 4095, 0xf002));
    expect(reports[0]).toMatchObject({ kind: 'grey', type: 'Int16Array', minimum: -999, maximum: 3095 });
    expect([...new Int16Array(new Uint8Array(pixelsOf(1) ?? []).buffer)]).toEqual([-1000, -999, 3095, -998]);
  });

  test('says which frame is broken and goes on with the others', async () => {
    const contentTypeOf = (id: number) =>
      `application/octet-stream; transfer-syntax=${id % 2 === 0 ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2.4.90'}`;
    const orders = Array.from({ length: 8 }, (_, id) => order(id, plain));
    const { reports } = await page.decode(orders, () => words(1, 2, 3, 4), { contentTypeOf });
    expect(reports.filter(({ id }) => id % 2 === 0).every(({ kind }) => kind === 'grey')).toBe(true);
    expect(reports.filter(({ id }) => id % 2 === 1).map(({ failure }) => failure?.code)).toEqual(
      Array.from({ length: 4 }, () => 'corrupt'),
    );
  });

  test('ends a worker that hangs, and only its frame fails', async () => {
    const slow = slowFrame(9000);
    const orders = [order(0, plain), order(1, slow.description), order(2, plain), order(3, plain)];
    const { reports } = await page.decode(orders, (id) => (id === 1 ? slow.bytes : words(1, 2, 3, 4)), {
      decoder: { workers: 1, frameTimeoutMs: 100 },
      contentTypeOf: (id) => `application/octet-stream${id === 1 ? `; transfer-syntax=${RLE}` : ''}`,
    });
    const outcomes = reports
      .toSorted((a, b) => a.id - b.id)
      .map(({ kind, failure }) => kind ?? failure?.code);
    expect(outcomes).toEqual(['grey', 'timeout', 'grey', 'grey']);
  });

  test('gives up at once when told to', async () => {
    const slow = slowFrame(9000);
    await page.decode([], () => slow.bytes, {
      contentTypeOf: () => `application/octet-stream; transfer-syntax=${RLE}`,
    });
    const outcome = await page.page.evaluate(
      (description) => globalThis.cancelSoon(description, '/frame/1'),
      slow.description,
    );
    expect(outcome).toEqual({ code: 'cancelled', next: 'grey' });
  });
});

describe('the codec process', () => {
  test('is replaced when it dies, and only its frame fails', async () => {
    const spawned: ReturnType<typeof forkHelper>[] = [];
    const pool = new CodecPool((role) => {
      const child = forkHelper(role);
      spawned.push(child);
      return child;
    }, 1);
    const slow = slowFrame(9000);
    const running = pool.run({ kind: 'decode', frame: { ...slow, bitOffset: 0 } });
    const frame = { bytes: new Uint8Array(8), description: plain, bitOffset: 0 };
    const waiting = pool.run({ kind: 'decode', frame });
    spawned[0]?.kill();
    await expect(running).rejects.toMatchObject({ code: 'crashed' });
    expect((await waiting).bytes).toHaveLength(8);
    expect(spawned).toHaveLength(2);
    pool.close();
  });

  test('stops working on what nobody waits for', async () => {
    const pool = new CodecPool(forkHelper, 1);
    const slow = slowFrame(16_000);
    const controller = new AbortController();
    const running = pool.run({ kind: 'decode', frame: { ...slow, bitOffset: 0 } }, controller.signal);
    const abandoned = pool.run({ kind: 'decode', frame: { ...slow, bitOffset: 0 } }, controller.signal);
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await expect(abandoned).rejects.toMatchObject({ code: 'cancelled' });
    const frame = { bytes: new Uint8Array(8), description: plain, bitOffset: 0 };
    expect((await pool.run({ kind: 'decode', frame })).bytes).toHaveLength(8);
    pool.close();
  });

  test('refuses what is corrupt or asks for more memory than a frame may have', async () => {
    const of = (description: Partial<PixelDescription>, bytes = new Uint8Array(8)) =>
      codec.run({
        kind: 'decode',
        frame: { bytes, description: { ...plain, ...description }, bitOffset: 0 },
      });
    await expect(of({ rows: 65_535, columns: 65_535 })).rejects.toMatchObject({ code: 'too-large' });
    await expect(of({ rows: 3 })).rejects.toMatchObject({ code: 'corrupt' });
    await expect(of({ transferSyntaxUid: '1.2.840.10008.1.2.4.80' })).rejects.toMatchObject({
      code: 'corrupt',
    });
    await expect(of({ transferSyntaxUid: '1.2.840.10008.1.2.8.1' })).rejects.toMatchObject({
      code: 'corrupt',
    });
    await expect(of({ transferSyntaxUid: '1.2.840.10008.1.2.4.102' })).rejects.toMatchObject({
      code: 'corrupt',
    });
  });
});
