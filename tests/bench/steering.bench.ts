// From the hand to the picture in two whole workstations, against a bare pair of pages that only carries the picture.
import type { Page } from 'playwright-core';
import { openLinkPair } from '#tests/support/link-page.ts';
import { SoakSite } from '#tests/support/soak/soak-site.ts';
import { Steerer, pause, until } from '#tests/support/soak/steerer.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';
import { median } from './measured.ts';
import type { Measured } from './measured.ts';

const KEYS = ['ArrowRight', 'ArrowLeft'] as const;
const KEY_TRIALS = 20;
const DRAG_TRIALS = 12;
const STANDSTILLS = 8;
const HELD_MS = 700;
/** A gesture that has moved nothing by then was refused. */
const LONGEST_MS = 3000;
/** Of so many refused ones a measurement is none. */
const MOST_REFUSED = 10;
const SETTLE_MS = 5000;
const WATCH_MS = 6000;
const ROUND_TRIPS = 100;
/** Notches of the wheel by which the picture is put out of focus, both ways. */
const FOCUS_NOTCHES = [4, -4, 8, -8];
/** One frame of the camera, of which there are 30 a second. */
const FRAME_MS = 1000 / 30;

interface Gesture {
  /** From the event to the refresh of the screen that first shows the tissue elsewhere. */
  readonly toShiftMs: number;
  /** Refreshes in between, the shifted one included. */
  readonly toShiftRefreshes: number;
  /** From the event to the first frame of the camera in which the tissue has moved. */
  readonly toPixelMs: number;
}

/**
 * What the page shows after the next event of that kind. The tissue has moved once the middle of the live frame
 * differs from the one before the event by more than any two frames at rest did. Null: nothing moved.
 */
function nextGesture(
  page: Page,
  type: 'keydown' | 'pointermove',
): Promise<{ shown: Promise<Gesture | null> }> {
  const shown = page.evaluate(
    async ([eventType, longestMs]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(
        '[data-testid=microscope-picture] [role=img] canvas',
      );
      const placed = canvas?.parentElement;
      const video = [...document.querySelectorAll('video')].find(
        ({ videoWidth }) => videoWidth > 0 && videoWidth === canvas?.width,
      );
      const small = new OffscreenCanvas(160, 90).getContext('2d', { willReadFrequently: true });
      if (!canvas || !placed || !video || !small) throw new Error('no picture');
      /** Cropped first: converting whole frames would slow down what is measured. */
      const middle = () => {
        const [x, y] = [video.videoWidth / 2 - 160, video.videoHeight / 2 - 90];
        const frame = new VideoFrame(video, { visibleRect: { x, y, width: 320, height: 180 } });
        small.drawImage(frame, 0, 0, 160, 90);
        frame.close();
        return small.getImageData(0, 0, 160, 90).data;
      };
      const difference = (one: Uint8ClampedArray, other: Uint8ClampedArray) => {
        let sum = 0;
        for (let index = 1; index < one.length; index += 4) {
          sum += Math.abs((one[index] ?? 0) - (other[index] ?? 0));
        }
        return (sum * 4) / one.length;
      };
      /** CSS pixels by which the frame is drawn beside the middle: more than nothing only while it is predicted. */
      const beside = () => {
        const { e: x, f: y, a: scale } = new DOMMatrix(placed.style.transform);
        const { clientWidth, clientHeight } = placed.parentElement ?? placed;
        return Math.hypot(
          x - (clientWidth - canvas.width * scale) / 2,
          y - (clientHeight - canvas.height * scale) / 2,
        );
      };
      const atMs = { event: Number.NaN, shift: Number.NaN, pixel: Number.NaN };
      let refreshes = 0;
      let toShiftRefreshes = Number.NaN;
      addEventListener(eventType, ({ timeStamp }) => (atMs.event = timeStamp), { capture: true, once: true });

      let before = middle();
      let atRest = 0;
      const look = (presentedMs: number) => {
        const now = middle();
        if (Number.isNaN(atMs.event)) {
          // The newest frame at rest is what the first moved one is compared with.
          atRest = Math.max(atRest * 0.98, difference(now, before));
          before = now;
        } else if (difference(now, before) > 2 * atRest + 0.5) {
          atMs.pixel = presentedMs;
          return;
        }
        video.requestVideoFrameCallback(look);
      };
      video.requestVideoFrameCallback(look);
      (globalThis as { isArmed?: boolean }).isArmed = true;
      for (;;) {
        // Looked at once everything that draws for this refresh has drawn.
        await new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        if (Number.isNaN(atMs.event)) continue;
        refreshes += 1;
        if (Number.isNaN(atMs.shift) && beside() > 0.3) {
          atMs.shift = performance.now();
          toShiftRefreshes = refreshes;
        }
        if (!Number.isNaN(atMs.pixel)) break;
        if (performance.now() - atMs.event > longestMs) return null;
      }
      return { toShiftMs: atMs.shift - atMs.event, toShiftRefreshes, toPixelMs: atMs.pixel - atMs.event };
    },
    [type, LONGEST_MS] as const,
  );
  shown.catch(() => {});
  return page
    .waitForFunction(() => {
      const armed = globalThis as { isArmed?: boolean };
      const isArmed = armed.isArmed === true;
      if (isArmed) armed.isArmed = false;
      return isArmed;
    })
    .then(() => ({ shown }));
}

