// What lies under the simulated microscope: found in files as scanners write them, read tile by tile.
import { copyFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encode } from 'fast-png';
import type { SpecimenChoice, SpecimenProblem } from '#shared/contract/specimen.ts';
import { parseSpecimen } from '#shared/contract/specimen.ts';
import { createLog } from '#backend/log.ts';
import { SpecimenOnStage } from '#backend/services/microscope/specimen.ts';
import {
  tilePixels,
  writeHugeLevel,
  writeJpegLevel,
  writeLevel,
  writeSlide,
} from '#tests/support/made-slide.ts';
import type { MadeLevel } from '#tests/support/made-slide.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

let folder: ReturnType<typeof temporaryDirectory>;
let choice: SpecimenChoice | null;
let stage: SpecimenOnStage;

beforeEach(() => {
  folder = temporaryDirectory();
  mkdirSync(at('slide'));
  choice = null;
  stage = new SpecimenOnStage(() => choice, createLog(folder.path));
});

afterEach(() => {
  stage.close();
  folder.remove();
});

const at = (...names: string[]) => path.join(folder.path, ...names);

async function open(file: string, micrometresPerPixel = 0.5) {
  choice = { path: file, micrometresPerPixel };
  const { specimen, problem } = await stage.open();
  if (!specimen) throw new Error(String(problem));
  return specimen;
}

async function problemOf(file: string): Promise<SpecimenProblem | null> {
  choice = { path: file, micrometresPerPixel: 0.5 };
  const { specimen, problem } = await stage.open();
  expect(specimen).toBeNull();
  return problem;
}

async function tile(specimenId: string, ...place: readonly number[]): Promise<Buffer | number> {
  const url = `http://localhost/microscope/specimen/${specimenId}/${place.join('/')}`;
  const answer = await stage.handle(new Request(url));
  return answer.status === 200 ? Buffer.from(await answer.arrayBuffer()) : answer.status;
}

const small: MadeLevel = { micrometresPerPixel: 2, widthPixels: 300, heightPixels: 200, tileSide: 128 };

test('a folder is a slide: its levels finest first, without the label and what else lies there', async () => {
  writeSlide(at('slide'));
  writeLevel(at('slide', 'label.dcm'), { ...small, micrometresPerPixel: 0.1, flavour: 'LABEL' });
  writeLevel(at('slide', 'other.dcm'), { ...small, seriesUid: '1.2.826.0.1.3680043.8.498.77' });
  writeFileSync(at('slide', 'README'), 'nothing to see');
  const { levels } = await open(at('slide'));
  expect(levels).toEqual([
    {
      micrometresPerPixel: 1,
      widthPixels: 3000,
      heightPixels: 2200,
      tileWidth: 256,
      tileHeight: 256,
      form: 'encoded',
    },
    {
      micrometresPerPixel: 4,
      widthPixels: 750,
      heightPixels: 550,
      tileWidth: 256,
      tileHeight: 256,
      form: 'rgb',
    },
  ]);
});

test('one file of a slide stands for all of its series', async () => {
  writeSlide(at('slide'));
  writeLevel(at('slide', 'other.dcm'), { ...small, seriesUid: '1.2.826.0.1.3680043.8.498.77' });
  expect((await open(at('slide', 'coarse.dcm'))).levels).toHaveLength(2);
  expect((await open(at('slide', 'other.dcm'))).levels).toHaveLength(1);
});

test.each([0, 1] as const)(
  'uncompressed tiles are what the file has (planar configuration %s)',
  async (planar) => {
    writeLevel(at('slide', 'a.dcm'), { ...small, planarConfiguration: planar });
    const { specimenId } = await open(at('slide', 'a.dcm'));
    expect(await tile(specimenId, 0, 1, 1)).toEqual(tilePixels(small, 1, 1));
    expect(await tile(specimenId, 0, 2, 0)).toEqual(tilePixels(small, 2, 0));
    expect(await tile(specimenId, 0, 3, 0)).toBe(404);
    expect(await tile(specimenId, 1, 0, 0)).toBe(404);
    expect(await tile('00000000-0000-0000-0000-000000000000', 0, 0, 0)).toBe(404);
  },
);

