// A slide from files under the simulated microscope: what the camera shows is what the file has at that place.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decode, encode } from 'fast-png';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backendContracts } from '#shared/contract/index.ts';
import type { Still } from '#shared/contract/microscope.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import { connectToEndpoint } from '#backend/transport/local-client.ts';
import { readEndpoint } from '#backend/transport/local-endpoint.ts';
import { nameSlide, openBench, takeControl } from '#tests/support/bench-page.ts';
import { greyRange, launchChromium } from '#tests/support/chromium.ts';
import { colourAt, isInsidePatch, writeSlide } from '#tests/support/made-slide.ts';
import type { MadeLevel } from '#tests/support/made-slide.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { root, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const PICTURE = '[data-testid=microscope-picture] [role=img] canvas';
const PATIENCE = { timeout: 60_000, interval: 200 };
/** The lamp's tint in the middle of the field. */
const LAMP = [1, 0.984, 0.949];
/** The noise of the camera, and how it lifts the dark; neighbouring patches differ by 31 and more. */
const COLOUR_TOLERANCE = 15;
const folder = temporaryDirectory();
const slideFolder = path.join(folder.path, 'slide');
let slide: MadeLevel;
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];
let telemetry: Telemetry | undefined;
let port: Awaited<ReturnType<typeof connectToEndpoint>>;
let listStills: () => Promise<readonly Still[]>;

beforeAll(async () => {
  mkdirSync(slideFolder);
  slide = writeSlide(slideFolder);
  workstation = await startWorkstation(path.join(folder.path, 'data'), ['--specimen', slideFolder]);
  browser = await launchChromium();
  ({ page, errors } = await openPage(browser, workstation.url, { width: 1600, height: 1200 }));
  await openBench(page);
  const endpoint = readEndpoint(path.join(folder.path, 'data'));
  if (!endpoint) throw new Error('the workstation has no endpoint');
  port = await connectToEndpoint(endpoint);
  const { client } = new RpcConnection(backendContracts, port);
  client.microscope.on('telemetry', (each) => (telemetry = each));
  listStills = async () => (await client.microscope.listStills({})).stills;
}, 120_000);

afterAll(async () => {
  port.close();
  await browser.close();
  await workstation.stop();
  folder.remove();
});

const control = () => page.getByTestId('specimen');

async function putUnder(file: string): Promise<void> {
  await control().getByRole('textbox', { name: '標本のファイルまたはフォルダー' }).fill(file);
  await control().getByRole('button', { name: 'この標本を載せる' }).click();
}

/** Stills are taken when the stage has settled; this one is asked for. */
async function takeStill() {
  const known = new Set((await listStills()).map(({ facts }) => facts.stillId));
  await page.keyboard.press('KeyC');
  const find = async () =>
    (await listStills()).find(
      ({ facts, forms }) =>
        !known.has(facts.stillId) && facts.isKept && forms.some(({ form }) => form === 'lossless'),
    );
  await expect.poll(async () => (await find()) !== undefined, PATIENCE).toBe(true);
  const facts = (await find())?.facts;
  if (!facts) throw new Error('no still');
  const origin = new URL(page.url()).origin;
  const answer = await page.request.get(`${origin}/microscope/stills/${facts.stillId}/lossless`);
  return { facts, picture: decode(await answer.body()) };
}

type TakenStill = Awaited<ReturnType<typeof takeStill>>;

/** Light of a channel around a pixel of the still. */
function lightAt({ picture: { width, channels, data } }: TakenStill, x: number, y: number, channel: number) {
  let sum = 0;
  for (let near = 0; near < 9; near += 1) {
    const at = (y + (near % 3) - 1) * width + x + Math.floor(near / 3) - 1;
    sum += data[at * channels + channel] ?? 0;
  }
  return sum / 9;
}

/** Where on the slide the still was taken: the middle of its field, from the slide's middle, µm. */
function placeOf({ facts }: TakenStill) {
  const objective = simulatedMicroscope.objectives.find(({ id }) => id === facts.objectiveId);
  if (!objective) throw new Error('an unknown objective');
  const { micrometresPerPixel, parcentricOffsetUm } = objective;
  return {
    micrometresPerPixel,
    xUm: facts.positionUm.x - parcentricOffsetUm.x,
    yUm: facts.positionUm.y - parcentricOffsetUm.y,
  };
}

