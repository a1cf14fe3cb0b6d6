import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstText, numbers } from '#shared/dicom/attributes.ts';
import type { ReadInstance } from '#shared/dicom/read-instance.ts';
import { reconstructHead } from '#backend/processes/phantom/head-ct.ts';
import { scanBrain } from '#backend/processes/phantom/brain-mr.ts';
import { chestVoiLut, exposeChest } from '#backend/processes/phantom/chest-radiograph.ts';
import { sampleFiles } from '#backend/processes/phantom/sample-study.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { IngestPool } from '#backend/services/archive/ingest-pool.ts';
import { readFromMemory } from '#tests/support/dicom-files.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

/** Small enough for a test; everything but the number of pixels is as in the first run. */
const options = { seed: 5, language: 'ja', size: 64, thinSlices: 10 } as const;

const folder = temporaryDirectory();
const instances: ReadInstance[] = [];
let bytesReported = 0;

beforeAll(async () => {
  const pool = new IngestPool(forkHelper, 1);
  const result = await pool.generateSample(folder.path, options, (bytesDone) => (bytesReported = bytesDone));
  pool.close();
  expect(result).toEqual({ ok: true, files: readdirSync(folder.path).length });
  for (const name of readdirSync(folder.path)) {
    instances.push(readFromMemory(readFileSync(path.join(folder.path, name))));
  }
});
afterAll(() => folder.remove());

test('a helper writes the sample study and says how far it is', () => {
  // Two kernels thin and thick, the prior thick only, 22 slices of each MR image, one radiograph.
  expect(instances).toHaveLength(2 * 10 + 2 * 2 + 2 * 2 + 22 * 8 + 1);
  const written = readdirSync(folder.path).map((name) => readFileSync(path.join(folder.path, name)).length);
  expect(bytesReported).toBe(written.reduce((sum, length) => sum + length, 0));
});

