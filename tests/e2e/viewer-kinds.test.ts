// Every kind of image in the running viewer: it opens and looks right, or a sentence says why it does not.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { places } from '#tests/support/kinds/drawing.ts';
import type { Kind } from '#tests/support/kinds/kind.ts';
import { singleKinds, whiteSuv } from '#tests/support/kinds/made-kinds.ts';
import { SQUARE } from '#tests/support/kinds/made-image.ts';
import { brokenSlice, lostFile, seriesKinds } from '#tests/support/kinds/made-series.ts';
import { openPage, screenshot } from '#tests/support/page.ts';
import {
  annotationTexts,
  cornerText,
  dragTool,
  imageShown,
  openStudy,
  paneOf,
  screenPoint,
  viewportOf,
} from '#tests/support/viewer-page.ts';
import type { KnownImage } from '#tests/support/viewer-page.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const kinds: readonly Kind[] = [...singleKinds, ...seriesKinds];
const folder = temporaryDirectory();
const data = path.join(folder.path, 'data');
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];
let studyKeys: ReadonlyMap<string, number>;

beforeAll(async () => {
  const files = path.join(folder.path, 'files');
  mkdirSync(files);
  kinds.forEach((kind, at) =>
    kind.files.forEach((file, number) => writeFileSync(path.join(files, `${at}-${number}.dcm`), file)),
  );
  const imported = await runCommand('electron/commands/import.ts', ['--data', data, files]);
  expect(imported.code, imported.stdout).toBe(0);
  studyKeys = readStudyKeys();
  removeFileOf(lostFile);
  workstation = await startWorkstation(data);
  browser = await launchChromium();
  ({ page, errors } = await openPage(browser, workstation.url));
}, 180_000);

afterAll(async () => {
  await browser.close();
  expect(await workstation.stop()).toBe(0);
  folder.remove();
});

function readStudyKeys(): ReadonlyMap<string, number> {
  const database = new DatabaseSync(path.join(data, 'enkaku.sqlite3'), { readOnly: true });
  const rows = database
    .prepare(
      'SELECT study_uid AS uid, patient_id AS id, study_key AS key FROM studies JOIN patients USING (patient_key)',
    )
    .all();
  database.close();
  return new Map(rows.map(({ uid, id, key }) => [`${String(uid)} ${String(id)}`, Number(key)]));
}

/** As after an eviction, or a disk that lost it. */
function removeFileOf(kind: Kind): void {
  const hashes = kind.files.map((file) => createHash('sha256').update(file).digest('hex'));
  const stored = readdirSync(path.join(data, 'objects'), { recursive: true, withFileTypes: true });
  const found = stored.filter(({ name }) => hashes.some((hash) => name.startsWith(hash)));
  expect(found.length).toBe(hashes.length);
  for (const { parentPath, name } of found) rmSync(path.join(parentPath, name));
}

const keyOf = ({ belonging: { studyUid, patientId } }: Kind) =>
  studyKeys.get(`${studyUid} ${patientId}`) ?? 0;
const kindNamed = (name: string) => {
  const kind = kinds.find((each) => each.name === name);
  if (!kind) throw new Error(`no kind ${name}`);
  return kind;
};
const pictureName = (name: string) => `kinds-${name.replaceAll(/[^\w]+/g, '-').toLowerCase()}`;

const openedBefore = new Set<Kind>();

async function open(kind: Kind): Promise<void> {
  await openStudy(page, keyOf(kind));
  await expect.poll(() => cornerText(page, 'top-left')).toContain(kind.belonging.patientId);
  // Rules hang a study that is opened for the first time, when all of it is known; one pane is enough here.
  if (kind.sentence === undefined && !openedBefore.has(kind)) await page.getByTestId('hanging').waitFor();
  openedBefore.add(kind);
  await page.keyboard.press('Shift+Digit1');
}

/** Colours of the screen at the given places of the drawing. */
async function coloursOf(image: KnownImage): Promise<number[][]> {
  const box = await viewportOf(page).boundingBox();
  const points = await Promise.all(
    places.map(({ at: [x, y] }) =>
      screenPoint(page, 0, image, [x * image.columns - 0.5, y * image.rows - 0.5]),
    ),
  );
  return viewportOf(page)
    .locator('canvas')
    .first()
    .evaluate(
      (element, relative) => {
        const canvas = element as HTMLCanvasElement;
        const context = canvas.getContext('2d');
        if (!context) throw new Error('no 2d context');
        return relative.map(([x, y]) => [
          ...context.getImageData(Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1).data,
        ]);
      },
      points.map(([x, y]): [number, number] => [
        (x - (box?.x ?? 0)) / (box?.width ?? 1),
        (y - (box?.y ?? 0)) / (box?.height ?? 1),
      ]),
    );
}

