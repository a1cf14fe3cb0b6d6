// Two real workstations and their pages: what a call brings up by itself, and what survives.
import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backendContracts } from '#shared/contract/index.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import { connectToEndpoint } from '#backend/transport/local-client.ts';
import { readEndpoint } from '#backend/transport/local-endpoint.ts';
import { launchChromium } from '#tests/support/chromium.ts';
import { linkFlags } from '#tests/support/link-page.ts';
import { openPage } from '#tests/support/page.ts';
import { processesNaming } from '#tests/support/stray-processes.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const WAIT = { timeout: 60_000, interval: 100 };
const folder = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;
let university: Site;
let hospital: Site;
let hospitalPage: Page;

interface Site {
  readonly dataDir: string;
  readonly client: RpcConnection<typeof backendContracts>['client'];
  readonly close: () => void;
}

async function siteOf(dataDir: string): Promise<Site> {
  const endpoint = readEndpoint(dataDir);
  if (!endpoint) throw new Error(`nobody serves ${dataDir}`);
  const port = await connectToEndpoint(endpoint);
  return {
    dataDir,
    client: new RpcConnection(backendContracts, port).client,
    close: () => port.close(),
  };
}

beforeAll(async () => {
  workstation = await startWorkstation(folder.path);
  university = await siteOf(workstation.dataDir);
  const { url } = await university.client.workstation.tryMicroscope({});
  hospital = await siteOf(path.join(workstation.dataDir, 'trial-hospital'));
  browser = await launchChromium(linkFlags);
  for (const address of [workstation.url, url]) {
    const { page } = await openPage(browser, address);
    await page.evaluate(() => (window.location.hash = '#/microscope'));
    hospitalPage = page;
  }
});

afterAll(async () => {
  university.close();
  hospital.close();
  await browser.close();
  await workstation.stop();
  folder.remove();
});

const sessionOf = async (site: Site) => (await site.client.link.getState({})).session;
const bulkPages = (site: Site) => processesNaming(`--user-data-dir=${path.join(site.dataDir, 'carrier')} `);

async function bothConnected(): Promise<void> {
  for (const site of [university, hospital]) {
    await expect.poll(async () => (await sessionOf(site))?.live.state, WAIT).toBe('connected');
    await expect.poll(async () => (await sessionOf(site))?.bulk.state, WAIT).toBe('connected');
  }
}

/** A slide on the stage, as the bench puts it there. */
async function putSlide(slideId: string): Promise<void> {
  const { request } = hospital.client.microscope;
  await request({ kind: 'begin-slide-change' });
  await expect
    .poll(async () => (await request({ kind: 'propose-slide', slideId, label: 'S1' })).refused, WAIT)
    .toBeNull();
}

const upload = (where: string, bytes: Buffer) =>
  hospitalPage.evaluate(
    async ([address, given]) => {
      const body = Uint8Array.from(given);
      return (await fetch(address, { method: 'PUT', body })).status;
    },
    [where, [...bytes]] as const,
  );

test('a call that is accepted brings up both connections, the one for files in a page of its own', async () => {
  const [contact] = (await university.client.link.getState({})).contacts;
  await expect
    .poll(async () => (await university.client.link.getState({})).contacts[0]?.presence, WAIT)
    .toBe('online');
  const { sessionId } = await university.client.link.call({
    deviceId: contact?.deviceId ?? '',
    role: 'pathologist',
  });
  await expect.poll(async () => (await sessionOf(hospital))?.state, WAIT).toBe('ringing');
  await hospital.client.link.accept({ sessionId });
  await bothConnected();
  for (const site of [university, hospital]) {
    expect(bulkPages(site)[0]?.command).toContain('--headless=new');
  }
});

test('files go on after the page that carries them has died', async () => {
  const slideId = randomUUID();
  const changed = new Promise((resolve) => university.client.microscope.on('mapArrived', resolve));
  const bytes = randomBytes(700_000);
  process.kill(bulkPages(hospital)[0]?.pid ?? 0, 'SIGKILL');
  await expect.poll(async () => (await sessionOf(hospital))?.bulk.state, WAIT).not.toBe('connected');
  await bothConnected();
  const map = {
    slideId,
    originUm: { x: 0, y: 0 },
    micrometresPerPixel: 5,
    widthPixels: 10,
    heightPixels: 10,
  };
  await putSlide(slideId);
  expect(await upload(`/microscope/maps/${slideId}`, bytes)).toBe(204);
  await hospital.client.microscope.offerMap(map);
  expect(await changed).toMatchObject({ slideId });
  const answer = await fetch(new URL(`/microscope/maps/${slideId}`, workstation.url), {
    headers: { authorization: `Bearer ${workstation.token}` },
  });
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
});

test('with the call ends the page that carries files', async () => {
  await university.client.link.hangUp({});
  for (const site of [university, hospital]) {
    await expect.poll(() => bulkPages(site), WAIT).toEqual([]);
  }
});