/** How far the picture is from the file, at most, over places in the middle of the field. */
function farthest(still: TakenStill) {
  const { width, height } = still.picture;
  const { micrometresPerPixel, ...place } = placeOf(still);
  const slideWidthUm = slide.widthPixels * slide.micrometresPerPixel;
  const slideHeightUm = slide.heightPixels * slide.micrometresPerPixel;
  const left = place.xUm + slideWidthUm / 2;
  const top = place.yUm + slideHeightUm / 2;
  let compared = 0;
  let difference = 0;
  for (let y = Math.round(height * 0.35); y < height * 0.65; y += 7) {
    for (let x = Math.round(width * 0.35); x < width * 0.65; x += 11) {
      const xUm = left + (x + 0.5 - width / 2) * micrometresPerPixel;
      const yUm = top + (y + 0.5 - height / 2) * micrometresPerPixel;
      if (!isInsidePatch(xUm, yUm, 22)) continue;
      compared += 1;
      for (const [channel, expected] of colourAt(xUm, yUm).entries()) {
        const light = lightAt(still, x, y, channel);
        difference = Math.max(difference, Math.abs(light - expected * (LAMP[channel] ?? 1)));
      }
    }
  }
  return { compared, difference };
}

async function turnAndFocus(objectiveId: number): Promise<void> {
  await page.keyboard.press(`Digit${objectiveId}`);
  await expect.poll(() => telemetry?.objectiveId, PATIENCE).toBe(objectiveId);
  await expect.poll(() => telemetry?.procedure, PATIENCE).toBe(null);
  const turned = telemetry?.lastProcedure?.procedureId;
  await page.keyboard.press('KeyX');
  await expect.poll(() => telemetry?.lastProcedure?.procedureId !== turned, PATIENCE).toBe(true);
  expect(telemetry?.lastProcedure?.outcome).toBe('done');
}

test('a file that cannot lie there is said, and the drawn tissue stays', async () => {
  await expect.poll(() => control().innerText(), PATIENCE).toContain('slide（3.0 × 2.2 mm、1 µm/画素）');
  await putUnder('/nowhere/slide.dcm');
  const problem = page.getByTestId('specimen-problem');
  await problem.waitFor(PATIENCE);
  expect(await problem.innerText()).toContain('/nowhere/slide.dcm が見つかりません');
  expect(await control().innerText()).toContain('標本：描いた組織');
  await expect.poll(() => greyRange(page, PICTURE).catch(() => 0), PATIENCE).toBeGreaterThan(60);
  await screenshot(page, 'specimen-problem');
  expect(await clippedTexts(page)).toEqual([]);
  await putUnder(slideFolder);
  await problem.waitFor({ ...PATIENCE, state: 'detached' });
  await expect.poll(() => control().innerText(), PATIENCE).toContain('slide（3.0 × 2.2 mm');
});

test('the lowest power shows the coarse level where it belongs', async () => {
  await nameSlide(page, '26-1 F1-1');
  await control().getByText('先に標本の交換を始めてください').waitFor(PATIENCE);
  await takeControl(page);
  await page.evaluate(`document.activeElement.blur()`);
  const still = await takeStill();
  await screenshot(page, 'specimen-2x');
  expect(still.facts.magnification).toBe(2);
  const { compared, difference } = farthest(still);
  expect(compared).toBeGreaterThan(300);
  expect(difference).toBeLessThan(COLOUR_TOLERANCE);
});

test('steered over at 10×, every place shows the pixels of the file', async () => {
  await turnAndFocus(3);
  const before = await takeStill();
  await page.keyboard.press('KeyD', { delay: 700 });
  await page.keyboard.press('KeyS', { delay: 500 });
  await expect.poll(() => [telemetry?.axes.x, telemetry?.axes.y], PATIENCE).toEqual(['idle', 'idle']);
  const after = await takeStill();
  await screenshot(page, 'specimen-10x');
  const { x, y } = after.facts.positionUm;
  expect(Math.hypot(x - before.facts.positionUm.x, y - before.facts.positionUm.y)).toBeGreaterThan(100);
  for (const still of [before, after]) {
    const { compared, difference } = farthest(still);
    expect(compared).toBeGreaterThan(300);
    expect(difference).toBeLessThan(COLOUR_TOLERANCE);
  }
});

const HISTOLOGY = path.join(root, '../shared/histology/CMU-1-Small-Region-level0.png');

/** A real section where there is one, otherwise an image of grey squares; 0.5 µm a pixel. */
function plainImage(): string {
  if (existsSync(HISTOLOGY)) return HISTOLOGY;
  const [width, height] = [2220, 2967];
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    const column = Math.floor((at % width) / 8);
    const row = Math.floor(at / width / 8);
    // Nowhere the same as a little beside.
    data.fill(60 + ((column * column * 31 + row * row * 57 + column * row * 13) % 181), at * 3, at * 3 + 3);
  }
  const file = path.join(folder.path, 'image.png');
  writeFileSync(file, encode({ width, height, channels: 3, depth: 8, data }));
  return file;
}

