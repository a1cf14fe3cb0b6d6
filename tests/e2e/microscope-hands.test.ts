// Every hand of the pathologist, judged by where the stage of the hospital really is and by what both sides read.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { focusStepUm } from '#renderer/features/microscope/steering/speed.ts';
import { simulatedMicroscope, simulatedSensor } from '#shared/motion/simulated-microscope.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import {
  call,
  giveControl,
  middleOf,
  openMicroscopeRoom,
  regainControl,
} from '#tests/support/microscope-room.ts';
import type { MicroscopeRoom } from '#tests/support/microscope-room.ts';
import { movePad, plugPad } from '#tests/support/virtual-pad.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
/** Longer than it takes from a hand to the stage. */
const HELD_MS = 500;
/** A movement that is only noise of the drive. */
const NOISE_UM = 2;
let room: MicroscopeRoom;
let page: Page;

beforeAll(async () => {
  room = await openMicroscopeRoom({ prepare: plugPad });
  page = room.pathologist;
  await call(room);
  await giveControl(room, '26-1 F1-1');
});

beforeEach(async () => {
  await page.bringToFront();
  await regainControl(room);
  await expect.poll(() => room.telemetry().velocityRefusal, PATIENCE).toBeNull();
  await room.atRest();
});

afterAll(() => room.close());

/** Both sides read it, and the stage has it. */
async function haveObjective(id: number): Promise<void> {
  const { magnification } = objective(id);
  await expect.poll(() => room.telemetry().objectiveId, PATIENCE).toBe(id);
  for (const side of [page, room.bench]) {
    await expect
      .poll(() => side.getByTestId('objective').textContent(), PATIENCE)
      .toMatch(new RegExp(`^${magnification}×`));
  }
  await room.atRest();
}

function objective(id: number) {
  const found = simulatedMicroscope.objectives.find((each) => each.id === id);
  if (!found) throw new Error(`no objective ${id}`);
  return found;
}

async function chooseObjective(id: number): Promise<void> {
  if (room.telemetry().objectiveId !== id) await page.keyboard.press(`Digit${id}`);
  await haveObjective(id);
}

/** How far the stage has gone by a gesture; one that a busy machine refused, with its reason, is made again. */
async function gone(gesture: () => Promise<void>): Promise<Telemetry['positionUm']> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await regainControl(room);
    const { positionUm: before } = await room.atRest();
    await gesture();
    await page.waitForTimeout(HELD_MS);
    const { positionUm: after } = await room.atRest();
    const way = { x: after.x - before.x, y: after.y - before.y, z: after.z - before.z };
    if (Math.hypot(way.x, way.y, way.z) > NOISE_UM) return way;
  }
  return { x: 0, y: 0, z: 0 };
}

/** Both sides read the same place as the stage is at. */
async function bothRead({ x, y }: { x: number; y: number }): Promise<void> {
  for (const side of [page, room.bench]) {
    await expect
      .poll(() => side.getByTestId('position').textContent(), PATIENCE)
      .toContain(`X ${Math.round(x)}  Y ${Math.round(y)} `);
  }
}

/** Micrometres of the slide per pixel of the screen, with the whole field in the window. */
async function micrometresPerPixel(id: number): Promise<number> {
  const { width, height } = await middleOf(page, 'microscope-picture');
  const { widthPixels, heightPixels } = simulatedSensor;
  return objective(id).micrometresPerPixel / Math.min(width / widthPixels, height / heightPixels);
}

test('number keys change objectives, read on both sides', async () => {
  for (const id of [2, 4, 3]) {
    await page.keyboard.press(`Digit${id}`);
    await haveObjective(id);
  }
});

test.each([
  ['ArrowRight', 'KeyD', 'x', 1],
  ['ArrowLeft', 'KeyA', 'x', -1],
  ['ArrowDown', 'KeyS', 'y', 1],
  ['ArrowUp', 'KeyW', 'y', -1],
] as const)('%s and %s go the same way for as long as they are held', async (arrow, letter, axis, sign) => {
  await chooseObjective(3);
  for (const key of [arrow, letter]) {
    const way = await gone(() => page.keyboard.press(key, { delay: HELD_MS }));
    expect(way[axis] * sign).toBeGreaterThan(10);
    expect(Math.abs(way[axis === 'x' ? 'y' : 'x'])).toBeLessThan(NOISE_UM);
    expect(Math.abs(way.z)).toBeLessThan(NOISE_UM);
  }
});

