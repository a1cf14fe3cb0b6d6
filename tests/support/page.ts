import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { root } from './workstation.ts';

/** A page of the workstation; what goes wrong in it is collected in `errors`. */
export interface OpenedPage {
  readonly page: Page;
  readonly errors: string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  /** Named in the link; otherwise the settings decide. */
  readonly language?: 'ja' | 'en';
}

export async function openPage(
  browser: Browser,
  url: string,
  options: PageOptions = {},
): Promise<OpenedPage> {
  const { width = 1280, height = 800 } = options;
  const context = await browser.newContext({ viewport: { width, height }, locale: 'ja-JP' });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // What a request was answered is for the page to handle; anything else it complains of is a defect.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) errors.push(`console: ${message.text()}`);
  });
  const link = new URL(url);
  if (options.language) link.searchParams.set('lang', options.language);
  await page.goto(link.href);
  return { page, errors };
}

/** Leaves a picture in `out/e2e` for people to judge. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = path.join(root, 'out/e2e');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

/** Texts that are cut off where nothing says so: no ellipsis and no scroll bar. */
export function clippedTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isClipped = (element: Element) => {
      const { overflowX, textOverflow } = getComputedStyle(element);
      return (
        element.scrollWidth > element.clientWidth + 1 &&
        (overflowX === 'hidden' || overflowX === 'clip') &&
        textOverflow !== 'ellipsis' &&
        element.clientWidth > 1
      );
    };
    return [
      ...document.querySelectorAll('button, label, dt, dd, p, h1, h2, h3, li, th, td, [role=tab], nav *'),
    ]
      .filter((element) => element.textContent.trim() !== '' && isClipped(element))
      .map((element) => element.textContent);
  });
}
