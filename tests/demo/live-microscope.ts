import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { backendContracts } from '#shared/contract/index.ts';
import type { Still } from '#shared/contract/microscope.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Client } from '#shared/rpc/connect.ts';
import { connectToEndpoint } from '#backend/transport/local-client.ts';
import { readEndpoint } from '#backend/transport/local-endpoint.ts';
import { monotonicMs } from '#device-host/monotonic.ts';
import { readPositionLog } from '#device-host/simulated/position-log.ts';
import { measureHalts } from '../support/halts.ts';
import { runStaleCommands } from '../support/stale/stale-run.ts';
import type { MicroscopeReport } from './report.ts';
import type { Actor, Stage, Story } from './stage.ts';

const WAIT_MS = 60_000;
const LABEL = '24-1234 F1-1';
const NEXT_LABEL = '24-1234 F1-2';
const HALT_TRIALS_PER_CAUSE = 2;
const STALE_COMMANDS = 20_000;
/** Glass to glass and round trips are read for so long, so often. */
const QUIET_WATCH_MS = 20_000;

type Backend = Client<typeof backendContracts>;

/** What both pages show is played by hand; what has to be known exactly is asked of the two workstations. */
class Site {
  readonly actor: Actor;
  readonly backend: Backend;
  telemetry: Telemetry | undefined;

  private constructor(actor: Actor, backend: Backend) {
    this.actor = actor;
    this.backend = backend;
    backend.microscope.on('telemetry', (telemetry) => {
      this.telemetry = telemetry;
    });
  }

  static async of(stage: Stage, role: string): Promise<Site> {
    const actor = await stage.actor(role);
    const known = sites.get(actor);
    if (known) return known;
    const endpoint = readEndpoint(actor.dataDir);
    if (!endpoint) throw new Error(`${role} has no endpoint`);
    const { client } = new RpcConnection(backendContracts, await connectToEndpoint(endpoint));
    const site = new Site(actor, client);
    sites.set(actor, site);
    return site;
  }

  get page(): Page {
    return this.actor.page;
  }
}

const sites = new Map<Actor, Site>();
const found: { -readonly [Key in keyof MicroscopeReport]?: MicroscopeReport[Key] } = {};

const bench = (stage: Stage) => Site.of(stage, 'operating-hospital');
const consoleSite = (stage: Stage) => Site.of(stage, 'pathologist');

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + WAIT_MS;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A gesture that a busy machine has refused, with its reason on the screen, is made again, as a person would. */
async function insist(what: string, act: () => Promise<void>, isSo: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    await act();
    const deadlineMs = performance.now() + WAIT_MS / 5;
    while (performance.now() < deadlineMs) {
      if (isSo()) return;
      await pause(20);
    }
  }
  throw new Error(`in vain: ${what}`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const isResting = ({ telemetry }: Site) =>
  telemetry !== undefined && Object.values(telemetry.axes).every((state) => state === 'idle');
const room = (page: Page) => page.getByRole('button', { name: '顕微鏡' }).first().click();
const picture = (page: Page) => page.getByTestId('microscope-picture');

/** The stage's own log: what it says of itself, a thousand times a second. */
function positions(site: Site) {
  return readPositionLog(readFileSync(path.join(site.actor.dataDir, 'simulated-stage.log')));
}

/** From the key until the stage itself says that it moves; undefined where the key was refused. */
async function keyToMotion(hospital: Site, pathologist: Site, key: string): Promise<number | undefined> {
  await until('the stage rests', () => isResting(hospital));
  await pause(400);
  const pressedAtMs = monotonicMs();
  await pathologist.page.keyboard.down(key);
  await pause(350);
  await pathologist.page.keyboard.up(key);
  await pause(500);
  const after = positions(hospital).filter(({ atMs }) => atMs >= pressedAtMs);
  const first = after.find((position, index) => {
    const before = after[index - 1];
    return before !== undefined && (position.x !== before.x || position.y !== before.y);
  });
  return first && first.atMs - pressedAtMs;
}

/** Every single value that the page tells (User Timing), for a while. */
function observed(page: Page, name: string, watchMs: number): Promise<number[]> {
  return page.evaluate(
    ([measure, forMs]) =>
      new Promise<number[]>((resolve) => {
        const values: number[] = [];
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntriesByName(measure))
            values.push(Math.round(entry.duration * 10) / 10);
        });
        observer.observe({ type: 'measure' });
        setTimeout(() => {
          observer.disconnect();
          resolve(values);
        }, forMs);
      }),
    [name, watchMs] as const,
  );
}

