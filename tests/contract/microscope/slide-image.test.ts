import { execFileSync } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StillFacts } from '#shared/link/talk.ts';
import { writeSlideImage } from '#backend/processes/write-slide-image.ts';
import { runPython } from '#tests/support/python.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const folder = temporaryDirectory();
const [width, height] = [64, 40];
const rgb = new Uint8Array(randomBytes(width * height * 3));
const target = path.join(folder.path, 'still.dcm');

const facts: StillFacts = {
  stillId: randomUUID(),
  slideId: randomUUID(),
  label: '24-1234 F1-1',
  takenAtUtc: '2026-11-22T12:34:56.000Z',
  deviceTimeMs: 1000,
  positionUm: { x: 1234.5, y: -250, z: 3.25 },
  objectiveId: 3,
  parcentricOffsetUm: { x: 20, y: -12 },
  magnification: 10,
  numericalAperture: 0.3,
  micrometresPerPixel: 0.5,
  widthPixels: width,
  heightPixels: height,
  region: null,
  focusScore: 1,
  sha256: '0'.repeat(64),
  sizeBytes: 1,
  requestedBy: 'pathologist',
  isKept: true,
};

beforeAll(async () => {
  const losslessPath = path.join(folder.path, 'still.png');
  writeFileSync(losslessPath, encode({ width, height, channels: 3, depth: 8, data: rgb }));
  const patient = { patientId: 'P1', patientName: 'YAMADA^TARO=山田^太郎=ヤマダ^タロウ', issuer: '島の病院' };
  await writeSlideImage({ facts, patient, losslessPath, targetPath: target });
});

afterAll(() => folder.remove());

test('a still is a valid VL Slide-Coordinates Microscopic Image', () => {
  const output = execFileSync('sh', ['-c', 'dciodvfy "$0" 2>&1 || true', target], { encoding: 'utf8' });
  expect(output).toContain('VLSlideCoordinatesMicroscopicImage');
  expect(output.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
});

test('another reader finds pixels, place, objective, specimen and colour profile', () => {
  const found = JSON.parse(runPython('slide_image.py', target).join('')) as unknown[];
  const digest = createHash('sha256').update(rgb).digest('hex');
  expect(found).toEqual([
    '山田^太郎',
    '24-1234 F1-1',
    '24-1234 F1-1',
    1.2145,
    -0.238,
    3.25,
    10,
    0.3,
    'acsp',
    [0.0005, 0.0005],
    [height, width, 3],
    digest,
  ]);
});
