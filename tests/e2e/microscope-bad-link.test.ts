// Two workstations over a path that loses, delays and breaks: what the pathologist can go on doing, and what never moves.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ImpairmentRelay, unimpaired } from '#tests/support/impairment-relay.ts';
import { linkFlags } from '#tests/support/link-page.ts';
import {
  call,
  giveControl,
  middleOf,
  openMicroscopeRoom,
  regainControl,
} from '#tests/support/microscope-room.ts';
import type { MicroscopeRoom } from '#tests/support/microscope-room.ts';
import { clippedTexts, screenshot } from '#tests/support/page.ts';
import { leadThroughRelay } from '#tests/support/relayed-room.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
const OUTAGE_MS = 2000;
const LONG_OUTAGE_MS = 5000;
const relay = new ImpairmentRelay();
let room: MicroscopeRoom;
let page: Page;

beforeAll(async () => {
  room = await openMicroscopeRoom({
    flags: linkFlags,
    prepare: (opened, role) => leadThroughRelay(relay, opened, role),
  });
  page = room.pathologist;
  await call(room);
  await giveControl(room, '26-2 A1');
});

afterAll(async () => {
  await room.close();
  await relay.close();
});

/** How far a held key takes the stage; one that a busy machine refused is pressed again. */
async function steeredUm(): Promise<number> {
  const before = (await room.atRest()).positionUm.x;
  await page.keyboard.press('ArrowRight', { delay: 600 });
  await page.waitForTimeout(500);
  return (await room.atRest()).positionUm.x - before;
}

/** Frames that have come to the pathologist so far, by the browser's own count. */
function framesShown(): Promise<number> {
  return page.evaluate(() => {
    const counts = [...document.querySelectorAll('video')].map(
      (video) => video.getVideoPlaybackQuality().totalVideoFrames,
    );
    return Math.max(0, ...counts);
  });
}

/** Whether the pathologist reads where the stage is. */
async function isTold(): Promise<boolean> {
  const { x, y } = room.telemetry().positionUm;
  const text = await page.getByTestId('position').textContent();
  return text?.includes(`X ${Math.round(x)}  Y ${Math.round(y)} `) === true;
}

const session = async () => (await room.hospital.link.getState({})).session;

test('at 5 % loss and 100 ms there and back it is steered, and the picture goes on', async () => {
  const passed = relay.counts.passed;
  relay.impair({ delayMs: 45, jitterMs: 10, lossPercent: 5 });
  await expect.poll(steeredUm, PATIENCE).toBeGreaterThan(10);
  const before = await framesShown();
  await expect.poll(framesShown, PATIENCE).toBeGreaterThan(before + 20);
  await expect.poll(isTold, PATIENCE).toBe(true);
  expect(relay.counts.lost).toBeGreaterThan(0);
  expect(relay.counts.passed).toBeGreaterThan(passed);
  relay.impair(unimpaired);
});

test('in an outage the stage stands although the key is held, and moves by nobody when the path is back', async () => {
  const before = await session();
  await expect.poll(steeredUm, PATIENCE).toBeGreaterThan(10);
  await page.keyboard.down('ArrowRight');
  await page.waitForTimeout(300);
  relay.impair({ isFrozen: true });
  // What had arrived before may still be carried out.
  await page.waitForTimeout(500);
  const { positionUm: stood } = await room.atRest();
  await page.waitForTimeout(OUTAGE_MS);
  expect(room.telemetry().positionUm).toEqual(stood);
  await screenshot(page, 'microscope-outage');
  await page.keyboard.up('ArrowRight');
  relay.impair({ isFrozen: false });
  await expect.poll(async () => (await session())?.state, PATIENCE).toBe('connected');
  const shown = await framesShown();
  await expect.poll(framesShown, PATIENCE).not.toBe(shown);
  expect((await session())?.sessionId).toBe(before?.sessionId);
  expect((await room.atRest()).positionUm).toEqual(stood);
});

test('after a longer outage a connection made anew carries it all in the same session', async () => {
  const before = await session();
  relay.impair({ isFrozen: true });
  await expect.poll(async () => (await session())?.epoch, PATIENCE).not.toBe(before?.epoch);
  await page.waitForTimeout(LONG_OUTAGE_MS);
  relay.impair({ isFrozen: false });
  await expect.poll(async () => (await session())?.live.state, PATIENCE).toBe('connected');
  expect((await session())?.sessionId).toBe(before?.sessionId);
  const { positionUm: stood } = await room.atRest();
  await page.waitForTimeout(500);
  expect((await room.atRest()).positionUm).toEqual(stood);
  await expect.poll(isTold, PATIENCE).toBe(true);
});

test('afterwards control is asked for again where it has run out, and keys steer', async () => {
  await regainControl(room);
  await expect.poll(steeredUm, PATIENCE).toBeGreaterThan(10);
});

test('a move the outage ended before its place is said to have ended there, and is gone on with by one key', async () => {
  const { x: startUm } = (await room.atRest()).positionUm;
  const map = await middleOf(page, 'slide-map');
  const aside = startUm > 0 ? -0.35 : 0.35;
  await page.mouse.click(map.x + aside * map.width, map.y);
  await expect.poll(() => Math.abs(room.telemetry().positionUm.x - startUm), PATIENCE).toBeGreaterThan(50);
  relay.impair({ isFrozen: true });
  await page.waitForTimeout(OUTAGE_MS);
  const { positionUm: stood } = await room.atRest();
  relay.impair({ isFrozen: false });
  const told = page.getByTestId('ended-early');
  await told.waitFor(PATIENCE);
  expect(await told.textContent()).toContain('移動は目的の場所の手前で終わりました');
  await regainControl(room);
  await screenshot(page, 'microscope-ended-early');
  expect(await clippedTexts(page)).toEqual([]);
  // Nothing goes on by itself.
  expect((await room.atRest()).positionUm).toEqual(stood);
  // A machine that is too busy to go on meaning it ends it early again: then once more.
  const goOn = async () => {
    await regainControl(room);
    const isIdle = room.telemetry().axes.x === 'idle';
    if (isIdle && (await told.count()) > 0) await page.keyboard.press('KeyU');
    return isIdle ? Math.abs(room.telemetry().positionUm.x - stood.x) : 0;
  };
  await expect.poll(goOn, { ...PATIENCE, interval: 1000 }).toBeGreaterThan(100);
  await expect.poll(() => told.count(), PATIENCE).toBe(0);
  expect(room.opened.flatMap(({ errors }) => errors)).toEqual([]);
});