test('dciodvfy finds no error in any kind of image', () => {
  const kinds = new Map(readdirSync(folder.path).map((name) => [name.replace(/\d+\.dcm$/, ''), name]));
  expect(kinds.size).toBe(4 + 2 + 6 + 1);
  for (const name of kinds.values()) {
    const { stderr, stdout } = spawnSync('/usr/bin/dciodvfy', ['-new', path.join(folder.path, name)], {
      encoding: 'utf8',
    });
    expect(
      `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('Error')),
      name,
    ).toEqual([]);
    expect(`${stdout}${stderr}`, name).toMatch(/^(CTImage|MRImage|CRImage)/m);
  }
});

test('the same seed gives the same files, another seed other UIDs', () => {
  const digest = (seed: number) => {
    const hash = createHash('sha256');
    for (const { name, pieces } of sampleFiles({ ...options, seed, size: 32, thinSlices: 5 })) {
      hash.update(name);
      for (const piece of pieces) hash.update(piece);
    }
    return hash.digest('hex');
  };
  expect(digest(1)).toBe(digest(1));
  expect(digest(1)).not.toBe(digest(2));
});

test('patients have names in three groups that say they are none', () => {
  const names = new Set(instances.map(({ summary }) => JSON.stringify(summary.patient.name)));
  expect(names).toEqual(
    new Set([
      '{"Alphabetic":"PHANTOM^HANAKO","Ideographic":"模擬^花子","Phonetic":"ファントム^ハナコ"}',
      '{"Alphabetic":"PHANTOM^TAROU","Ideographic":"模擬^太郎","Phonetic":"ファントム^タロウ"}',
    ]),
  );
  for (const { metadata } of instances) expect(firstText(metadata, '00100200')).toBe('YES');
});

test('four studies, two of them of the same patient and body part', () => {
  const studies = new Map(instances.map(({ summary }) => [summary.studyUid, summary]));
  expect(studies.size).toBe(4);
  const heads = [...studies.values()].filter(({ series }) => series.bodyPart === 'HEAD');
  expect(new Set(heads.map(({ patient }) => patient.id)).size).toBe(1);
  expect(heads.map(({ study }) => study.date).sort()).toEqual(['20261117', '20261120']);
});

test('series have what hanging rules look at', () => {
  const facts = (tags: readonly string[]) =>
    new Set(instances.map(({ metadata }) => tags.map((tag) => firstText(metadata, tag)).join(' | ')));
  expect([...facts(['00080060', '00181210', '00180050'])].sort()).toEqual([
    'CR |  | ',
    'CT | H31s | 1',
    'CT | H31s | 5',
    'CT | H70h | 1',
    'CT | H70h | 5',
    'MR |  | 5',
  ]);
  const diffusion = instances.filter(({ metadata }) => metadata['00189087']);
  expect(new Set(diffusion.map(({ metadata }) => numbers(metadata, '00189087')?.[0]))).toEqual(
    new Set([0, 1000]),
  );
  expect(facts(['00180086', '00180081']).size).toBeGreaterThan(5);
});

const brainCt = (size: number) =>
  [
    ...reconstructHead({
      seed: 5,
      size: 128,
      thinSlices: 30,
      thinMm: 5,
      lesion: { kind: 'haematoma', size },
    }),
  ].filter(({ kernel, isThick }) => kernel === 'standard' && !isThick);

/** x to the patient's left, y to the back. */
const hu = (pixels: Uint16Array, xMm: number, yMm: number) => {
  const pixel = (mm: number) => Math.round((mm + 115) / (230 / 128) - 0.5);
  return (pixels[pixel(yMm) * 128 + pixel(xMm)] ?? 0) - 1024;
};

/** Share of pixels of a CT in a range of HU. */
const share = (slices: readonly { pixels: Uint16Array }[], from: number, to: number) => {
  const all = slices.reduce((sum, { pixels }) => sum + pixels.length, 0);
  const inside = slices.reduce(
    (sum, { pixels }) => sum + pixels.filter((value) => value - 1024 >= from && value - 1024 < to).length,
    0,
  );
  return inside / all;
};

test('a head CT has air, brain, bone, and a bleeding on the left that has grown', () => {
  const slices = brainCt(1);
  expect(share(slices, -1024, -900)).toBeGreaterThan(0.4);
  expect(share(slices, 10, 55)).toBeGreaterThan(0.12);
  expect(share(slices, 600, 2000)).toBeGreaterThan(0.04);
  const bright = (size: number, side: 1 | -1) => {
    let pixels = 0;
    for (const slice of brainCt(size)) {
      for (let xMm = 10; xMm < 50; xMm += 2) {
        for (let yMm = -20; yMm < 30; yMm += 2) {
          if (slice.zMm > -20 && slice.zMm < 40 && hu(slice.pixels, side * xMm, yMm) > 56) pixels++;
        }
      }
    }
    return pixels;
  };
  expect(bright(1, 1)).toBeGreaterThan(1.5 * bright(0.6, 1));
  expect(bright(1, 1)).toBeGreaterThan(5 * bright(1, -1));
});

test('a thick slice is quieter than a thin one', () => {
  const slices = [...reconstructHead({ seed: 5, size: 128, thinSlices: 75, thinMm: 1 })];
  const deviation = (isThick: boolean) => {
    // Inside the lower brain the anatomy varies less than the noise of one pixel to the next.
    const { pixels } = slices.filter((each) => each.kernel === 'bone' && each.isThick === isThick).at(-1) ?? {
      pixels: new Uint16Array(0),
    };
    let sum = 0;
    for (let index = 64 * 128 + 50; index < 64 * 128 + 80; index++) {
      sum += Math.abs((pixels[index] ?? 0) - (pixels[index + 1] ?? 0));
    }
    return sum;
  };
  expect(deviation(true)).toBeLessThan(0.7 * deviation(false));
});

test('a fresh infarct is bright in diffusion and dark in its map', () => {
  const slices = [...scanBrain({ seed: 6, size: 128, lesion: { kind: 'infarct', size: 0.75 } })].filter(
    ({ zMm }) => zMm === 10,
  );
  const mean = (series: string, bValue: number | undefined, xMm: number) => {
    const found = slices.find(({ sequence }) => sequence.series === series && sequence.bValue === bValue);
    if (!found) throw new Error(`no ${series}`);
    const spacing = 230 / found.size;
    const pixel = (mm: number) => Math.round((mm + 115) / spacing - 0.5);
    return found.pixels[pixel(6) * found.size + pixel(xMm)] ?? 0;
  };
  expect(mean('DWI', 1000, 27)).toBeGreaterThan(1.3 * mean('DWI', 1000, -27));
  expect(mean('ADC', undefined, 27)).toBeLessThan(0.8 * mean('ADC', undefined, -27));
});

test('a chest radiograph shows bone with small values, and its table keeps their order', () => {
  const { rows, columns, pixels } = exposeChest({ seed: 7, columns: 128 });
  expect(rows / columns).toBeCloseTo(1.2, 1);
  const at = (uMm: number, vMm: number) => {
    const column = Math.round(((uMm + 175) / 350) * columns);
    return pixels[Math.round((vMm / 420) * rows) * columns + column] ?? 0;
  };
  expect(at(0, 380)).toBeLessThan(at(-74, 180));
  expect(at(-74, 180)).toBeLessThan(at(-170, 5));
  const lut = [...chestVoiLut()];
  expect(lut).toHaveLength(4096);
  expect(lut).toEqual([...lut].sort((a, b) => a - b));
});