/** What is wrong with how the drawing is shown; undefined if nothing is. */
async function wrongLook({ looks }: Kind): Promise<string | undefined> {
  if (!looks) return undefined;
  const { columns, rows, spacing = [1, 1], inColour } = looks;
  const shown = await coloursOf({ columns, rows, spacing });
  if (inColour) {
    const wrong = places.filter(({ colour }, index) =>
      colour.some((value, channel) => Math.abs(value - (shown[index]?.[channel] ?? 0)) > 12),
    );
    return wrong.length === 0
      ? undefined
      : `${wrong.map(({ part }) => part).join(', ')} of ${JSON.stringify(shown)}`;
  }
  // Every grey scale here is steady: what is brighter in the drawing is brighter on the screen.
  const levels = places
    .map(({ grey }, index) => ({ grey, level: shown[index]?.[0] ?? -1 }))
    .sort((a, b) => a.grey - b.grey)
    .map(({ level }) => level);
  const isSteady = levels.every((level, index) => level >= (levels[index - 1] ?? 0));
  const isFull = (levels.at(-1) ?? 0) - (levels[0] ?? 0) > 150 && new Set(levels).size > 3;
  return isSteady && isFull ? undefined : JSON.stringify(levels);
}

const findings = (pane = 0) =>
  paneOf(page, pane)
    .locator('[data-finding]')
    .evaluateAll((items) => items.map((item) => item.getAttribute('data-finding')));

const letters = () =>
  paneOf(page)
    .locator('span[class*=letter]')
    .evaluateAll((spans) => {
      const textOf = (place: string) =>
        spans.find(({ className }) => new RegExp(`letter${place}`, 'i').test(className))?.textContent ?? '';
      return ['Top', 'Right', 'Bottom', 'Left'].map(textOf);
    });

/** Who is meant must be read to the end. */
const beyondTheirBox = (within: Locator) =>
  within
    .locator('li')
    .evaluateAll((items) =>
      items
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map((item) => item.textContent),
    );

const stackTitles = () =>
  page
    .locator('[data-series]')
    .evaluateAll((items) => items.map((item) => (item as HTMLElement).innerText.replaceAll(/\s/g, ' ')));

test.each(kinds.filter(({ sentence }) => sentence === undefined).map((kind) => [kind.name, kind] as const))(
  '%s opens and looks right',
  async (name, kind) => {
    await open(kind);
    await imageShown(page);
    await expect.poll(() => paneOf(page).innerText()).toContain('Im ');
    // The grid may still be on its way from two panes to one.
    await expect.poll(() => wrongLook(kind)).toBeUndefined();
    const text = (await paneOf(page).innerText()).replaceAll(/\s+/g, ' ');
    for (const shown of kind.shows ?? []) expect(text).toContain(shown);
    for (const hidden of kind.hides ?? []) expect(text).not.toContain(hidden);
    expect(await findings()).toEqual(kind.findings ?? []);
    expect((await letters()).join('')).toBe(kind.letters ?? '');
    if (kind.stacks) {
      const titles = await stackTitles();
      expect(titles.length).toBe(kind.stacks.length);
      for (const [index, stack] of kind.stacks.entries()) expect(titles[index]).toContain(stack);
    }
    await screenshot(page, pictureName(name));
  },
);

test.each(kinds.filter(({ sentence }) => sentence !== undefined).map((kind) => [kind.name, kind] as const))(
  '%s says what it is, or why it is not shown',
  async (name, kind) => {
    await open(kind);
    await expect
      .poll(async () => (await paneOf(page).innerText()).replaceAll(/\s+/g, ' '), { timeout: 30_000 })
      .toContain(kind.sentence);
    await screenshot(page, pictureName(name));
  },
);

