import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

interface Site {
  readonly workstation: Workstation;
  readonly page: Page;
  readonly errors: string[];
  /** Where everything it asked for came from. */
  readonly origins: Set<string>;
}

const folders = { hospital: temporaryDirectory(), university: temporaryDirectory() };
let browser: Browser;
let hospital: Site;
let university: Site;

async function open(dataDir: string, language: 'ja' | 'en'): Promise<Site> {
  const workstation = await startWorkstation(dataDir);
  const { page, errors } = await openPage(browser, workstation.url, { language, height: 1100 });
  const origins = new Set<string>();
  page.on('request', (request) => origins.add(new URL(request.url()).protocol + new URL(request.url()).host));
  await page.evaluate(() => void (location.hash = '#/settings/contacts'));
  return { workstation, page, errors, origins };
}

beforeAll(async () => {
  browser = await launchChromium();
  hospital = await open(folders.hospital.path, 'ja');
  university = await open(folders.university.path, 'en');
});

afterAll(async () => {
  await browser.close();
  for (const site of [hospital, university]) expect(await site.workstation.stop()).toBe(0);
  for (const folder of Object.values(folders)) folder.remove();
});

test('both give themselves a name', async () => {
  await hospital.page.getByRole('textbox', { name: 'この端末の名前' }).fill('離島病院');
  await hospital.page.getByRole('button', { name: '名前を変える' }).click();
  await university.page.getByRole('textbox', { name: 'Name of this workstation' }).fill('University');
  await university.page.getByRole('button', { name: 'Change the name' }).click();
  await university.page.getByRole('button', { name: 'Change the name', disabled: true }).waitFor();
});

test('two people pair by text, compare the digits, and each lists the other', async () => {
  await hospital.page.getByRole('button', { name: '登録を始める' }).click();
  const card = hospital.page.getByRole('textbox', { name: 'カードの文字', exact: true });
  const cardText = await card.inputValue();
  expect(cardText).toMatch(/^enkaku:1:/);
  const picture = hospital.page.getByRole('img', { name: 'カードの QR コード' });
  await picture.waitFor();
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(100);
  await hospital.page.getByText(/^残り (10:00|9:\d\d)/).waitFor();
  await screenshot(hospital.page, 'contacts-card-ja');

  await university.page.getByRole('textbox', { name: 'Text of the card' }).fill('not a card');
  await university.page.getByRole('button', { name: 'Use this card' }).click();
  await university.page.getByText('No card of Enkaku was found.').waitFor();
  await university.page.getByRole('textbox', { name: 'Text of the card' }).fill(cardText);
  await university.page.getByRole('button', { name: 'Use this card' }).click();

  const here = hospital.page.getByLabel('確認の数字');
  const there = university.page.getByLabel('Digits to compare');
  await here.waitFor();
  expect(await here.textContent()).toMatch(/^\d{6}$/);
  expect(await there.textContent()).toBe(await here.textContent());
  await screenshot(hospital.page, 'contacts-compare-ja');
  await screenshot(university.page, 'contacts-compare-en');

  await hospital.page.getByRole('button', { name: '同じです' }).click();
  await hospital.page.getByText('University の確認を待っています…').waitFor();
  await university.page.getByRole('button', { name: 'They are the same' }).click();
  await hospital.page.getByText('University を登録しました。').waitFor();
  const mine = hospital.page.getByRole('list', { name: '登録済みの相手' }).getByRole('listitem');
  const theirs = university.page.getByRole('list', { name: 'Paired workstations' }).getByRole('listitem');
  await mine.getByText('接続できます').waitFor();
  await theirs.getByText('online').waitFor();
  const digits = (text: string) => /\d{6}/.exec(text)?.[0];
  expect(digits(await mine.innerText())).toBe(digits(await theirs.innerText()));
  await screenshot(hospital.page, 'contacts-paired-ja');
  await screenshot(university.page, 'contacts-paired-en');
});

test('a card is read from a picture of its QR code; an old one says so', async () => {
  await hospital.page.getByRole('button', { name: 'カードを表示' }).click();
  const picture = hospital.page.getByRole('img', { name: 'カードの QR コード' });
  await picture.waitFor();
  const bytes = await picture.screenshot();
  // Our own card, from a photograph of it: read, and refused by the workstation itself.
  await hospital.page.locator('input[type=file]').setInputFiles({
    name: 'card.png',
    mimeType: 'image/png',
    buffer: bytes,
  });
  await hospital.page.getByText('できませんでした。', { exact: true }).first().waitFor();
  await university.page.locator('input[type=file]').setInputFiles({
    name: 'card.png',
    mimeType: 'image/png',
    buffer: bytes,
  });
  await university.page.getByRole('list', { name: 'Paired workstations' }).getByText('離島病院').waitFor();
});

test('revoking asks first, and the list says it', async () => {
  await hospital.page.getByRole('button', { name: '登録を取り消す' }).click();
  await hospital.page.getByRole('dialog').getByRole('button', { name: '取り消す', exact: true }).click();
  await hospital.page.getByText(/に取り消し済み/).waitFor();
});

test('nothing is cut off, nothing is fetched from elsewhere, and the page complains of nothing', async () => {
  expect(await clippedTexts(hospital.page)).toEqual([]);
  for (const { errors, origins, workstation } of [hospital, university]) {
    expect(errors).toEqual([]);
    const own = new URL(workstation.url).host;
    expect([...origins].filter((origin) => !origin.endsWith(own) && !/^(blob|data):/.test(origin))).toEqual(
      [],
    );
  }
});
