import { randomUUID } from 'node:crypto';
import { ControlDesk } from '#device-host/control-desk.ts';
import { RemoteLink } from '#device-host/remote-link.ts';
import { deriveStreamKeys } from '#shared/link/seal.ts';
import { createRandom } from '../synthetic-archive.ts';
import { CommandSource, foreignKinds } from './foreign-commands.ts';
import type { ForeignKind, Known } from './foreign-commands.ts';

export interface StaleResults {
  readonly sent: Readonly<Record<ForeignKind, number>>;
  readonly executed: number;
  /** Genuine commands in between: the gate is open, so a refusal means something. */
  readonly genuineSent: number;
  readonly genuineExecuted: number;
}

/** After so many foreign ones a genuine command passes. */
const GENUINE_EVERY = 50;
const TICK_MS = 2;

/** The device host's own gate (seal, desk, rules) in this process; what it would move is only counted. */
export async function runStaleCommands(
  count: number,
  seed: number,
  onProgress: (done: number) => void = () => {},
): Promise<StaleResults> {
  let nowMs = 1_000_000;
  let moved = 0;
  const desk = new ControlDesk({
    mover: {
      isDeviceKnown: true,
      velocity: () => ((moved += 1), null),
      target: () => ((moved += 1), null),
      halt: () => {},
    },
    procedures: {
      current: () => null,
      start: () => ((moved += 1), null),
      beginSlideChange: () => (moved += 1),
      cancel: () => {},
    },
    objectiveOf: () => undefined,
    setLamp: () => (moved += 1),
    nowMs: () => nowMs,
    deviceTimeMs: () => nowMs,
  });
  const link = new RemoteLink(desk, () => {});
  const keys = await deriveStreamKeys(new Uint8Array(32).fill(3), randomUUID(), 7);
  const { motion: motionKey, request: requestKey, telemetry: telemetryKey, reply: replyKey } = keys;
  link.open({ sessionId: randomUUID(), linkEpoch: 7, motionKey, requestKey, telemetryKey, replyKey });
  agreeAndHandOver(desk);

  const random = createRandom(seed);
  const source = new CommandSource({ keys, linkEpoch: 7, random });
  const sent = Object.fromEntries(foreignKinds.map((kind) => [kind, 0])) as Record<ForeignKind, number>;
  const known = (): Known => ({
    nonce: desk.issueNonce(),
    leaseEpoch: desk.report().lease.epoch,
    deviceTimeMs: nowMs,
  });
  const old: Known[] = [];
  let genuineSent = 0;
  let genuineExecuted = 0;
  let executed = 0;
  let facts = known();
  for (let index = 0; index < count; index++) {
    nowMs += TICK_MS;
    if (index % GENUINE_EVERY === 0) {
      facts = known();
      old.push(facts);
      const before = moved;
      await link.receive('motion', await source.genuine(facts));
      genuineSent += 1;
      genuineExecuted += moved - before;
    }
    const kind = foreignKinds[Math.floor(random() * foreignKinds.length)] ?? 'garbage';
    // Older than any nonce may be.
    const then = old[Math.max(0, old.length - 1 - Math.ceil(2100 / (TICK_MS * GENUINE_EVERY)))] ?? facts;
    const isOldEnough = nowMs - then.deviceTimeMs > 2000;
    const bytes = kind === 'late' && !isOldEnough ? undefined : await source.foreign(kind, facts, then);
    if (!bytes) {
      index -= 1;
      continue;
    }
    const before = moved;
    await link.receive(random() < 0.1 && kind === 'garbage' ? 'request' : 'motion', bytes);
    sent[kind] += 1;
    executed += moved - before;
    if (index % 50_000 === 0) onProgress(index);
  }
  return { sent, executed, genuineSent, genuineExecuted };
}

function agreeAndHandOver(desk: ControlDesk): void {
  const slide = { slideId: randomUUID(), label: 'K26-0001 A1' };
  desk.request({ kind: 'propose-slide', ...slide }, 'bench');
  desk.request({ kind: 'agree-slide', ...slide }, 'remote');
  desk.request({ kind: 'request-lease' }, 'remote');
  desk.request({ kind: 'grant-lease', to: 'remote' }, 'bench');
}