test('tiles of a sparse slide lie where they say, and elsewhere is none', async () => {
  writeLevel(at('slide', 'a.dcm'), {
    ...small,
    sparse: [
      [2, 1],
      [0, 0],
    ],
  });
  const { specimenId } = await open(at('slide', 'a.dcm'));
  expect(await tile(specimenId, 0, 2, 1)).toEqual(tilePixels(small, 2, 1));
  expect(await tile(specimenId, 0, 0, 0)).toEqual(tilePixels(small, 0, 0));
  expect(await tile(specimenId, 0, 1, 0)).toBe(404);
});

test('compressed tiles come as the JPEG files they are', async () => {
  writeJpegLevel(at('slide', 'a.dcm'), small);
  const { specimenId } = await open(at('slide', 'a.dcm'));
  const [first, second] = [await tile(specimenId, 0, 0, 0), await tile(specimenId, 0, 1, 0)];
  for (const jpeg of [first, second]) {
    if (typeof jpeg === 'number') throw new Error(`status ${jpeg}`);
    expect(jpeg.readUInt16BE(0)).toBe(0xffd8);
    expect(jpeg.subarray(-3).includes(Buffer.of(0xff, 0xd9))).toBe(true);
  }
  expect(first).not.toEqual(second);
});

test('of a slide of 3 GB only the tiles that are asked for are read', async () => {
  const huge = { micrometresPerPixel: 8, widthPixels: 32_000, heightPixels: 32_000, tileSide: 1024 };
  writeHugeLevel(at('slide', 'huge.dcm'), huge);
  const before = process.memoryUsage.rss();
  const { specimenId } = await open(at('slide', 'huge.dcm'));
  expect(await tile(specimenId, 0, 31, 31)).toEqual(tilePixels(huge, 31, 31));
  // A third of the file: the thread that reads takes a few hundred MB of its own before anything is collected.
  expect(process.memoryUsage.rss() - before).toBeLessThan(1024 ** 3);
});

test('a plain image is one tile, as large as it is told', async () => {
  const png = encode({ width: 40, height: 30, channels: 3, depth: 8, data: new Uint8Array(3600).fill(99) });
  writeFileSync(at('image.png'), png);
  const { specimenId, levels } = await open(at('image.png'), 0.25);
  expect(levels).toEqual([
    {
      micrometresPerPixel: 0.25,
      widthPixels: 40,
      heightPixels: 30,
      tileWidth: 40,
      tileHeight: 30,
      form: 'encoded',
    },
  ]);
  expect(await tile(specimenId, 0, 0, 0)).toEqual(Buffer.from(png));
});

test('a file that cannot lie there is said by name, and the drawn tissue stays', async () => {
  expect(await problemOf(at('nothing-here'))).toBe('not-found');
  expect(await problemOf(at('slide'))).toBe('unknown-kind');
  writeFileSync(at('text'), 'this is no slide');
  expect(await problemOf(at('text'))).toBe('unknown-kind');
  writeFileSync(at('huge.png'), Buffer.from('89504e470d0a1a0a0000000d49484452000f4240000f4240', 'hex'));
  expect(await problemOf(at('huge.png'))).toBe('too-large');
  writeFileSync(at('cut.jpg'), Buffer.from('ffd8ffe00010', 'hex'));
  expect(await problemOf(at('cut.jpg'))).toBe('damaged');
  writeLevel(at('slide', 'a.dcm'), { ...small, withoutScale: true });
  expect(await problemOf(at('slide'))).toBe('without-scale');
  writeLevel(at('slide', 'a.dcm'), small);
  copyFileSync(at('slide', 'a.dcm'), at('cut.dcm'));
  truncateSync(at('cut.dcm'), 4000);
  expect(await problemOf(at('cut.dcm'))).toBe('damaged');
  writeHugeLevel(at('slide', 'a.dcm'), {
    micrometresPerPixel: 0.25,
    widthPixels: 65 * 64,
    heightPixels: 64 * 64,
    tileSide: 64,
  });
  expect(await problemOf(at('slide'))).toBe('without-overview');
  choice = null;
  expect(await stage.open()).toEqual({ chosen: null, specimen: null, problem: null });
});

test('a file is named with or without its scale', () => {
  expect(parseSpecimen('/a/b.png')).toEqual({ path: '/a/b.png', micrometresPerPixel: 0.5 });
  expect(parseSpecimen('/a@b/c.png@0.25')).toEqual({ path: '/a@b/c.png', micrometresPerPixel: 0.25 });
  expect(parseSpecimen('')).toBeUndefined();
  expect(parseSpecimen('/a@0')).toBeUndefined();
});