/** As somebody looks before going on: nothing of an earlier gesture is under way, and the still to it has come. */
async function atRest(pathologist: SoakSite): Promise<void> {
  await until('the stage rests', () => pathologist.isResting);
  await pathologist.page.locator('[data-testid=picture-kind][data-kind=exact]').waitFor({ timeout: 30_000 });
  await pause(500);
}

/** As often as wanted; a machine too slow to steer by speed is told apart from a slow one. */
async function gestures(count: number, act: (trial: number) => Promise<Gesture | null>): Promise<Gesture[]> {
  const found: Gesture[] = [];
  for (let trial = 0; found.length < count; trial++) {
    const gesture = await act(trial);
    if (gesture) found.push(gesture);
    else if (trial - found.length >= MOST_REFUSED) throw new Error('steering is refused on this machine');
  }
  return found;
}

function keys(pathologist: SoakSite): Promise<Gesture[]> {
  const { page } = pathologist;
  return gestures(KEY_TRIALS, async (trial) => {
    await atRest(pathologist);
    const { shown } = await nextGesture(page, 'keydown');
    await pause(300);
    const key = KEYS[trial % 2] ?? KEYS[0];
    await page.keyboard.down(key);
    await pause(HELD_MS);
    await page.keyboard.up(key);
    return shown;
  });
}

async function drags(pathologist: SoakSite): Promise<Gesture[]> {
  const { page } = pathologist;
  const box = await page.getByTestId('microscope-picture').boundingBox();
  if (!box) throw new Error('no picture');
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  return gestures(DRAG_TRIALS, async (trial) => {
    const step = trial % 2 === 0 ? 60 : -60;
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + Math.sign(step) * 12, y, { steps: 3 });
    await atRest(pathologist);
    const { shown } = await nextGesture(page, 'pointermove');
    await pause(300);
    await page.mouse.move(x + step, y);
    const gesture = await shown;
    await page.mouse.up();
    return gesture;
  });
}

interface Settled {
  /** From the standstill to a form of the still on the screen, and to the bit-exact one. */
  readonly toStillMs: number;
  readonly toExactMs: number;
}

async function standstills(pathologist: SoakSite): Promise<Settled[]> {
  const { page } = pathologist;
  const found: Settled[] = [];
  for (let trial = 0; found.length < STANDSTILLS; trial++) {
    if (trial - found.length >= MOST_REFUSED) throw new Error('steering is refused on this machine');
    await atRest(pathologist);
    await page.keyboard.press(KEYS[trial % 2] ?? KEYS[0], { delay: 300 });
    // A key that was refused leaves the still where it is.
    if (await page.locator('[data-testid=picture-kind][data-kind=exact]').isVisible()) continue;
    await until('the stage rests', () => pathologist.isResting);
    const startMs = performance.now();
    const kind = (kinds: readonly string[]) =>
      page
        .locator(kinds.map((each) => `[data-testid=picture-kind][data-kind=${each}]`).join(', '))
        .waitFor({ timeout: 30_000 });
    await kind(['lossy', 'region', 'exact']);
    const toStillMs = performance.now() - startMs;
    await kind(['exact']);
    found.push({ toStillMs, toExactMs: performance.now() - startMs });
  }
  return found;
}

/** Seconds from the key to the end of the procedure as the pathologist's telemetry tells it. */
async function autofocuses(pathologist: SoakSite): Promise<number[]> {
  const seconds: number[] = [];
  for (const notches of FOCUS_NOTCHES) {
    await atRest(pathologist);
    const begun = pathologist.telemetry?.lastProcedure?.procedureId;
    const focusUm = pathologist.telemetry?.positionUm.z ?? 0;
    for (let notch = 0; notch < Math.abs(notches); notch++) {
      await pathologist.page.mouse.wheel(0, Math.sign(notches) * 120);
      await pause(80);
    }
    await until('out of focus', () => Math.abs((pathologist.telemetry?.positionUm.z ?? 0) - focusUm) > 1);
    await atRest(pathologist);
    const startMs = performance.now();
    await pathologist.page.keyboard.press('KeyX');
    await until('focused', () => {
      const last = pathologist.telemetry?.lastProcedure;
      return last !== null && last !== undefined && last.procedureId !== begun;
    });
    if (pathologist.telemetry?.lastProcedure?.outcome === 'done') {
      seconds.push((performance.now() - startMs) / 1000);
    }
  }
  return seconds;
}

