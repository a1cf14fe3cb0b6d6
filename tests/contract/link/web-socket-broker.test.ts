// A broker that is reached by `wss`: hospitals whose firewalls let nothing through but HTTPS.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readContactCard } from '#shared/link/contact-card.ts';
import { linkStateOf, openSite } from '#tests/support/link-sites.ts';
import type { Site } from '#tests/support/link-sites.ts';
import { Mosquitto } from '#tests/support/mosquitto.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const WAIT = { timeout: 20_000, interval: 50 };
const folder = temporaryDirectory();
const passwords = { hospital: 'se:cr@t/1', university: 'secret2' };
const opened: Site[] = [];
let broker: Mosquitto;
let hospital: Site;
let university: Site;

const address = () => `wss://127.0.0.1:${broker.port}`;

async function openAt(name: string, user: string, password: string, query: string): Promise<Site> {
  const url = `wss://${user}:${encodeURIComponent(password)}@127.0.0.1:${broker.port}${query}`;
  const site = await openSite(folder.path, name, { kind: 'url', url });
  opened.push(site);
  return site;
}

const authority = () => `?ca=${encodeURIComponent(broker.authorityFile)}`;
const stateOf = async (site: Site) => (await linkStateOf(site)).broker;

beforeAll(async () => {
  const acl = Object.keys(passwords)
    .map((user) => `user ${user}\ntopic readwrite enkaku/1/#\n`)
    .join('\n');
  broker = await Mosquitto.start({ folder: folder.path, passwords, acl, isWebSocket: true });
  hospital = await openAt('hospital', 'hospital', passwords.hospital, authority());
  university = await openAt('university', 'university', passwords.university, authority());
});

afterAll(async () => {
  await Promise.all(opened.map((site) => site.backend.close()));
  await broker.kill();
  folder.remove();
});

test('with password and TLS of a private authority; nothing of that is on the card', async () => {
  await expect
    .poll(() => stateOf(hospital), WAIT)
    .toEqual({ url: address(), isEmbedded: false, state: 'connected' });
  const { cardText } = await hospital.client.link.showCard({});
  expect(readContactCard(cardText)?.broker).toBe(address());
});

test('two people pair over it, a call rings, and a broker that was killed is found again', async () => {
  const { cardText } = await hospital.client.link.openPairing({});
  await university.client.link.joinPairing({ cardText });
  const pairing = async (site: Site) => (await linkStateOf(site)).pairing.state;
  const sites = [hospital, university];
  for (const site of sites) await expect.poll(() => pairing(site), WAIT).toBe('comparing');
  for (const site of sites) await site.client.link.confirmCode({ isSame: true });
  for (const site of sites) await expect.poll(() => pairing(site), WAIT).toBe('paired');
  const presence = async () => (await linkStateOf(university)).contacts[0]?.presence;
  await expect.poll(presence, WAIT).toBe('online');

  await broker.kill();
  await expect.poll(async () => (await stateOf(hospital)).state, WAIT).toBe('connecting');
  await broker.start();
  await expect.poll(async () => (await stateOf(hospital)).state, WAIT).toBe('connected');
  await expect.poll(presence, WAIT).toBe('online');
  const deviceId = (await linkStateOf(university)).contacts[0]?.deviceId ?? '';
  await university.client.link.call({ deviceId, role: 'pathologist' });
  await expect.poll(async () => (await linkStateOf(hospital)).session?.state, WAIT).toBe('ringing');
});

test('a wrong password is said to be refused', async () => {
  const mistyped = await openAt('mistyped', 'hospital', 'wrong', authority());
  await expect.poll(async () => (await stateOf(mistyped)).state, WAIT).toBe('refused');
});

test('a broker with a certificate of nobody we know is not talked to', async () => {
  const careful = await openAt('careful', 'hospital', passwords.hospital, '');
  await wait(2500);
  expect((await stateOf(careful)).state).toBe('connecting');
});