async function pairByVoice(stage: Stage): Promise<void> {
  const [hospital, pathologist] = [await bench(stage), await consoleSite(stage)];
  await hospital.backend.link.rename({ name: '島の病院 手術室' });
  await pathologist.backend.link.rename({ name: '病理医' });
  for (const { page } of [hospital, pathologist]) await page.getByTestId('add-contact').click();
  await hospital.page.getByTestId('show-card').click();
  const card = await hospital.page.getByTestId('own-card').inputValue();
  await pathologist.page.getByRole('textbox', { name: '相手のカードの文字' }).fill(card);
  await pathologist.page.getByRole('button', { name: 'このカードを使う' }).click();
  const codes: string[] = [];
  for (const { page } of [hospital, pathologist]) {
    codes.push((await page.getByTestId('pairing-code').textContent({ timeout: WAIT_MS })) ?? '');
  }
  found.pairing = { codes, codesEqual: codes[0] === codes[1] };
  if (!found.pairing.codesEqual) throw new Error('the codes differ');
}

async function confirmCodes(stage: Stage): Promise<void> {
  const all = [await bench(stage), await consoleSite(stage)];
  for (const { page } of all) await page.getByRole('button', { name: '同じです' }).click();
  for (const { backend, page } of all) {
    await until('both know each other', async () =>
      (await backend.link.getState({})).contacts.some(({ presence }) => presence === 'online'),
    );
    await page.keyboard.press('Escape');
  }
}

/** One shot, over the link. A machine too busy to hold it ends it with a reason; then it is asked for again. */
async function autofocus(stage: Stage): Promise<number> {
  const [hospital, pathologist] = [await bench(stage), await consoleSite(stage)];
  const endings: string[] = [];
  for (let attempt = 0; attempt < 4; attempt++) {
    await until(
      'nothing runs',
      () => pathologist.telemetry?.procedure === null && isResting(pathologist),
    ).catch((error: unknown) => {
      const { procedure, axes, positionUm, lastProcedure } = pathologist.telemetry ?? {};
      throw new Error(JSON.stringify({ procedure, axes, positionUm, lastProcedure }), { cause: error });
    });
    await pause(500);
    const before = hospital.telemetry?.lastProcedure?.procedureId;
    const startMs = performance.now();
    await pathologist.page.keyboard.press('KeyX');
    const deadlineMs = startMs + 15_000;
    while (hospital.telemetry?.lastProcedure?.procedureId === before && performance.now() < deadlineMs)
      await pause(20);
    const last = hospital.telemetry?.lastProcedure;
    const isNew = last !== undefined && last?.procedureId !== before;
    if (isNew && last?.outcome === 'done') return performance.now() - startMs;
    const refused = pathologist.telemetry?.refused?.reason ?? 'nothing';
    endings.push(isNew ? `${last?.outcome} (${last?.reason})` : `not begun (${refused})`);
  }
  throw new Error(`no autofocus: ${endings.join(', ')}`);
}