interface Floor {
  readonly glassMs: number;
  readonly roundTripMs: number;
}

/** Two pages of one browser with one picture and one channel. */
async function bareFloor(): Promise<Floor> {
  const pair = await openLinkPair();
  try {
    await pair.a.page.evaluate(() => globalThis.linkPage.bare.open(true));
    await pair.b.page.evaluate(() => globalThis.linkPage.bare.open(false));
    await pair.a.page.evaluate(() => globalThis.linkPage.bare.offer());
    await until('bare pages are connected', () =>
      pair.a.page.evaluate(() => globalThis.linkPage.bare.isOpen()),
    );
    await pair.b.page.evaluate(() => globalThis.linkPage.bare.watch());
    await pause(SETTLE_MS);
    const before = await pair.b.page.evaluate(() => globalThis.linkPage.frames().length);
    await pause(WATCH_MS);
    const frames = await pair.b.page.evaluate((from) => globalThis.linkPage.frames().slice(from), before);
    const trips = await pair.a.page.evaluate(
      (count) => globalThis.linkPage.bare.roundTrips(count, 40),
      ROUND_TRIPS,
    );
    return { glassMs: median(frames.map(({ latencyMs }) => latencyMs)), roundTripMs: median(trips) };
  } finally {
    await pair.close();
  }
}

export const bench = {
  name: 'steering',
  run: async (): Promise<Measured[]> => {
    const floor = await bareFloor();
    const folder = temporaryDirectory();
    const sites: SoakSite[] = [];
    try {
      for (const name of ['hospital', 'pathologist']) {
        sites.push(await SoakSite.open(name, folder.path, (message) => console.error(message)));
      }
      const [bench, pathologist] = sites;
      if (!bench || !pathologist) throw new Error('a side is missing');
      await new Steerer(bench, pathologist).begin();
      await pathologist.page.keyboard.press('Digit3');
      await pause(2000);
      await until('the objective is changed', () => pathologist.isResting);
      // A blurred picture hardly changes when it moves.
      await pathologist.page.keyboard.press('KeyX');
      await pause(500);
      await until('in focus', () => pathologist.isResting);
      const pressed = await keys(pathologist);
      const dragged = await drags(pathologist);
      const settled = await standstills(pathologist);
      const focused = await autofocuses(pathologist);
      return rows(floor, pressed, dragged, settled, focused);
    } finally {
      for (const site of sites) await site.leave().catch(() => {});
      folder.remove();
    }
  },
};

const quantile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;

function rows(
  floor: Floor,
  pressed: readonly Gesture[],
  dragged: readonly Gesture[],
  settled: readonly Settled[],
  focused: readonly number[],
): Measured[] {
  const toPixel = pressed.map(({ toPixelMs }) => toPixelMs);
  const shifts = [...pressed, ...dragged];
  const refreshes = shifts.map(({ toShiftRefreshes }) => toShiftRefreshes);
  return [
    { measure: 'key to first moved pixel, p50', value: median(toPixel), unit: 'ms' },
    { measure: 'key to first moved pixel, p95', value: quantile(toPixel, 0.95), unit: 'ms' },
    { measure: 'picture of a bare pair, p50', value: floor.glassMs, unit: 'ms' },
    {
      measure: 'key to first moved pixel, p50',
      value: median(toPixel) / (floor.glassMs + floor.roundTripMs + 2 * FRAME_MS),
      unit: '×',
      ratioTo: 'bare picture + round trip + two frames',
      target: '≤ 1',
    },
    {
      measure: 'key or drag to predicted picture, p50',
      value: median(shifts.map(({ toShiftMs }) => toShiftMs)),
      unit: 'ms',
    },
    {
      measure: 'key or drag to predicted picture, p95',
      value: quantile(refreshes, 0.95),
      unit: 'refreshes of the screen',
      target: '≤ 1',
    },
    {
      measure: 'standstill to a still on the screen, p50',
      value: median(settled.map(({ toStillMs }) => toStillMs)),
      unit: 'ms',
      target: '≤ 1000',
    },
    {
      measure: 'standstill to a still on the screen, slowest',
      value: Math.max(...settled.map(({ toStillMs }) => toStillMs)),
      unit: 'ms',
      target: '≤ 1000',
    },
    {
      measure: 'standstill to the bit-exact still, p50',
      value: median(settled.map(({ toExactMs }) => toExactMs)),
      unit: 'ms',
    },
    { measure: 'autofocus over the link, p50', value: median(focused), unit: 's', target: '≤ 3' },
    { measure: 'autofocus over the link, slowest', value: Math.max(...focused), unit: 's', target: '≤ 3' },
  ];
}
