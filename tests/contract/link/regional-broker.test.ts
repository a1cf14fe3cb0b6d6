import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readContactCard } from '#shared/link/contact-card.ts';
import { description, introduce, linkStateOf, openSite } from '#tests/support/link-sites.ts';
import type { Site } from '#tests/support/link-sites.ts';
import { Mosquitto } from '#tests/support/mosquitto.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const WAIT = { timeout: 20_000, interval: 50 };
const folder = temporaryDirectory();
const passwords = { hospital: 'se:cr@t/1', university: 'secret2' };
const names = Object.keys(passwords) as (keyof typeof passwords)[];

let broker: Mosquitto;
const sites: Partial<Record<string, Site>> = {};

const urlFor = (user: keyof typeof passwords, password: string = passwords[user]) =>
  `mqtts://${user}:${encodeURIComponent(password)}@127.0.0.1:${broker.port}?ca=${encodeURIComponent(broker.authorityFile)}`;

const openAt = (name: string, url: string) => openSite(folder.path, name, { kind: 'url', url });

function site(name: string): Site {
  const found = sites[name];
  if (!found) throw new Error(`${name} is not open`);
  return found;
}

/** The administrator of the broker knows the ids of the workstations and what each may do. */
beforeAll(async () => {
  const ids: Record<string, string> = {};
  for (const name of names) {
    const first = await openSite(folder.path, name);
    ids[name] = (await linkStateOf(first)).deviceId;
    await first.backend.close();
  }
  const rights = (name: string, inbox: string) => [
    `user ${name}`,
    `topic read enkaku/1/in/${inbox}`,
    'topic write enkaku/1/in/+',
    'topic readwrite enkaku/1/presence/+',
    'topic readwrite enkaku/1/meet/+',
    '',
  ];
  const acl = [
    ...rights('hospital', ids['hospital'] ?? ''),
    ...rights('university', ids['university'] ?? ''),
  ];
  broker = await Mosquitto.start({ folder: folder.path, passwords, acl: acl.join('\n') });
  sites['hospital'] = await openAt('hospital', urlFor('hospital'));
  sites['university'] = await openAt('university', urlFor('university'));
});

afterAll(async () => {
  await Promise.all(Object.values(sites).map(async (each) => each?.backend.close()));
  await broker.kill();
  folder.remove();
});

const brokerStateOf = async (name: string) => (await linkStateOf(site(name))).broker;

test('with password, ACL and TLS of a private authority; nothing of that is on the card', async () => {
  await expect
    .poll(() => brokerStateOf('hospital'), WAIT)
    .toEqual({ url: `mqtts://127.0.0.1:${broker.port}`, isEmbedded: false, state: 'connected' });
  const { cardText } = await site('hospital').client.link.showCard({});
  expect(readContactCard(cardText)?.broker).toBe(`mqtts://127.0.0.1:${broker.port}`);
});

test('two people pair over it', async () => {
  const { cardText } = await site('hospital').client.link.openPairing({});
  await site('university').client.link.joinPairing({ cardText });
  const pairing = async (name: string) => (await linkStateOf(site(name))).pairing;
  for (const name of ['hospital', 'university']) {
    await expect.poll(async () => (await pairing(name)).state, WAIT).toBe('comparing');
  }
  for (const name of ['hospital', 'university']) {
    await site(name).client.link.confirmCode({ isSame: true });
  }
  for (const name of ['hospital', 'university']) {
    await expect.poll(async () => (await pairing(name)).state, WAIT).toBe('paired');
    await expect.poll(async () => (await linkStateOf(site(name))).contacts[0]?.presence, WAIT).toBe('online');
  }
});

test('a broker that is killed and comes back changes nothing for a session, which renews its path over it', async () => {
  const [hospital, university] = [site('hospital'), site('university')];
  const [contact] = (await linkStateOf(university)).contacts;
  const { sessionId } = await university.client.link.call({
    deviceId: contact?.deviceId ?? '',
    role: 'pathologist',
  });
  await expect.poll(async () => (await linkStateOf(hospital)).session?.state, WAIT).toBe('ringing');
  await hospital.client.link.accept({ sessionId });
  const connect = async (epoch: number, certificate: string) => {
    await expect
      .poll(() => university.orders.some((each) => each.order === 'open' && each.epoch === epoch), WAIT)
      .toBe(true);
    await university.client.link.peerSignal({
      peer: 'live',
      epoch,
      signal: description('offer', certificate),
    });
    await expect
      .poll(() => hospital.orders.some((each) => each.order === 'signal' && each.epoch === epoch), WAIT)
      .toBe(true);
    return hospital.client.link.peerConnected({
      peer: 'live',
      epoch,
      remoteCertificateSha256: certificate,
      isRelayed: false,
    });
  };
  expect(await connect(1, 'ab'.repeat(32))).toEqual({ isAccepted: true });

  await broker.kill();
  await expect.poll(async () => (await brokerStateOf('hospital')).state, WAIT).toBe('connecting');
  expect((await linkStateOf(hospital)).session).toMatchObject({ sessionId, state: 'connected', epoch: 1 });
  // The path breaks while nobody can be reached: it is made anew as soon as they can.
  await university.client.link.peerLost({ peer: 'live', epoch: 1, state: 'failed' });
  await wait(2000);
  await broker.start();
  await expect.poll(async () => (await linkStateOf(hospital)).session?.epoch, WAIT).toBeGreaterThan(1);
  const { session } = await linkStateOf(hospital);
  expect(session?.sessionId).toBe(sessionId);
  expect(await connect(session?.epoch ?? 0, 'cd'.repeat(32))).toEqual({ isAccepted: true });
  await hospital.client.link.hangUp({});
  await expect.poll(async () => (await linkStateOf(university)).lastEnd, WAIT).toBe('hung-up');
});

test('a wrong password is said to be refused', async () => {
  sites['mistyped'] = await openAt('mistyped', urlFor('hospital', 'wrong'));
  await expect.poll(async () => (await brokerStateOf('mistyped')).state, WAIT).toBe('refused');
});

test('a broker with a certificate of nobody we know is not talked to', async () => {
  const url = `mqtts://hospital:x@127.0.0.1:${broker.port}`;
  sites['careful'] = await openAt('careful', url);
  await wait(2500);
  expect((await brokerStateOf('careful')).state).toBe('connecting');
  // Others at the same broker are not reached through it either.
  await introduce(site('careful'), site('hospital'));
  const { contacts } = await linkStateOf(site('careful'));
  expect(contacts.map(({ presence }) => presence)).not.toContain('online');
});
