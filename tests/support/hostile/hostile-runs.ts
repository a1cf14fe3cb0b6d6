import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { readContactCard, writeContactCard } from '#shared/link/contact-card.ts';
import { createStoredKeys, openStoredKeys } from '#shared/link/identity.ts';
import type { DeviceKeys } from '#shared/link/identity.ts';
import { description, introduce, linkStateOf, openSite } from '../link-sites.ts';
import type { PageOrder, Site } from '../link-sites.ts';
import { temporaryDirectory } from '../workstation.ts';
import { HostileBroker } from './hostile-broker.ts';
import { Attacker, EVIL_CERTIFICATE, attacks } from './treatments.ts';
import type { Attack, Victim } from './treatments.ts';

export interface HostileResult {
  readonly runs: number;
  readonly seed: number;
  /** By kind of attack: how many runs there were, and how many got through to a session all the same. */
  readonly attacks: Readonly<Record<Attack, { runs: number; connected: number; attackerOnPath: number }>>;
  /** Peers that were accepted although the certificate was not that of the other workstation. */
  readonly wrongPeers: number;
  /** Calls that rang although the contact had not made them. */
  readonly phantomRings: number;
  readonly envelopesSeen: number;
  /** Envelopes in which a name, a certificate or anything of an SDP can be read. */
  readonly readableEnvelopes: number;
}

/** Nothing has happened for so long: whatever is missing now does not come any more. */
const QUIET_MS = 120;
const LONGEST_RUN_MS = 3000;
/** Messages of a call up to the answer of the live peer, with those of the bulk peer between them. */
const MESSAGES_OF_A_CALL = 10;
/** These take nothing away: such a call comes to its end, good or bad. */
const harmless = new Set<Attack>(['none', 'duplicate', 'replay', 'reflect']);
const NAMES = ['離島中央病院 operating room', '大学病院 pathology'] as const;
/** None so short that ciphertext would contain it by chance: three bytes are found once in 17 million. */
const GIVEAWAYS = [
  ...NAMES,
  'fingerprint',
  'v=0\r\n',
  String.raw`v=0\r\n`,
  'candidate',
  'sha-256',
  EVIL_CERTIFICATE,
  'pathologist',
];

/** Calls between two real backends through a broker that attacks each in one way. Deterministic choices by `seed`. */
export async function hostileRuns(
  wanted: number,
  seed: number,
  progress: (done: number, wrong: number) => void = () => {},
): Promise<HostileResult> {
  const folder = temporaryDirectory();
  const broker = await HostileBroker.start();
  const [caller, called] = await Promise.all(
    NAMES.map((name, index) =>
      openSite(folder.path, `site-${index}`, { kind: 'url', url: broker.url }).then(async (site) => {
        await site.client.link.rename({ name });
        return site;
      }),
    ),
  );
  if (!caller || !called) throw new Error('no sites');
  const random = seeded(seed);
  const tally = Object.fromEntries(
    attacks.map((attack) => [attack, { runs: 0, connected: 0, attackerOnPath: 0 }]),
  ) as Record<Attack, { runs: number; connected: number; attackerOnPath: number }>;
  const seen = { envelopes: 0, readable: 0 };
  try {
    await introduce(caller, called);
    const insiderKeys = await newKeys();
    const insiderCard = writeContactCard({ name: 'third', keys: insiderKeys.public, broker: broker.url });
    for (const site of [caller, called]) await site.client.link.addCard({ cardText: insiderCard });
    const attacker = new Attacker({
      broker,
      strangerKeys: await newKeys(),
      insiderKeys,
      caller: await victimOf(caller),
      called: await victimOf(called),
      random,
    });
    const run = new Run(caller, called);
    broker.onSeen = ({ payload }) => {
      run.noteActivity();
      seen.envelopes += 1;
      if (isReadable(payload)) seen.readable += 1;
    };
    for (let done = 0; done < wanted; done++) {
      const attack = attacks[done % attacks.length] ?? 'none';
      // Whoever owns the broker may own the path too, and put its own certificate there.
      const isOnPath = attack !== 'none' && (attack === 'swap-fingerprint' || random() < 0.3);
      const unharmed = Math.floor(random() * MESSAGES_OF_A_CALL);
      broker.treatment = attacker.treatment(attack, () => run.sessionId, unharmed);
      const isConnected = await run.once(isOnPath, harmless.has(attack) ? LONGEST_RUN_MS : QUIET_MS);
      broker.treatment = () => [];
      await run.end();
      tally[attack].runs += 1;
      if (isConnected) tally[attack].connected += 1;
      if (isOnPath) tally[attack].attackerOnPath += 1;
      if ((done + 1) % 500 === 0) progress(done + 1, run.wrongPeers);
    }
    return {
      runs: wanted,
      seed,
      attacks: tally,
      wrongPeers: run.wrongPeers,
      phantomRings: run.phantomRings,
      envelopesSeen: seen.envelopes,
      readableEnvelopes: seen.readable,
    };
  } finally {
    await Promise.all([caller.backend.close(), called.backend.close()]);
    await broker.close();
    folder.remove();
  }
}

