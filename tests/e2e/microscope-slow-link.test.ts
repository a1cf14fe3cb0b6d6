// A slow link in the running room: what the pathologist is told, what is refused, and what goes on working.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MAXIMUM_ROUND_TRIP_MS, WARNING_ROUND_TRIP_MS } from '#shared/motion/limits-of-time.ts';
import { simulatedMicroscope, simulatedSensor } from '#shared/motion/simulated-microscope.ts';
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
import { leadThroughRelay } from '#tests/support/relayed-room.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
/** Each way; with what the two pages take of their own, between warning and refusal. */
const SLOW_MS = WARNING_ROUND_TRIP_MS / 2 + 10;
const TOO_SLOW_MS = MAXIMUM_ROUND_TRIP_MS / 2 + 50;
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
  await giveControl(room, '26-1 F1-1');
});

beforeEach(() => regainControl(room));

afterAll(async () => {
  await room.close();
  await relay.close();
});

const sentence = (text: RegExp) => page.getByRole('status').filter({ hasText: text });

const placeOf = async () => {
  const { x, y } = (await room.atRest()).positionUm;
  return { x, y };
};

/** A quarter of the height of the field: what a key means where it may not steer. */
function stepUm(): number {
  const { objectiveId } = room.telemetry();
  const { micrometresPerPixel = 0 } =
    simulatedMicroscope.objectives.find(({ id }) => id === objectiveId) ?? {};
  return 0.25 * simulatedSensor.heightPixels * micrometresPerPixel;
}

test('above 300 ms the pathologist is warned, with the figure', async () => {
  expect(relay.counts.passed).toBeGreaterThan(100);
  await expect.poll(() => sentence(/動きが遅れて見えます/).count(), PATIENCE).toBe(0);
  relay.impair({ delayMs: SLOW_MS });
  const warning = sentence(/動きが遅れて見えます/);
  await warning.waitFor(PATIENCE);
  const ms = Number(/往復 (?<ms>\d+) ms/.exec((await warning.textContent()) ?? '')?.groups?.['ms']);
  expect(ms).toBeGreaterThan(WARNING_ROUND_TRIP_MS);
});

test('above 500 ms steering is refused with the reason; a held key is one step', async () => {
  relay.impair({ delayMs: TOO_SLOW_MS });
  await expect.poll(() => room.telemetry().velocityRefusal, PATIENCE).toBe('slow-link');
  await sentence(/往復が 0\.5 秒を超えるため、連続移動を止めています/).waitFor(PATIENCE);
  const before = await placeOf();
  await page.keyboard.down('ArrowRight');
  await expect.poll(() => room.telemetry().positionUm.x, PATIENCE).toBeGreaterThan(before.x + 10);
  // Steered, it would have gone on by now.
  await page.waitForTimeout(3000);
  const after = await placeOf();
  await page.keyboard.up('ArrowRight');
  expect(Math.abs(after.x - before.x - stepUm())).toBeLessThan(0.05 * stepUm());
  expect(Math.abs(after.y - before.y)).toBeLessThan(2);
  expect(await placeOf()).toEqual(after);
});

test('above 500 ms a double click still brings the place to the middle', async () => {
  const before = await placeOf();
  const { x, y } = await middleOf(page, 'microscope-picture');
  await page.mouse.dblclick(x - 160, y + 80);
  await expect.poll(() => room.telemetry().positionUm.x, PATIENCE).toBeLessThan(before.x - 10);
  await page.waitForTimeout(1000);
  const after = await placeOf();
  expect((after.x - before.x) / (after.y - before.y)).toBeCloseTo(-2, 1);
  expect(room.telemetry().velocityRefusal).toBe('slow-link');
});

test('once the link is quick again the sentence goes and keys steer', async () => {
  relay.impair(unimpaired);
  await expect.poll(() => room.telemetry().velocityRefusal, PATIENCE).toBeNull();
  await expect.poll(() => sentence(/連続移動を止めています|動きが遅れて/).count(), PATIENCE).toBe(0);
  // Not the one step of before: it goes on for as long as the key is held. A busy machine may refuse it once more.
  const steered = async () => {
    const before = await placeOf();
    await page.keyboard.press('ArrowLeft', { delay: 600 });
    await page.waitForTimeout(500);
    return before.x - (await placeOf()).x;
  };
  await expect.poll(steered, PATIENCE).toBeGreaterThan(1.2 * stepUm());
  expect(room.opened.flatMap(({ errors }) => errors)).toEqual([]);
});
