import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { framesAtOnce } from '../../electron/launch/frames-at-once.ts';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // What Chromium chooses by itself on a terminal without a graphics processor: composing in software. Flags that
  // bring WebGL in software would push every pixel of the page through it, fifty times as slow.
  '--disable-gpu',
  // As the launcher starts it.
  `--${framesAtOnce.name}=${framesAtOnce.value}`,
];

/** The system's Chromium as on a machine without a graphics processor, with a fresh profile. */
export function launchChromium(moreFlags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: installedChromium(), args: [...flags, ...moreFlags] });
}

/** The same with a profile in a folder of its own, as one person at one workstation has it. */
export function launchChromiumProfile(
  folder: string,
  moreFlags: readonly string[] = [],
): Promise<BrowserContext> {
  const viewport = { width: 1600, height: 1000 };
  return chromium.launchPersistentContext(folder, {
    executablePath: installedChromium(),
    args: [...flags, ...moreFlags],
    viewport,
  });
}

function installedChromium(): string {
  const executablePath = candidates.find((candidate) => existsSync(candidate));
  if (!executablePath) throw new Error('Chromium is missing: apt-get install chromium');
  return executablePath;
}

/** Difference of the brightest and darkest grey level on a canvas: a blank one passes every check but this. */
export function greyRange(page: Page, selector: string): Promise<number> {
  return page.locator(selector).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
    if (!copy) throw new Error('no 2d context');
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    let minimum = 255;
    let maximum = 0;
    for (let index = 0; index < data.length; index += 4) {
      minimum = Math.min(minimum, data[index] ?? 0);
      maximum = Math.max(maximum, data[index] ?? 0);
    }
    return maximum - minimum;
  });
}