/** From the standstill after a short push to each form of the still that is taken by itself; then it is kept. */
async function takeStill(stage: Stage): Promise<void> {
  const [hospital, pathologist] = [await bench(stage), await consoleSite(stage)];
  await until('the stage rests', () => isResting(hospital));
  const { stills: before } = await pathologist.backend.microscope.listStills({});
  const known = new Set(before.map(({ facts }) => facts.stillId));
  const atMs = new Map<string, { lossy: number; lossless: number }>();
  let whole: Still | undefined;
  const stop = pathologist.backend.microscope.on('stillChanged', (still) => {
    const { facts, forms } = still;
    if (known.has(facts.stillId)) return;
    const nowMs = performance.now();
    const times = atMs.get(facts.stillId) ?? { lossy: Number.NaN, lossless: Number.NaN };
    atMs.set(facts.stillId, times);
    const lossless = forms.find(({ form }) => form === 'lossless');
    if (Number.isNaN(times.lossy) && forms.length > 0) times.lossy = nowMs;
    if (!lossless || facts.sha256 === null || !Number.isNaN(times.lossless)) return;
    times.lossless = nowMs;
    whole = still;
  });
  const { x, y } = hospital.telemetry?.positionUm ?? { x: 0, y: 0 };
  const hasMoved = () =>
    Math.hypot((hospital.telemetry?.positionUm.x ?? x) - x, (hospital.telemetry?.positionUm.y ?? y) - y) > 1;
  await insist('a short push', () => pathologist.page.keyboard.press('ArrowRight', { delay: 200 }), hasMoved);
  await until('the stage rests', () => isResting(hospital));
  const restedAtMs = performance.now();
  await until('a still in full', () => whole !== undefined);
  stop();
  if (!whole) throw new Error('no still');
  const { stillId, sizeBytes } = whole.facts;
  const times = atMs.get(stillId);
  await pathologist.page.keyboard.press('KeyC');
  await pathologist.page.getByTestId('picture-kind').getByText('保存済み').waitFor({ timeout: WAIT_MS });
  // The same bytes at both ends, whatever the two programs say of themselves.
  const file = (site: Site) =>
    readFileSync(path.join(site.actor.dataDir, 'microscope', 'stills', stillId, 'lossless'));
  const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
  const isVerified = whole.forms.some((form) => form.form === 'lossless' && form.isVerified);
  const still = {
    bytes: sizeBytes ?? 0,
    msToLossy: (times?.lossy ?? Number.NaN) - restedAtMs,
    msToLossless: (times?.lossless ?? Number.NaN) - restedAtMs,
    bitExact: isVerified && sha256(file(hospital)) === sha256(file(pathologist)),
  };
  found.stills = [...(found.stills ?? []), still];
}

async function drag(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  const box = await picture(page).boundingBox();
  if (!box) throw new Error('no picture');
  await page.mouse.move(box.x + box.width * from[0], box.y + box.height * from[1]);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to[0], box.y + box.height * to[1], { steps: 12 });
  await page.mouse.up();
}

/** A click on the map where the tissue is darkest. */
async function goByMap(hospital: Site, page: Page): Promise<void> {
  const map = await page.getByTestId('slide-map').boundingBox();
  if (!map) throw new Error('no map');
  await insist(
    'the stage arrives',
    () => page.mouse.click(map.x + map.width * 0.61, map.y + map.height * 0.24),
    () => {
      const { x, y } = hospital.telemetry?.positionUm ?? { x: 0, y: 0 };
      return Math.abs(x - 3000) < 1500 && Math.abs(y + 5300) < 1500;
    },
  );
  await until('the stage rests', () => isResting(hospital));
  await pause(1000);
}

async function proposeSlide(page: Page, label: string): Promise<void> {
  await page.getByRole('textbox', { name: '標本番号' }).fill(label);
  await page.getByRole('button', { name: 'この番号で始める' }).click();
}

/** A pad that is pushed to the right and let go, as the browser would tell of a real one. */
async function pushPad(page: Page): Promise<void> {
  await page.evaluate(() => {
    const pad = { axes: [0, 0, 0, 0], isThere: true };
    const button = { pressed: false, touched: false, value: 0 };
    Object.assign(window, { demoPad: pad });
    navigator.getGamepads = () => [
      {
        id: 'Demo Pad (Vendor: 0000 Product: 0000)',
        index: 0,
        connected: true,
        mapping: 'standard',
        timestamp: performance.now(),
        axes: pad.axes,
        buttons: Array.from({ length: 17 }, () => button),
        vibrationActuator: null,
        hapticActuators: [],
      } as unknown as Gamepad,
      null,
      null,
      null,
    ];
  });
  await pause(300);
  await page.evaluate(() => {
    (window as unknown as { demoPad: { axes: number[] } }).demoPad.axes = [0.8, 0.3, 0, 0];
  });
}

const letPadGo = (page: Page) =>
  page.evaluate(() => {
    const { demoPad } = window as unknown as { demoPad?: { axes: number[] } };
    if (demoPad) demoPad.axes = [0, 0, 0, 0];
  });

async function recoverFromCut(stage: Stage): Promise<number> {
  const [hospital, pathologist] = [await bench(stage), await consoleSite(stage)];
  const address = pathologist.page.url();
  // The page with the connection is gone, as after a crash of the browser.
  await pathologist.page.goto('about:blank');
  await until('the hospital notices', async () => {
    const { session } = await hospital.backend.link.getState({});
    return session?.state === 'reconnecting';
  });
  await pathologist.page.goto(address);
  const backAtMs = performance.now();
  await room(pathologist.page);
  await until('the same session is back', async () => {
    const { session } = await hospital.backend.link.getState({});
    return session?.state === 'connected';
  });
  return performance.now() - backAtMs;
}