describe('what is known of an image limits what is done with it', () => {
  const known: KnownImage = { ...SQUARE, spacing: [1, 1] };
  const line = [
    [20, 48],
    [60, 48],
  ] as const;

  test('a broken slice harms none of its neighbours', async () => {
    await open(brokenSlice);
    await expect.poll(() => paneOf(page).innerText(), { timeout: 30_000 }).toContain(brokenSlice.sentence);
    for (const key of ['Home', 'End']) {
      await page.keyboard.press(key);
      await imageShown(page);
      expect(await paneOf(page).innerText()).not.toContain(brokenSlice.sentence);
    }
  });

  test('without spacing a length is in pixels and says so', async () => {
    await open(kindNamed('window'));
    await imageShown(page);
    await dragTool(page, 0, 'KeyL', known, line);
    await expect.poll(() => annotationTexts(page)).toEqual(['40.0 px | 未校正']);
    await screenshot(page, 'kinds-measure-uncalibrated');
  });

  test.each([
    ['CR', '8.0 mm | 検出器面の長さ'],
    ['DX with a magnification', '6.4 mm | 拡大率で補正（Imager Pixel Spacing）'],
    ['MG', '3.6 mm | 校正済み（Pixel Spacing）'],
    ['US film in colour', '40.0 mm | 超音波領域の校正'],
    ['PET without weight', '160.0 mm'],
  ])('a length on %s says what it refers to', async (name, text) => {
    await open(kindNamed(name));
    await imageShown(page);
    await dragTool(page, 0, 'KeyL', known, line);
    await expect.poll(() => annotationTexts(page)).toEqual([text]);
  });

  test('PET is measured in SUV where that can be computed, and in what the file says where not', async () => {
    const [x, y] = [Math.floor(SQUARE.columns / 2), 7];
    for (const [name, text] of [
      ['PET in SUV', `${whiteSuv.toFixed(2)} SUV`],
      ['PET without weight', '50000 BQML'],
    ] as const) {
      await open(kindNamed(name));
      await imageShown(page);
      await page.keyboard.press('KeyU');
      await page.mouse.click(...(await screenPoint(page, 0, known, [x, y])));
      await expect.poll(async () => (await annotationTexts(page)).at(-1)).toBe(text);
    }
  });

  test('a tilted gantry, missing and uneven slices are reformatted at true positions, and said', async () => {
    for (const name of ['CT with a tilted gantry', 'CT with a missing slice', 'CT with uneven slices']) {
      await open(kindNamed(name));
      await imageShown(page);
      await page.keyboard.press('KeyM');
      await expect.poll(() => page.locator('[data-pane]').count()).toBe(4);
      for (const pane of [0, 1, 2, 3]) {
        await imageShown(page, pane);
        expect(await findings(pane)).toEqual(kindNamed(name).findings);
      }
      await screenshot(page, `${pictureName(name)}-mpr`);
      await page.keyboard.press('KeyM');
      await expect.poll(() => page.locator('[data-pane]').count()).toBe(1);
    }
  });

  test('what cannot be reformatted honestly is refused with its reason', async () => {
    for (const [name, reason] of [
      ['CT with a slice twice', '同じ位置のスライスが1組あります'],
      ['RGB', '位置情報がありません'],
      ['XA film', '位置情報がありません'],
      ['MR of two echoes', 'スライスが3枚しかありません'],
    ] as const) {
      await open(kindNamed(name));
      await imageShown(page);
      await page.keyboard.press('KeyM');
      await expect.poll(() => paneOf(page, 1).innerText()).toContain(reason);
      await screenshot(page, `${pictureName(name)}-mpr`);
      await page.keyboard.press('KeyM');
      await expect.poll(() => page.locator('[data-pane]').count()).toBe(1);
    }
  });

  test('a window chosen for one series is not kept for the next in the same pane', async () => {
    const [ct, mr] = [kindNamed('CT'), kindNamed('MR')];
    await openStudy(page, keyOf(ct), `?with=${keyOf(mr)}`);
    await expect.poll(() => cornerText(page, 'top-left')).toContain(ct.belonging.patientId);
    await imageShown(page);
    await page.keyboard.press('Shift+Digit1');
    await expect.poll(() => cornerText(page, 'bottom-right')).toContain('WW 80 / WL 40');
    await page.locator(`[data-series="${mr.belonging.seriesUid}"]`).click();
    await expect.poll(() => cornerText(page, 'bottom-right')).toContain('WW 1000 / WL 500');
  });

  test('two patients on one screen: nothing goes on until a person has said what they are', async () => {
    const [first, mr] = [kindNamed('enhanced CT'), kindNamed('MR')];
    await openStudy(page, keyOf(first), `?with=${keyOf(mr)}`);
    await expect.poll(() => cornerText(page, 'top-left')).toContain(first.belonging.patientId);
    await imageShown(page);
    await page.keyboard.press('Shift+Digit2');
    await page.locator(`[data-series="${mr.belonging.seriesUid}"]`).dragTo(viewportOf(page, 1));
    const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'));
    await expect.poll(() => dialog.innerText()).toContain('画面に異なる患者の画像があります');
    expect(await dialog.innerText()).toContain('1962-08-15');
    expect(await beyondTheirBox(dialog)).toEqual([]);
    await screenshot(page, 'kinds-two-patients');
    await page.keyboard.press('Home');
    expect(await dialog.isVisible()).toBe(true);
    await page.getByRole('button', { name: '別の患者と承知して並べて表示' }).click();
    await expect.poll(() => page.getByText('2人以上の患者を表示中').isVisible()).toBe(true);
    await page.keyboard.press('Shift+Digit1');
  });
});

test('without WebGL images, reformats and slabs are there all the same', async () => {
  const without = await launchChromium([
    '--disable-gpu',
    '--disable-3d-apis',
    '--disable-software-rasterizer',
  ]);
  try {
    const opened = await openPage(without, workstation.url);
    const hasWebGl = await opened.page.evaluate(
      () => document.createElement('canvas').getContext('webgl2') !== null,
    );
    expect(hasWebGl).toBe(false);
    await openStudy(opened.page, keyOf(kindNamed('enhanced MR')));
    await imageShown(opened.page);
    await opened.page.keyboard.press('Shift+Digit1');
    await imageShown(opened.page);
    await opened.page.keyboard.press('KeyM');
    await expect.poll(() => opened.page.locator('[data-pane]').count()).toBe(4);
    for (const pane of [0, 1, 2, 3]) await imageShown(opened.page, pane);
    await screenshot(opened.page, 'kinds-without-webgl');
    expect(opened.errors).toEqual([]);
  } finally {
    await without.close();
  }
});

test('nothing went wrong in the page', () => {
  expect(errors).toEqual([]);
});
