// How two sites find a path to each other, as the person who looks after the network enters it.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { openPage } from '#tests/support/page.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const data = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;

beforeAll(async () => {
  workstation = await startWorkstation(data.path);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await workstation.stop();
  data.remove();
});

async function openForm() {
  const { page } = await openPage(browser, workstation.url);
  await page.getByRole('button', { name: '設定' }).click();
  const sections = page.getByRole('navigation', { name: '設定' });
  await sections.getByRole('button', { name: '相手の端末' }).click();
  const field = (name: string) => page.getByLabel(name, { exact: true });
  await field('TURN サーバー').waitFor();
  return { page, field };
}

test('STUN, TURN and its secret are kept over a restart, and the secret is never shown in clear', async () => {
  const secret = 'shared-with-coturn-26';
  const { page, field } = await openForm();
  await field('STUN サーバー').fill('stun:stun.example.org:3478');
  await field('TURN サーバー').fill('turn:turn.example.org:3478?transport=udp turns:turn.example.org:5349');
  await field('TURN の共有鍵').fill(secret);
  await page.getByRole('checkbox', { name: '必ず TURN を通す' }).click();
  await page.getByRole('button', { name: '通り道を保存' }).click();
  await page.getByText('保存しました。次の接続から使います。').first().waitFor();
  await page.close();
  await workstation.stop();
  workstation = await startWorkstation(data.path);

  const again = await openForm();
  expect(await again.field('STUN サーバー').inputValue()).toBe('stun:stun.example.org:3478');
  expect(await again.field('TURN サーバー').inputValue()).toBe(
    'turn:turn.example.org:3478?transport=udp turns:turn.example.org:5349',
  );
  expect(await again.field('TURN の共有鍵').inputValue()).toBe(secret);
  expect(await again.field('TURN の共有鍵').getAttribute('type')).toBe('password');
  expect(await again.page.locator('body').textContent()).not.toContain(secret);
  expect(await again.page.getByRole('checkbox', { name: '必ず TURN を通す' }).isChecked()).toBe(true);
});
