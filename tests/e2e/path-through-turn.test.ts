// What the person who looks after the network enters is what the next call goes through: Debian's coturn, nothing else.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linkFlags } from '#tests/support/link-page.ts';
import { call, giveControl, openMicroscopeRoom, regainControl } from '#tests/support/microscope-room.ts';
import type { MicroscopeRoom } from '#tests/support/microscope-room.ts';
import { clippedTexts, screenshot } from '#tests/support/page.ts';
import { startTurnServer } from '#tests/support/turn-server.ts';
import type { TurnServer } from '#tests/support/turn-server.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
let turn: TurnServer;
let room: MicroscopeRoom;

beforeAll(async () => {
  turn = await startTurnServer();
  room = await openMicroscopeRoom({ flags: linkFlags });
});

afterAll(async () => {
  await room.close();
  await turn.stop();
});

async function enterPath(page: Page, secret: string): Promise<void> {
  const address = page.url();
  await page.getByRole('button', { name: '設定' }).click();
  const sections = page.getByRole('navigation', { name: '設定' });
  await sections.getByRole('button', { name: '相手の端末' }).click();
  await page.getByLabel('TURN サーバー', { exact: true }).fill(turn.url);
  await page.getByLabel('TURN の共有鍵', { exact: true }).fill(secret);
  const isRelayOnly = page.getByRole('checkbox', { name: '必ず TURN を通す' });
  if (!(await isRelayOnly.isChecked())) await isRelayOnly.click();
  await page.getByRole('button', { name: '通り道を保存' }).click();
  await page.getByText('保存しました。次の接続から使います。').first().waitFor();
  await page.goto(address);
}

const session = async () => (await room.university.link.getState({})).session;

test('with the secret of another server nobody is reached', async () => {
  for (const page of [room.pathologist, room.bench]) await enterPath(page, 'of another server');
  await call(room);
  // Paths that exist are found long before this is said.
  for (const page of [room.pathologist, room.bench]) {
    await page.getByText('映像の通り道がまだ見つかりません').waitFor({ timeout: 60_000 });
    expect(await clippedTexts(page)).toEqual([]);
  }
  const { live, bulk } = (await session()) ?? {};
  expect([live?.state, bulk?.state]).not.toContain('connected');
  await screenshot(room.pathologist, 'path-no-turn');
  await room.university.link.hangUp({});
  await room.pathologist.getByTestId('call').first().waitFor(PATIENCE);
});

test('with the right one picture, commands and files go through the relay, which the screen says', async () => {
  for (const page of [room.pathologist, room.bench]) await enterPath(page, turn.secret);
  await call(room);
  await expect
    .poll(async () => (await session())?.live, PATIENCE)
    .toEqual({ state: 'connected', isRelayed: true });
  await expect
    .poll(async () => (await session())?.bulk, PATIENCE)
    .toEqual({ state: 'connected', isRelayed: true });
  await giveControl(room, '26-3 A1');
  await expect
    .poll(async () => {
      await regainControl(room);
      const before = (await room.atRest()).positionUm.x;
      await room.pathologist.keyboard.press('ArrowRight', { delay: 600 });
      return Math.abs((await room.atRest()).positionUm.x - before);
    }, PATIENCE)
    .toBeGreaterThan(10);
  await room.pathologist.getByText('中継', { exact: true }).first().waitFor(PATIENCE);
  await screenshot(room.pathologist, 'path-through-turn');
  expect(room.opened.flatMap(({ errors }) => errors)).toEqual([]);
});
