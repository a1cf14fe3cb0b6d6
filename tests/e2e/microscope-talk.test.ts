// Two people talk: what is judged is the sound and the pictures that really arrive at the other side.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench } from '#tests/support/bench-page.ts';
import { launchChromium } from '#tests/support/chromium.ts';
import { call, openMicroscopeRoom } from '#tests/support/microscope-room.ts';
import type { MicroscopeRoom } from '#tests/support/microscope-room.ts';
import { openPage } from '#tests/support/page.ts';
import { movePad, plugPad } from '#tests/support/virtual-pad.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
/** The fake microphone beeps once a second. */
const LISTEN_MS = 2500;
/** Of full scale: far above what a muted line gives, far below a beep. */
const AUDIBLE = 0.01;
const PUSH_TO_TALK_BUTTON = 7;
let room: MicroscopeRoom;
let pathologist: Page;
let bench: Page;

beforeAll(async () => {
  room = await openMicroscopeRoom({
    flags: [
      // The second of Chromium's fake cameras gives depth, which no page is shown.
      '--use-fake-device-for-media-stream=device-count=5',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
    ],
    prepare: async (page) => {
      await plugPad(page);
      // The connections, so that one can be lost.
      await page.addInitScript(() => {
        const opened: RTCPeerConnection[] = [];
        Object.assign(window, { opened });
        window.RTCPeerConnection = class extends RTCPeerConnection {
          constructor(configuration?: RTCConfiguration) {
            super(configuration);
            opened.push(this);
          }
        };
      });
    },
  });
  ({ pathologist, bench } = room);
  await call(room);
  for (const page of [pathologist, bench]) {
    await page.getByRole('tab', { name: '通話' }).click();
    await page.getByRole('button', { name: 'マイクとカメラを使う' }).click();
  }
});

afterAll(() => room.close());

/** Loudest and quietest moment of what a side hears within `LISTEN_MS`, of full scale. */
function heardBy(page: Page): Promise<{ loudest: number; quietest: number }> {
  return page.getByTestId('peer-sound').evaluate(async (element, listenMs) => {
    const stream = (element as HTMLAudioElement).srcObject;
    if (!(stream instanceof MediaStream)) return { loudest: 0, quietest: 0 };
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 2048 });
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const peaks: number[] = [];
    for (const endMs = performance.now() + listenMs; performance.now() < endMs;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      analyser.getFloatTimeDomainData(samples);
      peaks.push(Math.max(...samples.map(Math.abs)));
    }
    await context.close();
    return { loudest: Math.max(...peaks), quietest: Math.min(...peaks) };
  }, LISTEN_MS);
}

const hears = async (page: Page) => (await heardBy(page)).loudest > AUDIBLE;

const says = (page: Page, text: string) => page.getByText(text, { exact: true }).first().waitFor();

async function choose(page: Page, device: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: device, exact: true }).click();
  await page.getByRole('option', { name: option }).click();
}

/** Track and picture of one of the faces a side sees. */
function face(page: Page, name: string | RegExp) {
  const video = page.locator('figure').filter({ hasText: name }).locator('video');
  return {
    track: () =>
      video.evaluate((element) => {
        const stream = (element as HTMLVideoElement).srcObject as MediaStream | null;
        return stream?.getVideoTracks()[0]?.id;
      }),
    /** A small copy of what is on the screen now. */
    pixels: () =>
      video.evaluate((element) => {
        const canvas = new OffscreenCanvas(64, 48);
        const context = canvas.getContext('2d');
        context?.drawImage(element as HTMLVideoElement, 0, 0, 64, 48);
        return [...(context?.getImageData(0, 0, 64, 48).data ?? [])].join(' ');
      }),
    wait: () => video.waitFor(),
  };
}

async function varies(page: Page, name: string | RegExp): Promise<void> {
  const seen = face(page, name);
  await seen.wait();
  await expect.poll(async () => new Set((await seen.pixels()).split(' ')).size, PATIENCE).toBeGreaterThan(2);
  const first = await seen.pixels();
  await expect.poll(seen.pixels, PATIENCE).not.toBe(first);
}

test('each side hears the other: beeps, and pauses between them', async () => {
  for (const page of [pathologist, bench]) {
    await expect.poll(() => hears(page), PATIENCE).toBe(true);
    const { loudest, quietest } = await heardBy(page);
    expect(quietest).toBeLessThan(loudest / 4);
  }
});

test('who is muted is silent, and the other side sees it', async () => {
  await pathologist.keyboard.press('KeyM');
  await says(bench, '相手は消音中');
  await expect.poll(() => hears(bench), PATIENCE).toBe(false);
  expect(await hears(pathologist)).toBe(true);
  await pathologist.keyboard.press('KeyM');
  await says(bench, '相手のマイク入');
  await expect.poll(() => hears(bench), PATIENCE).toBe(true);
});

