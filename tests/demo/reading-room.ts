import path from 'node:path';
import type { Page } from 'playwright-core';
import { generateSampleStudy } from '#backend/processes/phantom/sample-study.ts';
import { greyRange } from '../support/chromium.ts';
import type { Stage, Story } from './stage.ts';

const WAIT_MS = 60_000;
/** Date of the newest study of the sample, as the list shows it. */
const CURRENT_HEAD_CT = '2026-11-20';

/** Imports from the command line while the workstation runs, as a radiographer's script would. */
async function importSampleStudy(stage: Stage, role: string): Promise<void> {
  const actor = await stage.actor(role);
  const files = path.join(stage.folder, 'sample-study');
  await generateSampleStudy(files, { seed: 1, language: 'ja', thinSlices: 60 });
  const { code, stdout, stderr } = await actor.importFiles(files);
  if (code !== 0) throw new Error(`the import ended with ${code}: ${stderr}`);
  const { imported, seconds } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
    imported: number;
    seconds: number;
  };
  stage.measured({ measure: 'instances imported', values: [imported], unit: '1' });
  stage.measured({ measure: 'import', values: [seconds], unit: 's' });
  await actor.page.getByText(CURRENT_HEAD_CT).first().waitFor({ timeout: WAIT_MS });
}

/** A pane that shows something: from black to white, not just there. */
async function imageShown(page: Page, pane = 0): Promise<void> {
  const deadlineMs = Date.now() + WAIT_MS;
  for (;;) {
    const range = await greyRange(page, `[data-pane="${pane}"] [data-testid=viewport] canvas`).catch(() => 0);
    if (range > 100) return;
    if (Date.now() > deadlineMs) throw new Error(`no image has appeared in pane ${pane}`);
    await page.waitForTimeout(20);
  }
}

/** Chooses a study of the list by what stands in its row and opens it with the one key. */
async function openStudy(stage: Stage, text: string): Promise<void> {
  const { page } = await stage.actor('radiologist');
  await page.getByText(text).first().click();
  const startMs = performance.now();
  await page.keyboard.press('Enter');
  await imageShown(page);
  stage.measured({
    measure: 'key press in the list until an image shows',
    values: [performance.now() - startMs],
    unit: 'ms',
  });
}

/** Presses a key so often and measures each time until the frame after it. */
async function pressed(page: Page, key: string, times: number): Promise<number[]> {
  const values: number[] = [];
  for (let step = 0; step < times; step++) {
    const startMs = performance.now();
    await page.keyboard.press(key);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    values.push(performance.now() - startMs);
  }
  return values;
}

/** Drags across the first pane; places are fractions of its width and height. */
async function drag(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  const box = await page.locator('[data-pane="0"] [data-testid=viewport]').boundingBox();
  if (!box) throw new Error('no pane');
  await page.mouse.move(box.x + box.width * from[0], box.y + box.height * from[1]);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to[0], box.y + box.height * to[1], { steps: 8 });
  await page.mouse.up();
}

/** A regional hospital takes studies in, a radiologist reads them; each at a workstation of their own. */
export const readingRoom: Story = {
  name: 'reading-room',
  roles: [
    { name: 'hospital', title: { ja: '地域病院', en: 'regional hospital' } },
    { name: 'radiologist', title: { ja: '放射線科医', en: 'radiologist' } },
  ],
  steps: [
    {
      role: 'hospital',
      title: { ja: '空の検査一覧', en: 'the empty worklist' },
      act: async (stage) => {
        const { page } = await stage.actor('hospital');
        await page.waitForLoadState('networkidle');
      },
    },
    {
      role: 'hospital',
      title: {
        ja: '見本の検査をコマンドで取り込む',
        en: 'the sample study is imported from the command line',
      },
      act: (stage) => importSampleStudy(stage, 'hospital'),
    },
    {
      role: 'hospital',
      title: { ja: 'ひらがなで患者を探す', en: 'a patient is searched for in hiragana' },
      act: async (stage) => {
        const { page } = await stage.actor('hospital');
        await page.getByRole('textbox', { name: '検査を検索' }).fill('ふぁんとむ たろう');
        await page.getByText(CURRENT_HEAD_CT).first().waitFor({ state: 'detached', timeout: WAIT_MS });
      },
    },
    {
      role: 'radiologist',
      title: { ja: '今回と前回が一覧に並ぶ', en: 'the study and its prior are in the list' },
      act: async (stage) => {
        await importSampleStudy(stage, 'radiologist');
        const { page } = await stage.actor('radiologist');
        await page.getByText(CURRENT_HEAD_CT).first().click();
      },
    },
    {
      role: 'radiologist',
      title: { ja: '検査を開く', en: 'the study is opened' },
      act: (stage) => openStudy(stage, CURRENT_HEAD_CT),
    },
    {
      role: 'radiologist',
      title: { ja: '画像を送る', en: 'scrolling through the images' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        await page.keyboard.press('Home');
        stage.measured({
          measure: 'key press until the next frame, scrolling',
          values: await pressed(page, 'ArrowDown', 20),
          unit: 'ms',
        });
        await imageShown(page);
      },
    },
    {
      role: 'radiologist',
      title: { ja: '計測する', en: 'measuring' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        await page.keyboard.press('Shift+Digit1');
        await imageShown(page);
        await page.keyboard.press('KeyE');
        await drag(page, [0.55, 0.4], [0.62, 0.48]);
        await page.keyboard.press('KeyL');
        await drag(page, [0.36, 0.3], [0.36, 0.7]);
        await page.keyboard.press('KeyK');
        await page.keyboard.press('KeyJ');
      },
    },
    {
      role: 'radiologist',
      title: { ja: '骨条件の階調', en: 'a bone window' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        await page.keyboard.press('KeyJ');
        await page.keyboard.press('Escape');
        await page.keyboard.press('Digit6');
        await imageShown(page);
      },
    },
    {
      role: 'radiologist',
      title: { ja: 'ハンギングの次の段階', en: 'the next hanging stage' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        await page.keyboard.press('Period');
        await imageShown(page);
        await imageShown(page, 1);
      },
    },
    {
      role: 'radiologist',
      title: { ja: 'MPR（3断面）', en: 'three planes' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        await page.keyboard.press('KeyM');
        for (const pane of [0, 1, 2]) await imageShown(page, pane);
      },
    },
    {
      role: 'radiologist',
      title: { ja: 'キー一覧', en: 'all keys' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        await page.keyboard.press('F1');
        await page.getByRole('dialog').waitFor({ timeout: WAIT_MS });
      },
    },
    {
      role: 'radiologist',
      title: { ja: '頭部MRIを開く', en: 'the brain MR is opened' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        await page.keyboard.press('Escape');
        await page.keyboard.press('KeyQ');
        await openStudy(stage, '頭部MRI');
        for (const pane of [1, 2, 3]) await imageShown(page, pane);
      },
    },
    {
      role: 'radiologist',
      title: { ja: '胸部単純写真を開く', en: 'the chest radiograph is opened' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        await page.keyboard.press('KeyQ');
        await openStudy(stage, '胸部正面');
      },
    },
    {
      role: 'radiologist',
      title: { ja: '英語に切り替える', en: 'the language is switched' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        await page.keyboard.press('KeyQ');
        await page.goto(new URL('/?lang=en', page.url()).href);
        await page.waitForFunction(() => document.documentElement.lang === 'en');
        await openStudy(stage, CURRENT_HEAD_CT);
      },
    },
  ],
};