test('the wheel focuses by about the depth of focus, and finely with Shift', async () => {
  await chooseObjective(4);
  const { x, y } = await middleOf(page, 'microscope-picture');
  await page.mouse.move(x, y);
  const { numericalAperture } = objective(4);
  const focused = async (notches: number) => {
    const { positionUm: before } = await room.atRest();
    await page.mouse.wheel(0, -100 * notches);
    await page.waitForTimeout(HELD_MS);
    return (await room.atRest()).positionUm.z - before.z;
  };
  const coarse = focusStepUm(numericalAperture, false);
  await expect.poll(() => focused(2), PATIENCE).toBeCloseTo(2 * coarse, 0);
  await expect.poll(() => focused(-2), PATIENCE).toBeCloseTo(-2 * coarse, 0);
  await page.keyboard.down('Shift');
  const fine = await focused(2);
  await page.keyboard.up('Shift');
  expect(fine).toBeCloseTo(2 * focusStepUm(numericalAperture, true), 0);
  expect(fine).toBeLessThan(coarse);
});

test('a click on the map goes there', async () => {
  const { x, y, width, height } = await middleOf(page, 'slide-map');
  const limits = simulatedMicroscope.stageLimitsUm;
  const perPixel = Math.max(
    (limits.x.maximum - limits.x.minimum) / width,
    (limits.y.maximum - limits.y.minimum) / height,
  );
  await page.mouse.click(x + 20, y - 15);
  // Within a pixel of the map.
  const isThere = ({ positionUm: at }: Telemetry) =>
    Math.abs(at.x - 20 * perPixel) < perPixel && Math.abs(at.y + 15 * perPixel) < perPixel;
  await expect.poll(() => isThere(room.telemetry()), PATIENCE).toBe(true);
  const { positionUm } = await room.atRest();
  await bothRead(positionUm);
});

test('a place is gone back to with its focus and its objective', async () => {
  await chooseObjective(4);
  const { positionUm: marked } = await room.atRest();
  await page.keyboard.press('KeyB');
  await chooseObjective(2);
  const picture = await middleOf(page, 'microscope-picture');
  await page.mouse.dblclick(picture.x + 150, picture.y - 80);
  await expect.poll(() => room.telemetry().positionUm.x, PATIENCE).toBeGreaterThan(marked.x + 100);
  const { positionUm: elsewhere } = await room.atRest();

  await page.getByRole('tab', { name: '場所' }).click();
  await page.getByRole('button', { name: /場所 1/ }).click();
  await haveObjective(4);
  await expect.poll(() => room.telemetry().positionUm.z, PATIENCE).toBeCloseTo(marked.z, 0);
  const { positionUm: back } = await room.atRest();
  for (const axis of ['x', 'y', 'z'] as const) expect(Math.abs(back[axis] - marked[axis])).toBeLessThan(1);
  await bothRead(marked);

  // The same tissue, which the stage shows from another place with this objective.
  const beside = objective(4).parcentricOffsetUm.x - objective(2).parcentricOffsetUm.x;
  await page.keyboard.press('Backspace');
  await expect.poll(() => room.telemetry().positionUm.x, PATIENCE).toBeCloseTo(elsewhere.x + beside, 0);
});

