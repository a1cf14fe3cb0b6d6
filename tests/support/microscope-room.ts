import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { backendContracts } from '#shared/contract/index.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import { connectToEndpoint } from '#backend/transport/local-client.ts';
import { readEndpoint } from '#backend/transport/local-endpoint.ts';
import { launchChromium } from './chromium.ts';
import { openPage } from './page.ts';
import type { OpenedPage } from './page.ts';
import { startWorkstation, temporaryDirectory } from './workstation.ts';

export const fakeDevices = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const PATIENCE = { timeout: 60_000, interval: 100 };

type Client = RpcConnection<typeof backendContracts>['client'];

export interface MicroscopeRoom {
  readonly pathologist: Page;
  readonly bench: Page;
  readonly opened: readonly OpenedPage[];
  /** The pathologist's own workstation, asked beside its page. */
  readonly university: Client;
  readonly hospital: Client;
  /** What the microscope says of itself at the bench. */
  telemetry(): Telemetry;
  /** Once nothing moves and nothing runs. */
  atRest(): Promise<Telemetry>;
  close(): Promise<void>;
}

export interface RoomOptions {
  readonly flags?: readonly string[];
  /** Each page before it enters the room; 'pathologist' comes first. */
  readonly prepare?: (page: Page, role: 'pathologist' | 'bench') => Promise<unknown>;
}

/** One person opens both sides: two workstations, two browsers. Nobody has called yet. */
export async function openMicroscopeRoom(options: RoomOptions = {}): Promise<MicroscopeRoom> {
  const { flags = fakeDevices, prepare } = options;
  const data = temporaryDirectory();
  const browsers: Browser[] = [];
  const workstation = await startWorkstation(data.path);
  const enter = async (url: string, role: 'pathologist' | 'bench') => {
    const browser = await launchChromium(flags);
    browsers.push(browser);
    const room = await openPage(browser, url, { width: 1600, height: 1000 });
    if (prepare) {
      await prepare(room.page, role);
      await room.page.reload();
    }
    await room.page.goto(`${room.page.url().replace(/#.*/, '')}#/microscope`);
    return room;
  };
  const one = await enter(workstation.url, 'pathologist');
  await one.page.getByTestId('try-both').click();
  const link = one.page.getByRole('link', { name: '相手側の画面を開く' });
  await link.waitFor();
  const other = await enter((await link.getAttribute('href')) ?? '', 'bench');
  const university = await clientOf(workstation.dataDir);
  const hospital = await clientOf(path.join(workstation.dataDir, 'trial-hospital'));
  let newest: Telemetry | undefined;
  hospital.client.microscope.on('telemetry', (telemetry) => (newest = telemetry));
  const telemetry = () => {
    if (!newest) throw new Error('the microscope has said nothing');
    return newest;
  };
  return {
    pathologist: one.page,
    bench: other.page,
    opened: [one, other],
    university: university.client,
    hospital: hospital.client,
    telemetry,
    atRest: async () => {
      await expect.poll(() => isAtRest(newest), PATIENCE).toBe(true);
      return telemetry();
    },
    close: async () => {
      for (const { close } of [university, hospital]) close();
      for (const browser of browsers) await browser.close();
      await workstation.stop();
      data.remove();
    },
  };
}

/** The pathologist calls, the bench answers. */
export async function call({ pathologist, bench }: MicroscopeRoom): Promise<void> {
  await pathologist.getByTestId('call').first().click({ timeout: 60_000 });
  await bench.getByTestId('accept-call').click({ timeout: 60_000 });
  await pathologist.getByTestId('face-remote').waitFor({ timeout: 60_000 });
}

/** Both agree on the slide, and the pathologist is given control. */
export async function giveControl({ pathologist, bench }: MicroscopeRoom, label: string): Promise<void> {
  await bench.getByRole('button', { name: '標本番号' }).click();
  await bench.getByRole('textbox').first().fill(label);
  await bench.keyboard.press('Enter');
  await pathologist.getByRole('button', { name: 'この番号で間違いない' }).click();
  await pathologist.getByRole('button', { name: '操作権を求める' }).click();
  await bench.getByRole('button', { name: '渡す', exact: true }).click();
  await pathologist.locator('[data-testid=lease][data-own=true]').waitFor({ timeout: 60_000 });
}

/** Control that has run out, as on a machine too busy to renew it, is asked for again. */
export async function regainControl({ pathologist, bench }: MicroscopeRoom): Promise<void> {
  if ((await pathologist.getByTestId('lease').getAttribute('data-own')) === 'true') return;
  await pathologist.getByRole('button', { name: '操作権を求める' }).click();
  await bench.getByRole('button', { name: '渡す', exact: true }).click();
  await pathologist.locator('[data-testid=lease][data-own=true]').waitFor({ timeout: 60_000 });
}

/** Where the middle of a part of the page is, CSS pixels. */
export async function middleOf(
  page: Page,
  testId: string,
): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await page.getByTestId(testId).boundingBox();
  if (!box) throw new Error(`no ${testId}`);
  const { x, y, width, height } = box;
  return { x: x + width / 2, y: y + height / 2, width, height };
}

function isAtRest(telemetry: Telemetry | undefined): boolean {
  if (!telemetry || telemetry.procedure || telemetry.turret !== 'idle') return false;
  return Object.values(telemetry.axes).every((state) => state === 'idle');
}

async function clientOf(dataDir: string): Promise<{ client: Client; close: () => void }> {
  const endpoint = readEndpoint(dataDir);
  if (!endpoint) throw new Error(`nobody serves ${dataDir}`);
  const port = await connectToEndpoint(endpoint);
  return { client: new RpcConnection(backendContracts, port).client, close: () => port.close() };
}
