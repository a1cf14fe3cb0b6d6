import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const folders = [temporaryDirectory(), temporaryDirectory()] as const;
const workstations: Workstation[] = [];
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
  for (const folder of folders) workstations.push(await startWorkstation(folder.path));
});

afterAll(async () => {
  await browser.close();
  for (const workstation of workstations) await workstation.stop();
  for (const folder of folders) folder.remove();
});

/** Both before the question for the other's card; the first one at the microscope. */
async function openBoth() {
  const [one, other] = await Promise.all(
    workstations.map(async ({ url }, index) => {
      const { page } = await openPage(browser, url);
      await page.goto(`${page.url().replace(/#.*/, '')}#/microscope`);
      if (index === 0 && (await page.getByTestId('use-simulated').count()) > 0) {
        await page.getByTestId('use-simulated').click();
        await page.getByTestId('microscope-picture').waitFor({ timeout: 60_000 });
      }
      await page.getByTestId('add-contact').click();
      return page;
    }),
  );
  if (!one || !other) throw new Error('no pages');
  return { one, other };
}

/** One shows its card, the other uses it: the digits both are shown. */
async function compareCodes(one: Page, other: Page): Promise<string> {
  await one.getByTestId('show-card').click();
  const card = await one.getByTestId('own-card').inputValue();
  await other.getByRole('textbox', { name: '相手のカードの文字' }).fill(card);
  await other.getByRole('button', { name: 'このカードを使う' }).click();
  const codes = await Promise.all(
    [one, other].map((page) => page.getByTestId('pairing-code').textContent({ timeout: 60_000 })),
  );
  expect(codes[0]).toMatch(/^\d{6}$/);
  expect(codes[1]).toBe(codes[0]);
  return codes[0] ?? '';
}

/** The sentence both sides are left with, and that nobody was entered. */
async function failedWith(pages: readonly Page[], sentence: string): Promise<void> {
  for (const page of pages) {
    const told = page.getByRole('alert').filter({ hasText: sentence });
    await told.waitFor({ timeout: 60_000 });
    expect(await page.getByTestId('pairing').getAttribute('data-state')).toBe('failed');
    expect(await page.getByTestId('pairing-code').count()).toBe(0);
    expect(await clippedTexts(page)).toEqual([]);
  }
}

test('digits that differ end the pairing on both sides with a sentence, and nobody is entered', async () => {
  const { one, other } = await openBoth();
  await compareCodes(one, other);
  await other.getByRole('button', { name: '違います' }).click();
  await failedWith([one, other], '数字が違うと答えられたので、登録をやめました。何も登録していません。');
  await screenshot(one, 'pairing-codes-differ');
  await one.close();
  await other.close();
});

test('a side that gives up while the other compares leaves no digits behind', async () => {
  const { one, other } = await openBoth();
  await compareCodes(one, other);
  await other.keyboard.press('Escape');
  await failedWith([one], '相手が登録をやめました。何も登録していません。');
  expect(await other.getByTestId('call').count()).toBe(0);
  await one.close();
  await other.close();
});

test('a text that is no card is said where it was entered', async () => {
  const { one, other } = await openBoth();
  await other.getByRole('textbox', { name: '相手のカードの文字' }).fill('これはカードではない');
  await other.getByRole('button', { name: 'このカードを使う' }).click();
  await other.getByText(/Enkaku のカード(が見つかりませんでした|ではありません)/).waitFor();
  await one.close();
  await other.close();
});

test('two people compare one code, one of them at the microscope, and have each other as contacts', async () => {
  const { one, other } = await openBoth();
  await compareCodes(one, other);
  await screenshot(one, 'pairing-code');
  for (const page of [one, other]) await page.getByRole('button', { name: '同じです' }).click();
  for (const page of [one, other]) {
    await expect
      .poll(() => page.getByTestId('pairing').getAttribute('data-state'), { timeout: 60_000 })
      .toBe('paired');
    await page.keyboard.press('Escape');
    await page.getByTestId('call').waitFor();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  }
  // The key that closes a question is not the one that stops a stage at rest.
  expect(await one.getByTestId('stopped').count()).toBe(0);
});