test('a box is brought to the middle and magnified', async () => {
  await chooseObjective(2);
  const { positionUm: before } = await room.atRest();
  const { x, y } = await middleOf(page, 'microscope-picture');
  await page.keyboard.press('KeyN');
  await page.mouse.move(x + 100, y + 60);
  await page.mouse.down();
  await page.mouse.move(x + 200, y + 120, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.press('KeyH');
  const perPixel = await micrometresPerPixel(2);
  // The strongest of those whose field holds 100 × 60 pixels.
  const expected = simulatedMicroscope.objectives.findLast(
    (each) =>
      each.immersion === 'dry' && simulatedSensor.widthPixels * each.micrometresPerPixel >= 100 * perPixel,
  );
  await haveObjective(expected?.id ?? 0);
  const { positionUm: after } = await room.atRest();
  const from = objective(2).parcentricOffsetUm;
  const to = expected?.parcentricOffsetUm ?? from;
  expect(after.x - before.x).toBeCloseTo(150 * perPixel + to.x - from.x, -1);
  expect(after.y - before.y).toBeCloseTo(90 * perPixel + to.y - from.y, -1);
});

const pad = (axes: readonly number[], pressed?: readonly number[]) => movePad(page, axes, pressed);

async function pushPad(axes: readonly number[]): Promise<void> {
  await pad(axes);
  await page.waitForTimeout(HELD_MS);
  await pad([0, 0, 0, 0]);
}

test('a gamepad means nothing inside its dead zone, and outside it the way it is pushed', async () => {
  await chooseObjective(3);
  const { positionUm: before } = await room.atRest();
  await pushPad([0.1, -0.1, 0, 0.12]);
  await page.waitForTimeout(HELD_MS);
  expect((await room.atRest()).positionUm).toEqual(before);
  expect((await gone(() => pushPad([0.9, 0, 0, 0]))).x).toBeGreaterThan(10);
  expect((await gone(() => pushPad([0, -0.9, 0, 0]))).y).toBeLessThan(-10);
});

test('buttons of a gamepad change the objective', async () => {
  await chooseObjective(3);
  await pad([0, 0, 0, 0], [5]);
  await haveObjective(4);
  await pad([0, 0, 0, 0], []);
  await page.waitForTimeout(HELD_MS);
  await pad([0, 0, 0, 0], [4]);
  await haveObjective(3);
  await pad([0, 0, 0, 0], []);
});

test('an axis is assigned by moving it, nothing moves meanwhile, and then it steers', async () => {
  await chooseObjective(3);
  const { positionUm: before } = await room.atRest();
  await page.getByRole('button', { name: 'コントローラーの割り当て' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('test pad').first().waitFor();
  await dialog.getByRole('button', { name: '割り当てる' }).first().click();
  await pad([0, 0, 0.9, 0]);
  await dialog.getByText('軸 2').waitFor();
  await page.waitForTimeout(HELD_MS);
  await pad([0, 0, 0, 0]);
  expect((await room.atRest()).positionUm).toEqual(before);
  await dialog.getByRole('button', { name: '閉じる' }).click();
  await dialog.waitFor({ state: 'hidden' });

  expect((await gone(() => pushPad([0, 0, -0.9, 0]))).x).toBeLessThan(-10);
  const { positionUm: now } = await room.atRest();
  await pushPad([0.9, 0, 0, 0]);
  await page.waitForTimeout(HELD_MS);
  expect((await room.atRest()).positionUm).toEqual(now);
});

test('the stick on the screen steers for as long as it is held', async () => {
  await page.getByRole('button', { name: '画面上のスティック' }).click();
  const { x, y } = await middleOf(page, 'joystick');
  const push = async () => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 45, y, { steps: 2 });
    await page.waitForTimeout(HELD_MS);
    await page.mouse.up();
  };
  const way = await gone(push);
  expect(way.x).toBeLessThan(-10);
  expect(Math.abs(way.y)).toBeLessThan(NOISE_UM);
  await page.getByRole('button', { name: '画面上のスティック' }).click();
});

test('an oil lens is for who sits at the microscope', async () => {
  const remote = page.getByRole('button', { name: /^100×/ });
  expect(await remote.isDisabled()).toBe(true);
  expect(await remote.textContent()).toContain('要オイル・現場操作');
  expect(await room.bench.getByRole('button', { name: /^100×/ }).isEnabled()).toBe(true);
  const { objectiveId } = await room.atRest();
  await page.keyboard.press('Digit6');
  await page.getByRole('status').filter({ hasText: '要オイル・現場操作' }).waitFor();
  // Past the page the microscope itself refuses.
  const { lease } = room.telemetry();
  const { refused } = await room.university.microscope.request({
    kind: 'change-objective',
    procedureId: crypto.randomUUID(),
    leaseEpoch: lease.epoch,
    objectiveId: 6,
  });
  expect(refused).toBe('oil-objective');
  expect((await room.atRest()).objectiveId).toBe(objectiveId);
});

test('no page complained', () => {
  expect(room.opened.flatMap(({ errors }) => errors)).toEqual([]);
});
