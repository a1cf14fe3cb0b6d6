import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cameraFlags, writeFilm } from '#tests/support/camera-film.ts';
import { launchChromium } from '#tests/support/chromium.ts';
import { openPage, screenshot } from '#tests/support/page.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const FRAME = { width: 640, height: 480 };
const folders = {
  hospital: temporaryDirectory(),
  university: temporaryDirectory(),
  film: temporaryDirectory(),
};
const browsers: Browser[] = [];
const workstations: Workstation[] = [];
let hospital: Page;

async function openContacts(workstation: Workstation, flags: readonly string[] = []): Promise<Page> {
  const browser = await launchChromium(flags);
  browsers.push(browser);
  const { page } = await openPage(browser, workstation.url, { height: 1100 });
  await page.evaluate(() => void (location.hash = '#/settings/contacts'));
  return page;
}

beforeAll(async () => {
  for (const folder of [folders.hospital, folders.university])
    workstations.push(await startWorkstation(folder.path));
  const [own] = workstations;
  if (own) hospital = await openContacts(own);
});

afterAll(async () => {
  for (const browser of browsers) await browser.close();
  for (const workstation of workstations) await workstation.stop();
  for (const folder of Object.values(folders)) folder.remove();
});

/** What a camera in front of the screen would see: the picture in the middle of a grey surrounding, a little unsharp. */
async function seen(picture: Locator): Promise<Uint8Array> {
  const luma = await picture.evaluate((image: HTMLImageElement, { width, height }) => {
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (!context) throw new Error('no 2d context');
    context.fillStyle = 'gray';
    context.fillRect(0, 0, width, height);
    context.filter = 'blur(0.7px)';
    const side = height * 0.9;
    context.drawImage(image, (width - side) / 2, (height - side) / 2, side, side);
    const { data } = context.getImageData(0, 0, width, height);
    return Array.from({ length: width * height }, (_, index) => data[index * 4 + 1] ?? 0);
  }, FRAME);
  return Uint8Array.from(luma);
}

test('a card on one screen is read by the camera of the other, and the digits are the same', async () => {
  await hospital.getByTestId('show-card').click();
  const picture = hospital.getByRole('img', { name: 'カードの QR コード' });
  await picture.waitFor();
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(100);
  const film = path.join(folders.film.path, 'card.y4m');
  writeFilm(film, { ...FRAME, grey: await seen(picture) });

  const [, other] = workstations;
  if (!other) throw new Error('no second workstation');
  const university = await openContacts(other, cameraFlags(film));
  await university.getByRole('button', { name: 'カメラで読み取る' }).click();
  const codes = [hospital, university].map((page) =>
    page.getByTestId('pairing-code').textContent({ timeout: 60_000 }),
  );
  const [here, there] = await Promise.all(codes);
  expect(here).toMatch(/^\d{6}$/);
  expect(there).toBe(here);
  // The camera is let go of as soon as the card is read.
  expect(await university.locator('video').count()).toBe(0);
});

test('a camera that sees no card goes on looking until it is stopped', async () => {
  const film = path.join(folders.film.path, 'empty.y4m');
  writeFilm(film, { ...FRAME, grey: new Uint8Array(FRAME.width * FRAME.height).fill(120) });
  const [, other] = workstations;
  if (!other) throw new Error('no second workstation');
  await other.stop();
  workstations[1] = await startWorkstation(folders.university.path);
  const page = await openContacts(workstations[1], cameraFlags(film));
  await page.getByRole('button', { name: 'カメラで読み取る' }).click();
  const video = page.getByLabel('カメラで読み取る').locator('visible=true').first();
  await video.waitFor();
  await page.waitForTimeout(1500);
  await screenshot(page, 'contacts-camera-ja');
  expect(await page.locator('video').count()).toBe(1);
  await page.getByRole('button', { name: 'カメラを止める' }).click();
  await expect.poll(() => page.locator('video').count()).toBe(0);
});