/** Several pairs side by side, each with a broker of its own. */
export async function hostileLanes(
  wanted: number,
  seed: number,
  lanes: number,
  progress: (done: number, wrong: number) => void,
): Promise<HostileResult> {
  const results = await Promise.all(
    Array.from({ length: lanes }, (_, lane) =>
      hostileRuns(Math.ceil(wanted / lanes), seed * 100 + lane, progress),
    ),
  );
  const sum = (of: (result: HostileResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    runs: sum(({ runs }) => runs),
    seed,
    attacks: Object.fromEntries(
      attacks.map((attack) => [
        attack,
        {
          runs: sum((result) => result.attacks[attack].runs),
          connected: sum((result) => result.attacks[attack].connected),
          attackerOnPath: sum((result) => result.attacks[attack].attackerOnPath),
        },
      ]),
    ) as HostileResult['attacks'],
    wrongPeers: sum(({ wrongPeers }) => wrongPeers),
    phantomRings: sum(({ phantomRings }) => phantomRings),
    envelopesSeen: sum(({ envelopesSeen }) => envelopesSeen),
    readableEnvelopes: sum(({ readableEnvelopes }) => readableEnvelopes),
  };
}

/** One call at a time between two sites whose pages connect with whomever they are told to. */
class Run {
  readonly #sites: readonly [Site, Site];
  /** True certificates of this run, by site and epoch. */
  readonly #certificates = new Map<string, string>();
  readonly #accepted = new Set<Site>();
  #isOnPath = false;
  #isOver = false;
  #lastActivityMs = 0;
  sessionId = '';
  wrongPeers = 0;
  phantomRings = 0;

  constructor(caller: Site, called: Site) {
    this.#sites = [caller, called];
    for (const site of this.#sites) {
      site.onOrder = (order) => void this.#obey(site, order).catch(() => {});
      site.client.link.on('stateChanged', ({ session }) => {
        this.#lastActivityMs = performance.now();
        if (!session && site === caller) this.#isOver = true;
        if (session?.state !== 'ringing') return;
        if (session.sessionId !== this.sessionId || site !== called) this.phantomRings += 1;
        else void site.client.link.accept({ sessionId: session.sessionId }).catch(() => {});
      });
    }
  }

  /** True if both ends have been accepted by each other. */
  async once(isOnPath: boolean, quietMs: number): Promise<boolean> {
    const [caller, called] = this.#sites;
    this.#isOnPath = isOnPath;
    this.#certificates.clear();
    this.#accepted.clear();
    const { deviceId } = await linkStateOf(called);
    const startMs = performance.now();
    this.#lastActivityMs = startMs;
    this.sessionId = (await caller.client.link.call({ deviceId, role: 'pathologist' })).sessionId;
    this.#isOver = false;
    while (this.#accepted.size < 2 && !this.#isOver) {
      await wait(3);
      const nowMs = performance.now();
      if (nowMs - this.#lastActivityMs > quietMs || nowMs - startMs > LONGEST_RUN_MS) break;
    }
    return this.#accepted.size === 2;
  }

  noteActivity(): void {
    this.#lastActivityMs = performance.now();
  }

  async end(): Promise<void> {
    for (const site of this.#sites) {
      await site.client.link.hangUp({});
      site.orders.length = 0;
    }
  }

  async #obey(site: Site, { order, peer, epoch, signal, isInitiator }: PageOrder): Promise<void> {
    this.#lastActivityMs = performance.now();
    if (peer !== 'live') return;
    const own = this.#certificateOf(site, epoch);
    const { link } = site.client;
    if (order === 'open' && isInitiator === true) {
      await link.peerSignal({ peer, epoch, signal: description('offer', own) });
    } else if (order === 'signal' && signal !== undefined) {
      const { type, sdp } = JSON.parse(signal) as { type: string; sdp: string };
      const named = /sha-256 (\S+)/.exec(sdp)?.[1]?.replaceAll(':', '').toLowerCase() ?? '';
      if (type === 'offer') {
        await link.peerSignal({ peer, epoch, signal: description('answer', own) });
      }
      await this.#connect(site, epoch, this.#isOnPath ? EVIL_CERTIFICATE : named);
    }
  }

  async #connect(site: Site, epoch: number, remoteCertificateSha256: string): Promise<void> {
    const other = this.#sites[0] === site ? this.#sites[1] : this.#sites[0];
    const { isAccepted } = await site.client.link.peerConnected({
      peer: 'live',
      epoch,
      remoteCertificateSha256,
      isRelayed: false,
    });
    if (!isAccepted) return;
    this.#accepted.add(site);
    if (remoteCertificateSha256 !== this.#certificateOf(other, epoch)) this.wrongPeers += 1;
  }

  #certificateOf(site: Site, epoch: number): string {
    const key = `${this.#sites.indexOf(site)} ${epoch}`;
    const certificate = this.#certificates.get(key) ?? randomBytes(32).toString('hex');
    this.#certificates.set(key, certificate);
    return certificate;
  }
}

/** As it is, and every part of it that is base64url decoded. */
function isReadable(payload: string): boolean {
  const forms = [payload, ...payload.split('.').map((part) => Buffer.from(part, 'base64url').toString())];
  return forms.some((form) => GIVEAWAYS.some((giveaway) => form.includes(giveaway)));
}

async function newKeys(): Promise<DeviceKeys> {
  return openStoredKeys(await createStoredKeys());
}

async function victimOf(site: Site): Promise<Victim> {
  const { deviceId } = await linkStateOf(site);
  const card = readContactCard((await site.client.link.showCard({})).cardText);
  if (!card) throw new Error('no card');
  return { deviceId, keys: card.keys };
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
