// The process of the simulated stage ends in the middle of a session: what both sides are told, and how it goes on.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, giveControl, openMicroscopeRoom, regainControl } from '#tests/support/microscope-room.ts';
import type { MicroscopeRoom } from '#tests/support/microscope-room.ts';
import { clippedTexts, screenshot } from '#tests/support/page.ts';
import { descendantsOf, processesNaming } from '#tests/support/stray-processes.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };
const SENTENCE = '模擬顕微鏡が終了しました';
let room: MicroscopeRoom;
let page: Page;

beforeAll(async () => {
  room = await openMicroscopeRoom();
  page = room.pathologist;
  await call(room);
  await giveControl(room, '26-4 A1');
});

afterAll(() => room.close());

function stagePid(): number | undefined {
  const own = new Set(descendantsOf(process.pid));
  return processesNaming('simulated/stage-process').find(({ pid }) => own.has(pid))?.pid;
}

async function killStage(): Promise<void> {
  await expect.poll(stagePid, PATIENCE).toBeDefined();
  process.kill(stagePid() ?? 0, 'SIGKILL');
}

const holdsControl = () => page.locator('[data-testid=lease][data-own=true]');

async function isSteered(): Promise<boolean> {
  await regainControl(room);
  const before = (await room.atRest()).positionUm.x;
  await page.keyboard.press('ArrowRight', { delay: 600 });
  return Math.abs((await room.atRest()).positionUm.x - before) > 10;
}

test('both sides are told, nobody is left in control, and the stage comes back where it stood', async () => {
  await expect.poll(isSteered, PATIENCE).toBe(true);
  const { positionUm: stood } = await room.atRest();
  const told = [page, room.bench].map((each) => each.getByText(SENTENCE).first().waitFor(PATIENCE));
  await killStage();
  await Promise.all(told);
  await expect.poll(() => holdsControl().count(), PATIENCE).toBe(0);
  await expect.poll(() => room.telemetry().isControllerConnected, PATIENCE).toBe(true);
  expect((await room.atRest()).positionUm).toEqual(stood);
  for (const each of [page, room.bench])
    await each.getByText(SENTENCE).first().waitFor({ state: 'detached' });
});

test('control is asked for again, and keys steer', async () => {
  expect(await holdsControl().count()).toBe(0);
  await expect.poll(isSteered, PATIENCE).toBe(true);
});

test('one that ends again and again stays gone, with the sentence in sight and what to do', async () => {
  while (room.telemetry().fault === null) {
    await killStage();
    await expect.poll(() => room.telemetry().fault, PATIENCE).toBe('simulator-gone');
    await page.waitForTimeout(3000);
  }
  for (const [each, name] of [
    [page, 'pathologist'],
    [room.bench, 'bench'],
  ] as const) {
    const sentence = each.getByText(SENTENCE).first();
    await sentence.waitFor(PATIENCE);
    expect(await sentence.textContent()).toContain('Enkakuを起動し直してください');
    await screenshot(each, `microscope-stage-gone-${name}`);
    expect(await clippedTexts(each)).toEqual([]);
  }
  expect(room.opened.flatMap(({ errors }) => errors)).toEqual([]);
}, 120_000);
