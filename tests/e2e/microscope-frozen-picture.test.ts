// The camera at the bench freezes while the link stays: what the pathologist sees, and what may still be moved.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { cameraProblem, chooseCamera, setWatched, watchCameras } from '#tests/support/bench-page.ts';
import {
  call,
  giveControl,
  middleOf,
  openMicroscopeRoom,
  regainControl,
} from '#tests/support/microscope-room.ts';
import type { MicroscopeRoom } from '#tests/support/microscope-room.ts';
import { clippedTexts, screenshot } from '#tests/support/page.ts';

const PATIENCE = { timeout: 20_000, interval: 100 };
let room: MicroscopeRoom;
let page: Page;
let bench: Page;

beforeAll(async () => {
  room = await openMicroscopeRoom({
    prepare: async (opened, role) => {
      if (role === 'bench') await watchCameras(opened);
    },
  });
  ({ pathologist: page, bench } = room);
  await call(room);
  await giveControl(room, '26-1 F1-1');
  await setWatched(bench, { isDrawn: true });
  await chooseCamera(bench, '標準の機器');
  await bench.getByTestId('camera-controls').waitFor({ timeout: 60_000 });
});

beforeEach(() => regainControl(room));

afterEach(async () => {
  for (const key of ['ArrowLeft', 'ArrowRight']) await page.keyboard.up(key);
});

afterAll(() => room.close());

const oldPicture = () => page.getByRole('status').filter({ hasText: '新しい映像が来ていません' });
const secondsOf = async () =>
  Number(
    /（(?<seconds>\d+) 秒前の映像）/.exec((await oldPicture().textContent()) ?? '')?.groups?.['seconds'],
  );
const xUm = () => room.telemetry().positionUm.x;
const refusals = ({ refused }: Telemetry) => (refused?.reason === 'stale-picture' ? refused.count : 0);

/** To and fro, so that no end of the stage is what stops it. A busy machine may be late with a picture, too. */
async function isSteeredOn(key: 'ArrowRight' | 'ArrowLeft'): Promise<boolean> {
  const before = xUm();
  await page.keyboard.down(key);
  await page.waitForTimeout(1500);
  const midway = xUm();
  await page.waitForTimeout(500);
  const isOn = Math.abs(midway - before) > 20 && Math.abs(xUm() - midway) > 20;
  await page.keyboard.up(key);
  await room.atRest();
  return isOn;
}

test('while the picture is of now the pathologist steers, and nothing is said', async () => {
  await expect.poll(() => isSteeredOn('ArrowLeft'), PATIENCE).toBe(true);
  await expect.poll(() => oldPicture().count(), PATIENCE).toBe(0);
});

test('the picture freezes in the middle of a push: the stage halts, and the screen says how old the picture is', async () => {
  await page.keyboard.down('ArrowRight');
  const startUm = xUm();
  await expect.poll(() => Math.abs(xUm() - startUm), PATIENCE).toBeGreaterThan(20);
  const before = refusals(room.telemetry());
  await setWatched(bench, { isStill: true });
  await expect.poll(() => refusals(room.telemetry()), PATIENCE).toBeGreaterThan(before);
  await oldPicture().waitFor(PATIENCE);
  await room.atRest();
  const haltedUm = xUm();
  // The key is held all the time, and the link is as good as before.
  const seconds = await secondsOf();
  await expect.poll(secondsOf, PATIENCE).toBeGreaterThan(seconds + 2);
  expect(xUm()).toBe(haltedUm);
  await screenshot(page, 'microscope-frozen-picture');
  expect(await clippedTexts(page)).toEqual([]);
  expect(await oldPicture().textContent()).toContain('連続移動は止めています');
  expect(await page.getByTestId('picture-kind').textContent()).toBe('止まった映像');
  await page.keyboard.up('ArrowRight');
  await expect.poll(() => cameraProblem(bench), PATIENCE).toBe('frozen');
  expect(await page.locator('[data-testid=lease][data-own=true]').count()).toBe(1);
});

test('by an old picture a held key is one step, and a double click is gone to', async () => {
  const startUm = xUm();
  // At once: letting go is no refusal that would end what is meant next.
  await page.keyboard.down('ArrowRight');
  await expect.poll(() => Math.abs(xUm() - startUm), { ...PATIENCE, timeout: 10_000 }).toBeGreaterThan(10);
  await page.waitForTimeout(1500);
  const stepped = (await room.atRest()).positionUm;
  await page.waitForTimeout(1500);
  expect(room.telemetry().positionUm).toEqual(stepped);
  await page.keyboard.up('ArrowRight');
  const { x, y } = await middleOf(page, 'microscope-picture');
  await page.mouse.dblclick(x - 120, y);
  await expect.poll(() => Math.abs(xUm() - stepped.x), PATIENCE).toBeGreaterThan(10);
  await room.atRest();
  expect(await oldPicture().count()).toBe(1);
});

test('when the picture comes again the sentence goes and keys steer', async () => {
  await setWatched(bench, { isStill: false });
  await expect.poll(() => oldPicture().count(), PATIENCE).toBe(0);
  await expect.poll(() => cameraProblem(bench), PATIENCE).toBe(null);
  await expect.poll(() => room.telemetry().velocityRefusal, PATIENCE).toBeNull();
  await expect.poll(() => isSteeredOn('ArrowLeft'), PATIENCE).toBe(true);
  for (const { errors } of room.opened) expect(errors).toEqual([]);
});
