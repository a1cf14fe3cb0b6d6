// Pairing that must not succeed: whoever it fails for is told so, on both sides, and nobody becomes a contact.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createStoredKeys, openStoredKeys } from '#shared/link/identity.ts';
import { HostileBroker } from '#tests/support/hostile/hostile-broker.ts';
import { alteredPairing, inTheMiddle } from '#tests/support/hostile/pairing-attacker.ts';
import type { Alteration } from '#tests/support/hostile/pairing-attacker.ts';
import { linkStateOf, openSite } from '#tests/support/link-sites.ts';
import type { Site } from '#tests/support/link-sites.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const WAIT = { timeout: 20_000, interval: 50 };
const PAIRING_LIFETIME_MS = 10 * 60_000;
const folder = temporaryDirectory();
let broker: HostileBroker;
let hospital: Site;
let university: Site;

beforeAll(async () => {
  broker = await HostileBroker.start();
  const at = { kind: 'url', url: broker.url } as const;
  hospital = await openSite(folder.path, 'hospital', at);
  university = await openSite(folder.path, 'university', at);
});

afterEach(async () => {
  vi.useRealTimers();
  broker.treatment = (envelope) => [envelope];
  for (const site of [hospital, university]) expect((await linkStateOf(site)).contacts).toEqual([]);
});

afterAll(async () => {
  await Promise.all([hospital.backend.close(), university.backend.close()]);
  await broker.close();
  folder.remove();
});

const pairingOf = async (site: Site) => (await linkStateOf(site)).pairing;
const becomes = (site: Site, state: object) => expect.poll(() => pairingOf(site), WAIT).toMatchObject(state);
const failed = (reason: string) => ({ state: 'failed', reason });

async function meet(alter: Alteration = (from, said) => [{ from, said }]): Promise<void> {
  const { cardText } = await hospital.client.link.openPairing({});
  broker.treatment = alteredPairing(cardText, alter);
  await university.client.link.joinPairing({ cardText });
}

test('whoever showed the card stops: the one who compares is told', async () => {
  await meet();
  await becomes(university, { state: 'comparing' });
  await hospital.client.link.closePairing({});
  expect(await pairingOf(hospital)).toEqual({ state: 'closed' });
  await becomes(university, failed('cancelled'));
  // What is pressed too late counts no more.
  await university.client.link.confirmCode({ isSame: true });
  expect(await pairingOf(university)).toEqual(failed('cancelled'));
});

test('whoever read the card stops: the one who has agreed already is told', async () => {
  await meet();
  await becomes(hospital, { state: 'comparing' });
  await becomes(university, { state: 'comparing' });
  await hospital.client.link.confirmCode({ isSame: true });
  await university.client.link.closePairing({});
  await becomes(hospital, failed('cancelled'));
});

test('somebody in the middle who copied the card makes digits that differ; one who says so ends it for both', async () => {
  const keys = await openStoredKeys(await createStoredKeys());
  await meet(inTheMiddle(keys, broker.url));
  await becomes(hospital, { state: 'comparing' });
  await becomes(university, { state: 'comparing' });
  const [one, other] = [await pairingOf(hospital), await pairingOf(university)];
  expect(one).toMatchObject({ code: expect.stringMatching(/^\d{6}$/) });
  expect(other).not.toMatchObject({ code: 'code' in one ? one.code : '' });
  await hospital.client.link.confirmCode({ isSame: false });
  for (const site of [hospital, university]) await becomes(site, failed('codes-differ'));
});

test('what is revealed is not what was committed to: both are told that it was altered', async () => {
  await meet((from, said) => [
    { from, said: said.kind === 'reveal' ? { ...said, nonce: 'A'.repeat(22) } : said },
  ]);
  for (const site of [hospital, university]) await becomes(site, failed('tampered'));
});

test('another commitment than the one that came first: both are told that it was altered', async () => {
  // The very first ones may go by before the owner listens: only what it has answered has come.
  let isAnswered = false;
  await meet((from, said) => {
    if (said.kind === 'owner') isAnswered = true;
    if (said.kind === 'owner') return [];
    if (said.kind !== 'commit') return [{ from, said }];
    return [{ from, said: isAnswered ? { ...said, hash: 'A'.repeat(43) } : said }];
  });
  for (const site of [hospital, university]) await becomes(site, failed('tampered'));
});

test('without the card a broker can only keep things back: nobody gets to compare, and time runs out for both', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  const { cardText } = await hospital.client.link.openPairing({});
  broker.treatment = (envelope) =>
    envelope.topic.includes('/meet/') ? [{ ...envelope, payload: envelope.payload.slice(4) }] : [envelope];
  await university.client.link.joinPairing({ cardText });
  await new Promise((resolve) => setImmediate(resolve));
  expect(await pairingOf(hospital)).toMatchObject({ state: 'waiting' });
  expect(await pairingOf(university)).toMatchObject({ state: 'joining' });
  vi.advanceTimersByTime(PAIRING_LIFETIME_MS);
  for (const site of [hospital, university]) await becomes(site, failed('timed-out'));
});