test('pushing to talk, a side is heard only while the key or the button is held', async () => {
  await pathologist.getByRole('button', { name: '押して話す' }).click();
  const held = [
    [() => pathologist.keyboard.down('KeyV'), () => pathologist.keyboard.up('KeyV')],
    [
      () => movePad(pathologist, [0, 0, 0, 0], [PUSH_TO_TALK_BUTTON]),
      () => movePad(pathologist, [0, 0, 0, 0], []),
    ],
  ] as const;
  for (const [press, release] of held) {
    await says(bench, '相手は消音中');
    await expect.poll(() => hears(bench), PATIENCE).toBe(false);
    await press();
    await says(bench, '相手のマイク入');
    await expect.poll(() => hears(bench), PATIENCE).toBe(true);
    await release();
  }
  await says(bench, '相手は消音中');
  await expect.poll(() => hears(bench), PATIENCE).toBe(false);
  await pathologist.getByRole('button', { name: '常時' }).click();
});

test('the microphone that is chosen is the one that is heard', async () => {
  await choose(pathologist, 'マイク', '使わない');
  await says(bench, '相手は消音中');
  await expect.poll(() => hears(bench), PATIENCE).toBe(false);
  await choose(pathologist, 'マイク', /Fake Audio Input 2/);
  await says(bench, '相手のマイク入');
  await expect.poll(() => hears(bench), PATIENCE).toBe(true);
});

test('cameras arrive and move, the second one as a stream of its own', async () => {
  await choose(pathologist, 'カメラ', 'fake_device_0');
  await varies(bench, /^(?!.*(こちら|第2カメラ))/);
  await choose(pathologist, '第2カメラ', 'fake_device_3');
  await varies(bench, '第2カメラ');
  const person = await face(bench, /^(?!.*(こちら|第2カメラ))/).track();
  const second = await face(bench, '第2カメラ').track();
  expect(person).toBeDefined();
  expect(second).toBeDefined();
  expect(second).not.toBe(person);

  const own = () =>
    pathologist
      .locator('figure')
      .filter({ hasText: 'こちら' })
      .locator('video')
      .evaluate((element) => {
        const stream = (element as HTMLVideoElement).srcObject as MediaStream;
        return stream.getVideoTracks()[0]?.label;
      });
  expect(await own()).toBe('fake_device_0');
  await choose(pathologist, 'カメラ', 'fake_device_4');
  await expect.poll(own, PATIENCE).toBe('fake_device_4');
  await varies(bench, /^(?!.*(こちら|第2カメラ))/);

  await choose(pathologist, '第2カメラ', '使わない');
  await expect.poll(() => bench.getByText('第2カメラ').count(), PATIENCE).toBe(1);
});

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: '文字を送る' }).fill(text);
  await page.keyboard.press('Enter');
}

const lines = (page: Page) => page.locator('li[data-own] span').allTextContents();

test('what is written arrives once and in order, over a lost connection too', async () => {
  for (const page of [pathologist, bench]) await page.getByRole('tab', { name: /^チャット/ }).click();
  await write(pathologist, '断端は陰性です。𠮷田');
  await expect.poll(() => lines(bench), PATIENCE).toEqual(['断端は陰性です。𠮷田']);
  await write(bench, '了解 — ありがとうございます');
  const before = ['断端は陰性です。𠮷田', '了解 — ありがとうございます'];
  for (const page of [pathologist, bench]) await expect.poll(() => lines(page), PATIENCE).toEqual(before);

  const state = async () => (await room.hospital.link.getState({})).session;
  const epoch = (await state())?.epoch ?? 0;
  await pathologist.evaluate(() => {
    for (const connection of (window as unknown as { opened: RTCPeerConnection[] }).opened)
      connection.close();
  });
  const said = ['一', '二', '三'];
  for (const text of said) await write(bench, text);
  await expect.poll(async () => (await state())?.epoch, PATIENCE).toBeGreaterThan(epoch);
  await expect.poll(async () => (await state())?.state, PATIENCE).toBe('connected');
  for (const page of [pathologist, bench]) {
    await expect.poll(() => lines(page), PATIENCE).toEqual([...before, ...said]);
  }
  await write(pathologist, '四');
  await expect.poll(() => lines(bench), PATIENCE).toEqual([...before, ...said, '四']);
  await expect.poll(() => hears(bench), PATIENCE).toBe(true);
});

test('no page complained', () => {
  expect(room.opened.flatMap(({ errors }) => errors)).toEqual([]);
});

test('without permission for the microphone there is a sentence and a way on', async () => {
  const data = temporaryDirectory();
  const workstation = await startWorkstation(data.path);
  const browser = await launchChromium(['--use-fake-device-for-media-stream', '--deny-permission-prompts']);
  const { page } = await openPage(browser, workstation.url, { width: 1600, height: 1000 });
  await openBench(page);
  await page.getByRole('tab', { name: '通話' }).click();
  await page.getByRole('button', { name: 'マイクとカメラを使う' }).click();
  const sentence = page.getByRole('alert').filter({ hasText: '許可されていません' });
  await sentence.waitFor();
  expect(await sentence.textContent()).toContain('文字の会話は使えます');
  await page.getByRole('tab', { name: /^チャット/ }).click();
  expect(await page.getByRole('textbox', { name: '文字を送る' }).isEnabled()).toBe(true);
  await browser.close();
  await workstation.stop();
  data.remove();
});
