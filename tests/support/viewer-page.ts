import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { greyRange } from './chromium.ts';

/** Pixels of an image and how they lie, as the test itself knows them. */
export interface KnownImage {
  readonly columns: number;
  readonly rows: number;
  /** Between rows and between columns. */
  readonly spacing: readonly [number, number];
  /** Clockwise, after flipping. */
  readonly rotationDeg?: number;
  readonly flipHorizontal?: boolean;
}

type Point = readonly [number, number];

export const paneOf = (page: Page, pane = 0): Locator => page.locator(`[data-pane="${pane}"]`);
export const viewportOf = (page: Page, pane = 0): Locator => paneOf(page, pane).getByTestId('viewport');

/** Waits until a pane shows an image that is not blank. */
export async function imageShown(page: Page, pane = 0): Promise<void> {
  await expect
    .poll(() => greyRange(page, `[data-pane="${pane}"] [data-testid=viewport] canvas`).catch(() => 0), {
      timeout: 30_000,
    })
    .toBeGreaterThan(50);
}

/** Opens a study by its key, as the worklist does. */
export async function openStudy(page: Page, studyKey: number, query = ''): Promise<void> {
  await page.evaluate((hash) => {
    window.location.hash = hash;
    window.dispatchEvent(new PopStateEvent('popstate'));
  }, `#/reading/study/${studyKey}${query}`);
  await page.locator('[data-pane="0"]').waitFor();
}

/**
 * Where a pixel of an image lies on the page when it is fitted into its pane: arithmetic of the test's
 * own, so that it can disagree with the viewer's.
 */
export async function screenPoint(
  page: Page,
  pane: number,
  image: KnownImage,
  [column, row]: Point,
): Promise<Point> {
  const box = await viewportOf(page, pane).boundingBox();
  if (!box) throw new Error('no pane');
  const [rowSpacing, columnSpacing] = image.spacing;
  const [width, height] = [image.columns * columnSpacing, image.rows * rowSpacing];
  const angle = ((image.rotationDeg ?? 0) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const scale = Math.min(
    box.width / (width * Math.abs(cos) + height * Math.abs(sin)),
    box.height / (width * Math.abs(sin) + height * Math.abs(cos)),
  );
  const x = (column - (image.columns - 1) / 2) * columnSpacing * (image.flipHorizontal ? -1 : 1);
  const y = (row - (image.rows - 1) / 2) * rowSpacing;
  return [
    box.x + box.width / 2 + (x * cos - y * sin) * scale,
    box.y + box.height / 2 + (x * sin + y * cos) * scale,
  ];
}

/** Chooses a tool by its key and drags through the given pixels of the image. */
export async function dragTool(
  page: Page,
  pane: number,
  key: string,
  image: KnownImage,
  points: readonly Point[],
): Promise<void> {
  await page.keyboard.press(key);
  await drag(page, pane, image, points);
}

export async function drag(
  page: Page,
  pane: number,
  image: KnownImage,
  points: readonly Point[],
): Promise<void> {
  const [first, ...rest] = await Promise.all(points.map((point) => screenPoint(page, pane, image, point)));
  if (!first) return;
  await page.mouse.move(...first);
  await page.mouse.down();
  // Two steps to every point: a hand does not jump.
  for (const point of rest) await page.mouse.move(point[0], point[1], { steps: 2 });
  await page.mouse.up();
}

/** What stands beside the annotations of a pane, oldest first, lines joined by ' | '. */
export async function annotationTexts(page: Page, pane = 0): Promise<string[]> {
  return paneOf(page, pane)
    .locator('[data-annotation] text')
    .evaluateAll((texts) =>
      texts.map((text) => [...text.children].map((line) => line.textContent).join(' | ')),
    );
}

/** A corner of a pane as one text. */
export async function cornerText(page: Page, corner: string, pane = 0): Promise<string> {
  const texts = await paneOf(page, pane).locator(`[data-corner="${corner}"]`).allInnerTexts();
  return texts.join(' ').replaceAll(/\s+/g, ' ').trim();
}
