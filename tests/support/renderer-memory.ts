import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** Proportional set size of the largest renderer process of this page's browser, workers included; Linux only. */
export async function rendererPssMib(page: Page): Promise<number> {
  const browser = page.context().browser();
  if (!browser) throw new Error('no browser');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as {
    processInfo: { type: string; id: number }[];
  };
  await session.detach();
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => pssMib(id));
  return Math.max(0, ...sizes);
}

function pssMib(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024;
}
