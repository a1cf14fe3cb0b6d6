// A hand that is lost means nothing any more: looked at is what the page says, not whether the stage stands, for the
// stage would stand for other reasons too.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { nameSlide, openBench, takeControl } from '#tests/support/bench-page.ts';
import { launchChromium } from '#tests/support/chromium.ts';
import { openPage } from '#tests/support/page.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

interface Intent {
  readonly kind: string;
  readonly velocityUmPerS?: { readonly x: number; readonly y: number; readonly z: number };
  readonly targetId?: string;
}

const folder = temporaryDirectory();
const PATIENCE = { timeout: 30_000 };
/** Fifteen repetitions of what is still meant. */
const LISTEN_MS = 600;
/** Zeros are said three times after the hand has gone. */
const ZEROS_MS = 200;
const said: Intent[] = [];
let workstation: Workstation;
let browser: Browser;
let page: Page;

function intentOf(payload: string | Buffer): Intent | undefined {
  const frame = JSON.parse(String(payload)) as { name?: string; input?: Intent };
  return frame.name === 'microscope.intend' ? frame.input : undefined;
}

const isPush = ({ kind, velocityUmPerS: v }: Intent) =>
  kind === 'velocity' && v !== undefined && Math.hypot(v.x, v.y, v.z) > 0;

/** What the page says from now on, once the hand's last words are over. */
async function saidAfterwards(): Promise<readonly Intent[]> {
  await page.waitForTimeout(ZEROS_MS);
  said.length = 0;
  await page.waitForTimeout(LISTEN_MS);
  return [...said];
}

async function middle(testId: string): Promise<{ x: number; y: number }> {
  const box = await page.getByTestId(testId).boundingBox();
  if (!box) throw new Error(`no ${testId}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

beforeAll(async () => {
  browser = await launchChromium();
  workstation = await startWorkstation(folder.path);
  ({ page } = await openPage(browser, workstation.url, { width: 1600, height: 1000 }));
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const intent = intentOf(payload);
      if (intent) said.push(intent);
    }),
  );
  // A device whose stick is wherever the test puts it.
  await page.addInitScript(() => {
    const pad = { id: 'test pad', index: 0, connected: true, mapping: 'standard', axes: [0, 0, 0, 0] };
    const buttons = Array.from({ length: 17 }, () => ({ pressed: false, touched: false, value: 0 }));
    const pads = { list: [] as unknown[], pad: { ...pad, buttons } };
    Object.assign(window, { pads });
    navigator.getGamepads = () => pads.list as (Gamepad | null)[];
  });
  await page.reload();
  await openBench(page);
  await nameSlide(page, '26-1 F1-1');
  await takeControl(page);
});

beforeEach(async () => {
  // To and fro, so that no push is refused at the end of the stage.
  await page.keyboard.press('ArrowLeft', { delay: 100 });
  await page.waitForTimeout(ZEROS_MS);
  said.length = 0;
});

afterAll(async () => {
  await browser.close();
  await workstation.stop();
  folder.remove();
});

async function holdKey(): Promise<void> {
  await page.keyboard.down('ArrowRight');
  await expect.poll(() => said.filter(isPush).length, PATIENCE).toBeGreaterThan(3);
}

test('a key that stays down steers on', async () => {
  await holdKey();
  const after = await saidAfterwards();
  await page.keyboard.up('ArrowRight');
  expect(after.filter(isPush).length).toBeGreaterThan(3);
});

type Loss = readonly [what: string, target: 'window' | 'document' | 'element', event: string];

const windowLoses: readonly Loss[] = [
  ['the window loses the focus', 'window', 'blur'],
  ['the page is hidden', 'document', 'visibilitychange'],
  ['the page is left', 'window', 'pagehide'],
];
const pointerLoses: readonly Loss[] = [
  ['the system takes the pointer away', 'element', 'pointercancel'],
  ['the pointer is captured by another', 'element', 'lostpointercapture'],
];

async function lose([, target, type]: Loss, testId: string): Promise<void> {
  await page.getByTestId(testId).evaluate(
    (element, [to, name]) => {
      if (to === 'element') element.dispatchEvent(new PointerEvent(name, { bubbles: true }));
      else (to === 'window' ? window : document).dispatchEvent(new Event(name));
    },
    [target, type] as const,
  );
}

test.each(windowLoses)('a held key means nothing once %s', async (...loss) => {
  await holdKey();
  await lose(loss, 'microscope-picture');
  const after = await saidAfterwards();
  await page.keyboard.up('ArrowRight');
  expect(after.filter(isPush)).toEqual([]);
});

test('a held key means nothing once somebody writes', async () => {
  await holdKey();
  await page.keyboard.press('KeyK');
  const field = page.getByRole('textbox', { name: '文字を送る' });
  await expect.poll(() => field.evaluate((each) => each === document.activeElement), PATIENCE).toBe(true);
  const after = await saidAfterwards();
  await page.keyboard.up('ArrowRight');
  await field.blur();
  expect(after.filter(isPush)).toEqual([]);
});

test.each([...windowLoses, ...pointerLoses])('a drag goes no further once %s', async (...loss) => {
  const { x, y } = await middle('microscope-picture');
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y, { steps: 3 });
  await expect.poll(() => said.some(({ kind }) => kind === 'target'), PATIENCE).toBe(true);
  await lose(loss, 'microscope-picture');
  await page.waitForTimeout(ZEROS_MS);
  said.length = 0;
  await page.mouse.move(x + 200, y, { steps: 4 });
  await page.waitForTimeout(LISTEN_MS);
  await page.mouse.up();
  expect(said.filter(({ kind }) => kind === 'target')).toEqual([]);
});

test.each([...windowLoses, ...pointerLoses])('the stick on the screen lets go once %s', async (...loss) => {
  const stick = page.getByTestId('joystick');
  if (!(await stick.isVisible())) await page.getByRole('button', { name: '画面上のスティック' }).click();
  await stick.waitFor();
  const { x, y } = await middle('joystick');
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 40, y, { steps: 2 });
  await expect.poll(() => said.filter(isPush).length, PATIENCE).toBeGreaterThan(3);
  await lose(loss, 'joystick');
  // The button is still down: it has to be pressed anew to mean anything.
  await page.mouse.move(x + 30, y + 10, { steps: 2 });
  const after = await saidAfterwards();
  await page.mouse.up();
  expect(after.filter(isPush)).toEqual([]);
});

test.each(['said', 'unsaid'] as const)('a gamepad that is unplugged, %s, lets go', async (how) => {
  const move = (axes: readonly number[], isThere: boolean) =>
    page.evaluate(
      ([position, plugged]) => {
        const { pads } = window as unknown as { pads: { list: unknown[]; pad: object } };
        pads.list = plugged ? [{ ...pads.pad, axes: position }] : [];
      },
      [axes, isThere] as const,
    );
  await page.bringToFront();
  await move([0, 0, 0, 0], true);
  await page.waitForTimeout(200);
  await move([0.9, 0, 0, 0], true);
  await expect.poll(() => said.filter(isPush).length, PATIENCE).toBeGreaterThan(3);
  await move([0, 0, 0, 0], false);
  if (how === 'said') {
    await page.evaluate(() =>
      window.dispatchEvent(Object.assign(new Event('gamepaddisconnected'), { gamepad: { index: 0 } })),
    );
  }
  expect((await saidAfterwards()).filter(isPush)).toEqual([]);
});