async function watchLink(stage: Stage): Promise<void> {
  const { page } = await consoleSite(stage);
  const [glassToGlassMs, commandRoundTripMs] = await Promise.all([
    observed(page, 'microscope.glass-to-glass', QUIET_WATCH_MS),
    observed(page, 'microscope.round-trip', QUIET_WATCH_MS),
  ]);
  const shown = await page.evaluate(
    () =>
      new Promise<{ width: number; height: number; frames: number }>((resolve) => {
        const video = [...document.querySelectorAll('video')].find(({ videoWidth }) => videoWidth >= 1000);
        if (!video) throw new Error('no video');
        let frames = 0;
        const count = () => {
          frames += 1;
          video.requestVideoFrameCallback(count);
        };
        video.requestVideoFrameCallback(count);
        setTimeout(() => resolve({ width: video.videoWidth, height: video.videoHeight, frames }), 10_000);
      }),
  );
  const codec = (await page.getByTestId('link-quality').textContent()) ?? '';
  found.link = {
    codec: /H264|VP8|VP9|AV1/i.exec(codec)?.[0] ?? 'unknown',
    width: shown.width,
    height: shown.height,
    fps: shown.frames / 10,
    isRelayed: (await (await consoleSite(stage)).backend.link.getState({})).session?.live.isRelayed ?? false,
    glassToGlassMs,
    commandRoundTripMs,
    recoveryMs: 0,
  };
}

