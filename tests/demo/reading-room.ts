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

/** A canvas that shows something: from black to white, not just there. */
async function imageShown(page: Page): Promise<void> {
  const deadlineMs = Date.now() + WAIT_MS;
  for (;;) {
    const range = await greyRange(page, '[data-testid=viewport] canvas').catch(() => 0);
    if (range > 100) return;
    if (Date.now() > deadlineMs) throw new Error('no image has appeared');
    await page.waitForTimeout(20);
  }
}

/** A regional hospital takes a head CT in, a radiologist reads it; each at a workstation of their own. */
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
      role: 'radiologist',
      title: { ja: '今回と前回が一覧に並ぶ', en: 'the study and its prior are in the list' },
      act: (stage) => importSampleStudy(stage, 'radiologist'),
    },
    {
      role: 'radiologist',
      title: { ja: '検査を開く', en: 'the study is opened' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        const startMs = performance.now();
        await page.getByText(CURRENT_HEAD_CT).first().dblclick();
        await imageShown(page);
        stage.measured({
          measure: 'study opened until an image shows',
          values: [performance.now() - startMs],
          unit: 'ms',
        });
      },
    },
    {
      role: 'radiologist',
      title: { ja: '画像を送る', en: 'scrolling through the images' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        await page.locator('[data-testid=viewport]').first().hover();
        const values: number[] = [];
        for (let step = 0; step < 10; step++) {
          const startMs = performance.now();
          await page.mouse.wheel(0, 100);
          await page.evaluate(() => new Promise(requestAnimationFrame));
          values.push(performance.now() - startMs);
        }
        stage.measured({ measure: 'wheel step until the next frame', values, unit: 'ms' });
        await imageShown(page);
      },
    },
    {
      role: 'radiologist',
      title: { ja: '英語に切り替える', en: 'the language is switched' },
      act: async (stage) => {
        const { page } = await stage.actor('radiologist');
        await page.goto(new URL('/?lang=en', page.url()).href);
        await page.waitForFunction(() => document.documentElement.lang === 'en');
        await page.getByRole('gridcell').first().waitFor({ timeout: WAIT_MS });
      },
    },
  ],
};
