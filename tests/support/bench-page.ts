import type { Page } from 'playwright-core';

const PATIENCE = { timeout: 60_000 };

/** Opens the room of the simulated microscope at the bench. */
export async function openBench(page: Page): Promise<void> {
  await page.goto(`${page.url().replace(/#.*/, '')}#/microscope`);
  await page.getByTestId('use-simulated').or(page.getByTestId('face-bench')).first().waitFor(PATIENCE);
  const first = page.getByTestId('use-simulated');
  if (await first.isVisible()) await first.click();
  await page.getByTestId('microscope-picture').waitFor(PATIENCE);
}

/** The slide on the stage, so that something may move. */
export async function nameSlide(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: '標本番号' }).first().click(PATIENCE);
  await page.getByRole('textbox', { name: '標本番号' }).fill(label);
  await page.getByRole('button', { name: 'この番号で始める' }).click();
}

/** A page that came back soon enough may still have it. */
export async function takeControl(page: Page): Promise<void> {
  const own = page.locator('[data-testid=lease][data-own=true]');
  const take = page.getByRole('button', { name: 'こちらで操作する' });
  await own.or(take).first().waitFor(PATIENCE);
  if (await take.isVisible()) await take.click();
  await own.waitFor(PATIENCE);
}

export async function chooseCamera(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: 'カメラ', exact: true }).click(PATIENCE);
  await page.getByRole('option', { name }).click();
}

/** What is wrong with the camera, as the screen says it. */
export function cameraProblem(page: Page): Promise<string | null> {
  return page
    .getByTestId('camera-problem')
    .getAttribute('data-problem', { timeout: 1000 })
    .catch(() => null);
}

interface Watched {
  readonly opened: MediaStreamTrack[];
  nextError: string;
  isDrawn: boolean;
  isStill: boolean;
}

/**
 * Remembers the tracks the page opens, so that a test can pull the cable. What no machine without cameras can show
 * is played here: a camera that another program has, and one that freezes.
 */
export async function watchCameras(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const watched = { opened: [], nextError: '', isDrawn: false, isStill: false } as Watched;
    Object.assign(window, { cameras: watched });
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const drawn = () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 400 });
      const context = canvas.getContext('2d');
      setInterval(() => {
        if (watched.isStill || !context) return;
        for (let row = 0; row < 40; row += 1) {
          context.fillStyle = `hsl(${Math.random() * 360} 60% 60%)`;
          context.fillRect(0, row * 10, 640, 10);
        }
      }, 40);
      return canvas.captureStream(25);
    };
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const { nextError } = watched;
      watched.nextError = '';
      if (nextError !== '') throw new DOMException('', nextError);
      const stream = watched.isDrawn ? drawn() : await real(constraints);
      watched.opened.push(...stream.getVideoTracks());
      return stream;
    };
  });
}

const watchedBy = () => (window as unknown as { cameras: Watched }).cameras;

/** How the camera that was opened last is really set. */
export function trackSettings(page: Page): Promise<MediaTrackSettings & { exposureTime?: number }> {
  return page.evaluate(`(${watchedBy.toString()})().opened.at(-1).getSettings()`);
}

export function setWatched(
  page: Page,
  wanted: Partial<Pick<Watched, 'nextError' | 'isDrawn' | 'isStill'>>,
): Promise<void> {
  return page.evaluate(`void Object.assign((${watchedBy.toString()})(), ${JSON.stringify(wanted)})`);
}

/** As when the cable is pulled: the track ends, and says so. */
export function pullOut(page: Page): Promise<void> {
  return page.evaluate(`{
    const track = (${watchedBy.toString()})().opened.at(-1);
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }`);
}