/** A surgeon's hospital and a pathologist elsewhere, with a slide between them. */
export const liveMicroscope: Story = {
  name: 'live-microscope',
  roles: [
    { name: 'operating-hospital', title: { ja: '手術室のある病院', en: 'operating hospital' } },
    { name: 'pathologist', title: { ja: '病理医', en: 'pathologist' } },
  ],
  steps: [
    {
      role: 'operating-hospital',
      title: { ja: '顕微鏡の部屋：どちら側か', en: 'the microscope room: which side is this' },
      act: async (stage) => {
        const { page } = await bench(stage);
        await room(page);
        await page.getByTestId('use-simulated').waitFor({ timeout: WAIT_MS });
      },
    },
    {
      role: 'operating-hospital',
      title: { ja: '模擬顕微鏡の映像', en: 'the picture of the simulated microscope' },
      act: async (stage) => {
        const { page } = await bench(stage);
        await page.getByTestId('use-simulated').click();
        await picture(page).waitFor({ timeout: WAIT_MS });
        await pause(6000);
      },
    },
    {
      role: 'pathologist',
      title: { ja: '声で照合する6桁の番号', en: 'six digits to compare by voice' },
      act: async (stage) => {
        const { page } = await consoleSite(stage);
        await room(page);
        await pairByVoice(stage);
        await pause(500);
      },
    },
    {
      role: 'pathologist',
      title: { ja: '相手の病院が待っている', en: 'the hospital is there' },
      act: async (stage) => {
        const { page } = await consoleSite(stage);
        await confirmCodes(stage);
        await page.getByTestId('call').waitFor({ timeout: WAIT_MS });
      },
    },
    {
      role: 'operating-hospital',
      title: { ja: '標本番号を入れ、全体像を撮る', en: 'a label, and the overview of the slide' },
      act: async (stage) => {
        const { page } = await bench(stage);
        await page.getByRole('button', { name: '標本番号' }).first().click();
        await proposeSlide(page, LABEL);
        await page.getByTestId('scan').click({ timeout: WAIT_MS });
        await pause(4000);
      },
    },
    {
      role: 'operating-hospital',
      title: { ja: '標本の地図ができた', en: 'the map of the slide is there' },
      act: async (stage) => {
        const site = await bench(stage);
        await until('the map', async () => (await site.backend.microscope.getState({})).map !== null);
        await pause(1000);
      },
    },
    {
      role: 'operating-hospital',
      title: { ja: '病理医が呼び出す', en: 'the pathologist calls' },
      act: async (stage) => {
        const [{ page }, pathologist] = [await bench(stage), await consoleSite(stage)];
        await pathologist.page.getByTestId('call').click({ timeout: WAIT_MS });
        await page.getByTestId('accept-call').waitFor({ timeout: WAIT_MS });
      },
    },
    {
      role: 'pathologist',
      title: { ja: '映像が届き、標本番号を確かめる', en: 'the picture is there, the label is compared' },
      act: async (stage) => {
        const [hospital, pathologist] = [await bench(stage), await consoleSite(stage)];
        await hospital.page.getByTestId('accept-call').click();
        await until('connected', async () => {
          const { session } = await pathologist.backend.link.getState({});
          return session?.live.state === 'connected' && session.bulk.state === 'connected';
        });
        await picture(pathologist.page).waitFor({ timeout: WAIT_MS });
        await pause(3000);
      },
    },
    {
      role: 'operating-hospital',
      title: { ja: '病理医が操作権を求める', en: 'the pathologist asks for control' },
      act: async (stage) => {
        const [{ page }, pathologist] = [await bench(stage), await consoleSite(stage)];
        await pathologist.page.getByTestId('slide').getByRole('button').first().click();
        await pathologist.page.getByRole('button', { name: '操作権を求める' }).click({ timeout: WAIT_MS });
        await page.getByRole('button', { name: '渡す', exact: true }).waitFor({ timeout: WAIT_MS });
      },
    },
    {
      role: 'pathologist',
      title: { ja: 'キーで動かす', en: 'steering by keys' },
      act: async (stage) => {
        const [hospital, pathologist] = [await bench(stage), await consoleSite(stage)];
        await hospital.page.getByRole('button', { name: '渡す', exact: true }).click();
        await until('control', () => pathologist.telemetry?.lease.holder === 'remote');
        await goByMap(hospital, pathologist.page);
        await pathologist.page.mouse.move(800, 500);
        const keyToMotionMs: number[] = [];
        const keys = ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'KeyD', 'KeyS', 'KeyA', 'KeyW'];
        // On a machine too busy for a loop of half a second velocity is refused, as it should be.
        for (let attempt = 0; attempt < 3 * keys.length && keyToMotionMs.length < keys.length; attempt++) {
          const ms = await keyToMotion(hospital, pathologist, keys[attempt % keys.length] ?? '');
          if (ms !== undefined) keyToMotionMs.push(ms);
        }
        if (keyToMotionMs.length < keys.length) throw new Error('the keys moved too little');
        found.motion = { keyToMotionMs, haltMs: [], staleSent: 0, staleExecuted: 0 };
      },
    },
    {
      role: 'pathologist',
      title: { ja: 'ドラッグで動かす', en: 'dragging' },
      act: async (stage) => {
        const [hospital, { page }] = [await bench(stage), await consoleSite(stage)];
        const before = hospital.telemetry?.positionUm.x ?? 0;
        await insist(
          'the stage follows',
          () => drag(page, [0.7, 0.5], [0.4, 0.4]),
          () => Math.abs((hospital.telemetry?.positionUm.x ?? 0) - before) > 200,
        );
      },
    },
    {
      role: 'pathologist',
      title: { ja: 'ゲームパッドで動かす', en: 'steering by a gamepad' },
      act: async (stage) => {
        const [hospital, { page }] = [await bench(stage), await consoleSite(stage)];
        await until('the stage rests', () => isResting(hospital));
        const before = hospital.telemetry?.positionUm.x ?? 0;
        await insist(
          'the stage follows',
          async () => {
            await letPadGo(page);
            await pause(300);
            await pushPad(page);
          },
          () => Math.abs((hospital.telemetry?.positionUm.x ?? 0) - before) > 100,
        );
        await letPadGo(page);
      },
    },
    {
      role: 'pathologist',
      title: { ja: '10倍にしてオートフォーカス', en: 'ten times, and autofocus' },
      act: async (stage) => {
        const [hospital, { page }] = [await bench(stage), await consoleSite(stage)];
        await until('the stage rests', () => isResting(hospital));
        await goByMap(hospital, page);
        await insist(
          'the objective',
          () => page.keyboard.press('Digit3'),
          () => hospital.telemetry?.objectiveId === 3 && hospital.telemetry.procedure === null,
        );
        stage.measured({ measure: 'autofocus', values: [await autofocus(stage)], unit: 'ms' });
        await pause(2500);
      },
    },
    {
      role: 'pathologist',
      title: { ja: '原画どおりの静止画', en: 'a bit-exact still' },
      act: async (stage) => {
        await takeStill(stage);
        await pause(1500);
      },
    },
    {
      role: 'operating-hospital',
      title: { ja: '病理医の矢印が手術室でも見える', en: 'the arrow of the pathologist at the bench' },
      act: async (stage) => {
        const { page } = await consoleSite(stage);
        await page.keyboard.press('KeyO');
        await drag(page, [0.62, 0.3], [0.5, 0.48]);
        await page.keyboard.press('KeyL');
        await drag(page, [0.3, 0.6], [0.45, 0.62]);
        await page.keyboard.press('KeyP');
        await drag(page, [0.6, 0.6], [0.72, 0.72]);
        await page.keyboard.press('KeyH');
        await pause(1500);
      },
    },
    {
      role: 'pathologist',
      title: { ja: '40倍で見る', en: 'forty times' },
      act: async (stage) => {
        const [hospital, { page }] = [await bench(stage), await consoleSite(stage)];
        await page.keyboard.press('KeyY');
        await insist(
          'the objective',
          () => page.keyboard.press('Digit5'),
          () => hospital.telemetry?.objectiveId === 5 && hospital.telemetry.procedure === null,
        );
        stage.measured({ measure: 'autofocus', values: [await autofocus(stage)], unit: 'ms' });
        await pause(4000);
      },
    },
    {
      role: 'pathologist',
      title: { ja: '遅れを測る', en: 'the delay is measured' },
      act: watchLink,
    },
    {
      role: 'pathologist',
      title: { ja: '回線が切れ、同じ通話に戻る', en: 'the link is cut and the same session comes back' },
      act: async (stage) => {
        const recoveryMs = await recoverFromCut(stage);
        if (found.link) found.link = { ...found.link, recoveryMs };
        await picture((await consoleSite(stage)).page).waitFor({ timeout: WAIT_MS });
        await pause(2500);
      },
    },
    {
      role: 'operating-hospital',
      title: { ja: '標本交換', en: 'another slide' },
      act: async (stage) => {
        const site = await bench(stage);
        await site.page.getByRole('button', { name: '標本交換' }).first().click();
        await site.page.getByRole('dialog').getByRole('button', { name: '標本交換' }).click();
        await until('the objective is up', () => site.telemetry?.isSlideChanging === true);
        await until(
          'the stage is at its place for loading',
          () => site.telemetry?.procedure === null && isResting(site),
        );
        await until('the question', () => site.page.getByRole('textbox', { name: '標本番号' }).isVisible());
        await proposeSlide(site.page, NEXT_LABEL);
        await until('the new slide', () => site.telemetry?.slide?.label === NEXT_LABEL);
        if ((await site.backend.microscope.getState({})).map !== null)
          throw new Error('an old map under a new slide');
        await pause(1500);
      },
    },
    {
      role: 'pathologist',
      title: { ja: '停止はいつでも、誰でも', en: 'STOP, at any time, by anybody' },
      act: async (stage) => {
        const [hospital, { page }] = [await bench(stage), await consoleSite(stage)];
        await page.getByTestId('stop').click();
        await until('stopped', () => hospital.telemetry?.stop?.by === 'remote');
        await page.getByTestId('stopped').waitFor({ timeout: WAIT_MS });
        await report(stage);
      },
    },
  ],
};

/** Halts and stale commands are measured on rigs of their own: real processes, the stage's own log. */
async function report(stage: Stage): Promise<void> {
  const [hospital, pathologist] = [await bench(stage), await consoleSite(stage)];
  const { halts, violations } = await measureHalts({ trialsPerCause: HALT_TRIALS_PER_CAUSE });
  if (violations.length > 0) throw new Error(violations.join('; '));
  const stale = await runStaleCommands(STALE_COMMANDS, 1);
  const { pairing, link, motion, stills } = found;
  if (!pairing || !link || !motion || !stills) throw new Error('a step has left nothing to report');
  stage.measuredMicroscope({
    roles: [hospital, pathologist].map(({ actor }) => ({
      role: actor.role.name,
      pid: actor.pid,
      dataDir: actor.dataDir,
    })),
    pairing,
    link,
    motion: {
      ...motion,
      haltMs: halts.map(({ cause, ms }) => ({ cause, ms })),
      staleSent: Object.values(stale.sent).reduce((sum, count) => sum + count, 0),
      staleExecuted: stale.executed,
    },
    stills,
  });
}