/** How far the still is on average from the image, were it taken so much beside where the stage said it was. */
function meanDifference(
  { picture, ...still }: TakenStill,
  image: ReturnType<typeof decode>,
  besideUm: { readonly x: number; readonly y: number },
) {
  const { width, height, channels, data } = picture;
  const { micrometresPerPixel, xUm, yUm } = placeOf({ picture, ...still });
  let sum = 0;
  let count = 0;
  for (let y = Math.round(height * 0.4); y < height * 0.6; y += 5) {
    for (let x = Math.round(width * 0.4); x < width * 0.6; x += 5) {
      const fromMiddleX = xUm + besideUm.x + (x + 0.5 - width / 2) * micrometresPerPixel;
      const fromMiddleY = yUm + besideUm.y + (y + 0.5 - height / 2) * micrometresPerPixel;
      const column = Math.floor(fromMiddleX / 0.5 + image.width / 2);
      const row = Math.floor(fromMiddleY / 0.5 + image.height / 2);
      const expected = image.data[(row * image.width + column) * image.channels + 1] ?? 0;
      sum += Math.abs((data[(y * width + x) * channels + 1] ?? 0) - expected * (LAMP[1] ?? 1));
      count += 1;
    }
  }
  return sum / count;
}

/** Where the still fits the image best: the stage has play, and the objective looks a little beside. */
function bestFit(still: TakenStill, image: ReturnType<typeof decode>) {
  let best = { difference: Infinity, apartUm: Infinity };
  for (let y = -10; y <= 10; y += 0.5) {
    for (let x = -10; x <= 10; x += 0.5) {
      const difference = meanDifference(still, image, { x, y });
      if (difference < best.difference) best = { difference, apartUm: Math.hypot(x, y) };
    }
  }
  return best;
}

test('between two labels another specimen can be put under: an image, shown where it belongs', async () => {
  const file = plainImage();
  await page.getByRole('button', { name: '標本交換' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '標本交換' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'やめる' }).click();
  const scale = control().getByRole('textbox', { name: /1 画素の大きさ/ });
  const outOfReach = page.getByTestId('specimen-out-of-reach');
  await scale.fill('20');
  await putUnder(file);
  await outOfReach.waitFor(PATIENCE);
  expect(await outOfReach.textContent()).toMatch(
    /この標本は 4\d\.\d × 5\d\.\d mm ですが.*中央の .* mm だけです/,
  );
  await screenshot(page, 'specimen-out-of-reach');
  expect(await clippedTexts(page)).toEqual([]);
  await scale.fill('0.5');
  await putUnder(file);
  await outOfReach.waitFor({ ...PATIENCE, state: 'detached' });
  await expect.poll(() => control().innerText(), PATIENCE).toContain(`${path.basename(file)}（1.1 × 1.5 mm`);
  // The stage brings the slide to where it is exchanged.
  await expect.poll(() => telemetry?.procedure, PATIENCE).toBe(null);
  await page.getByRole('button', { name: '標本番号' }).first().click();
  await page.getByRole('textbox', { name: '標本番号' }).fill('26-1 F1-2');
  await page.getByRole('button', { name: 'この番号で始める' }).click();
  await expect.poll(() => telemetry?.slide?.label, PATIENCE).toBe('26-1 F1-2');
  await page.getByRole('dialog').waitFor({ ...PATIENCE, state: 'detached' });
  await takeControl(page);
  // A machine that is too busy to go on meaning it halts the stage on its way: then once more.
  const toMiddle = async () => {
    const isIdle = telemetry?.axes.x === 'idle' && telemetry.axes.y === 'idle';
    const fromMiddleUm = Math.hypot(telemetry?.positionUm.x ?? Infinity, telemetry?.positionUm.y ?? Infinity);
    if (isIdle && fromMiddleUm > 200) await page.getByTestId('slide-map').click();
    return isIdle ? fromMiddleUm : Infinity;
  };
  await expect.poll(toMiddle, { timeout: 60_000, interval: 1000 }).toBeLessThan(200);
  await page.evaluate(`document.activeElement.blur()`);
  // Not before the image is there: what is glass has no focus.
  await expect.poll(() => greyRange(page, PICTURE).catch(() => 0), PATIENCE).toBeGreaterThan(25);
  await turnAndFocus(1);
  await turnAndFocus(4);
  const still = await takeStill();
  await screenshot(page, 'specimen-image-20x');
  const image = decode(readFileSync(file));
  const fit = bestFit(still, image);
  expect(fit.apartUm, JSON.stringify(fit)).toBeLessThan(3);
  expect(fit.difference).toBeLessThan(COLOUR_TOLERANCE);
  expect(errors).toEqual([]);
});
