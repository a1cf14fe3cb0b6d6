import { afterAll, beforeAll, expect, test } from 'vitest';
import { description, linkStateOf as stateOf, openSite } from '#tests/support/link-sites.ts';
import type { Site } from '#tests/support/link-sites.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const folder = temporaryDirectory();
const WAIT = { timeout: 20_000, interval: 50 };

let hospital: Site;
let university: Site;

beforeAll(async () => {
  [hospital, university] = await Promise.all([
    openSite(folder.path, 'hospital'),
    openSite(folder.path, 'university'),
  ]);
});

afterAll(async () => {
  await Promise.all([hospital.backend.close(), university.backend.close()]);
  folder.remove();
});

const pairingOf = async (site: Site) => (await stateOf(site)).pairing;

const offer = (byte: string) => description('offer', byte.repeat(32));

test('two people pair: one shows a card, the other reads it, both see the same six digits', async () => {
  const { cardText } = await hospital.client.link.openPairing({});
  await university.client.link.joinPairing({ cardText });
  await expect.poll(async () => (await pairingOf(hospital)).state, WAIT).toBe('comparing');
  await expect.poll(async () => (await pairingOf(university)).state, WAIT).toBe('comparing');
  const [one, other] = [await pairingOf(hospital), await pairingOf(university)];
  expect(one).toMatchObject({ code: expect.stringMatching(/^\d{6}$/), peerName: 'university' });
  expect(other).toMatchObject({ code: 'code' in one ? one.code : '', peerName: 'hospital' });

  await hospital.client.link.confirmCode({ isSame: true });
  expect((await stateOf(hospital)).contacts).toEqual([]);
  await university.client.link.confirmCode({ isSame: true });
  await expect.poll(async () => (await pairingOf(hospital)).state, WAIT).toBe('paired');
  await expect.poll(async () => (await pairingOf(university)).state, WAIT).toBe('paired');
  await expect.poll(async () => (await stateOf(hospital)).contacts[0]?.presence, WAIT).toBe('online');
  const [mine] = (await stateOf(hospital)).contacts;
  const [theirs] = (await stateOf(university)).contacts;
  expect(mine?.safetyCode).toBe(theirs?.safetyCode);
});

test('codes that differ pair nobody', async () => {
  const { cardText } = await hospital.client.link.openPairing({});
  await university.client.link.joinPairing({ cardText });
  await expect.poll(async () => (await pairingOf(university)).state, WAIT).toBe('comparing');
  await university.client.link.confirmCode({ isSame: false });
  for (const site of [hospital, university]) {
    await expect.poll(() => pairingOf(site), WAIT).toEqual({ state: 'failed', reason: 'codes-differ' });
  }
});

test('a card that is none, or our own, or old, is refused with its reason', async () => {
  await university.client.link.joinPairing({ cardText: 'hello' });
  expect(await pairingOf(university)).toEqual({ state: 'failed', reason: 'card-unreadable' });
  const { cardText } = await university.client.link.showCard({});
  await university.client.link.joinPairing({ cardText });
  expect(await pairingOf(university)).toEqual({ state: 'failed', reason: 'own-card' });
  const byHand = await hospital.client.link.showCard({});
  await university.client.link.joinPairing(byHand);
  expect(await pairingOf(university)).toEqual({ state: 'failed', reason: 'card-expired' });
});

test('a call rings, is accepted, and only the certificate that was signed is let in', async () => {
  const [contact] = (await stateOf(university)).contacts;
  const { sessionId } = await university.client.link.call({
    deviceId: contact?.deviceId ?? '',
    role: 'pathologist',
  });
  await expect.poll(async () => (await stateOf(hospital)).session?.state, WAIT).toBe('ringing');
  expect((await stateOf(hospital)).session).toMatchObject({
    sessionId,
    role: 'bench',
    peerName: 'university',
  });
  await hospital.client.link.accept({ sessionId });
  await expect
    .poll(() => hospital.orders.map(({ order, peer, epoch }) => `${order} ${peer} ${epoch}`), WAIT)
    .toEqual(expect.arrayContaining(['open live 1', 'open bulk 1']));
  await expect
    .poll(() => university.orders.some(({ order, peer }) => order === 'open' && peer === 'live'), WAIT)
    .toBe(true);

  await university.client.link.peerSignal({ peer: 'live', epoch: 1, signal: offer('AB') });
  await expect
    .poll(() => hospital.orders.find(({ order }) => order === 'signal')?.signal, WAIT)
    .toBe(offer('AB'));
  const connect = (byte: string) =>
    hospital.client.link.peerConnected({
      peer: 'live',
      epoch: 1,
      remoteCertificateSha256: byte.repeat(32),
      isRelayed: false,
    });
  expect(await connect('ab')).toEqual({ isAccepted: true });
  expect((await stateOf(hospital)).session?.state).toBe('connected');

  // The path is lost: same session, next epoch, nothing accepted before it is made anew.
  await hospital.client.link.peerLost({ peer: 'live', epoch: 1, state: 'failed' });
  expect((await stateOf(hospital)).session?.state).toBe('reconnecting');
  await expect.poll(async () => (await stateOf(hospital)).session?.epoch, WAIT).toBe(2);
  expect((await stateOf(hospital)).session?.sessionId).toBe(sessionId);
  expect(await connect('ab')).toEqual({ isAccepted: false });

  await university.client.link.peerSignal({ peer: 'live', epoch: 2, signal: offer('CD') });
  await expect.poll(() => hospital.orders.findLast(({ order }) => order === 'signal')?.epoch, WAIT).toBe(2);
  const swapped = await hospital.client.link.peerConnected({
    peer: 'live',
    epoch: 2,
    remoteCertificateSha256: 'ef'.repeat(32),
    isRelayed: false,
  });
  expect(swapped).toEqual({ isAccepted: false });
  expect(await stateOf(hospital)).toMatchObject({ session: null, lastEnd: 'wrong-peer' });
  await expect.poll(async () => (await stateOf(university)).session, WAIT).toBeNull();
});

test('who is revoked gets no answer, not even to a call', async () => {
  const [contact] = (await stateOf(hospital)).contacts;
  await hospital.client.link.revoke({ deviceId: contact?.deviceId ?? '' });
  expect((await stateOf(hospital)).contacts[0]?.revokedAtMs).not.toBeNull();
  const [there] = (await stateOf(university)).contacts;
  await university.client.link.call({ deviceId: there?.deviceId ?? '', role: 'pathologist' });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await stateOf(hospital)).session).toBeNull();
  expect((await stateOf(university)).session?.state).toBe('calling');
});
