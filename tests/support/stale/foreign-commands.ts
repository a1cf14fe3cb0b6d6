import { randomBytes, randomUUID } from 'node:crypto';
import { createSealer } from '#shared/link/seal.ts';
import type { SealedStream, Sealer, SealingKey } from '#shared/link/seal.ts';
import type { MotionIntent } from '#shared/motion/intent.ts';
import type { PositionUm } from '#shared/motion/position.ts';

/** What a device host must not execute, and how each is made. */
export const foreignKinds = [
  'replayed',
  'reordered',
  'late',
  'old-lease',
  'old-link',
  'foreign-key',
  'foreign-stream',
  'tampered',
  'invented-nonce',
  'old-sequence',
  'garbage',
  'unsealed',
] as const;
export type ForeignKind = (typeof foreignKinds)[number];

export interface Known {
  /** Current nonce, lease and device time, as the true remote knows them. */
  readonly nonce: string;
  readonly leaseEpoch: number;
  readonly deviceTimeMs: number;
}

export interface ForeignOptions {
  readonly keys: Readonly<Record<SealedStream, SealingKey>>;
  readonly linkEpoch: number;
  readonly random: () => number;
}

const VELOCITY: PositionUm = { x: 3000, y: 0, z: 0 };
/** An intent over the window of the seal, and then some. */
const REMEMBERED = 3000;

/** The true remote, and everybody who is not: makes commands of both. */
export class CommandSource {
  readonly #options: ForeignOptions;
  readonly #true: Sealer;
  readonly #oldLink: Sealer;
  readonly #foreignKey: Sealer;
  readonly #foreignStream: Sealer;
  readonly #used: Uint8Array[] = [];
  #sequence = 1000;

  constructor(options: ForeignOptions) {
    const { keys, linkEpoch: epoch } = options;
    this.#options = options;
    this.#true = createSealer({ key: keys.motion, stream: 'motion', epoch });
    this.#oldLink = createSealer({ key: keys.motion, stream: 'motion', epoch: epoch - 1 });
    this.#foreignKey = createSealer({ key: randomBytes(32), stream: 'motion', epoch });
    this.#foreignStream = createSealer({ key: keys.request, stream: 'request', epoch });
  }

  /** What the true remote would say now. */
  genuineIntent(known: Known): MotionIntent {
    return this.#intent(known);
  }

  seal(intent: MotionIntent): Promise<Uint8Array> {
    return this.#true.seal(toBytes(intent));
  }

  /** A command that is executed: fresh, in order, of the true remote. */
  async genuine(known: Known): Promise<Uint8Array> {
    const sealed = await this.seal(this.#intent(known));
    this.remember(sealed);
    return sealed;
  }

  remember(sealed: Uint8Array): void {
    this.#used.push(sealed);
    if (this.#used.length > REMEMBERED) this.#used.shift();
  }

  /** `old` are facts of long ago. Undefined where that kind needs something used before and nothing was. */
  async foreign(kind: ForeignKind, known: Known, old: Known): Promise<Uint8Array | undefined> {
    const intent = (facts: Known) => toBytes(this.#intent(facts));
    switch (kind) {
      case 'replayed':
        return this.#pick();
      case 'reordered':
      case 'old-sequence':
        // Freshly sealed by the true remote, but what it says is older than what was taken.
        return this.#true.seal(
          toBytes({ ...this.#intent(known), sequence: Math.floor(this.#random() * 900) }),
        );
      case 'late':
        return this.#true.seal(intent({ ...known, nonce: old.nonce }));
      case 'old-lease':
        return this.#true.seal(intent({ ...known, leaseEpoch: known.leaseEpoch - 1 }));
      case 'old-link':
        return this.#oldLink.seal(intent(known));
      case 'foreign-key':
        return this.#foreignKey.seal(intent(known));
      case 'foreign-stream':
        return this.#foreignStream.seal(intent(known));
      case 'tampered':
        return flipped(await this.#true.seal(intent(known)), this.#random());
      case 'invented-nonce':
        return this.#true.seal(intent({ ...known, nonce: randomBytes(12).toString('base64url') }));
      case 'garbage':
        return randomBytes(Math.floor(this.#random() * 300));
      default:
        return intent(known);
    }
  }

  #intent({ nonce, leaseEpoch, deviceTimeMs }: Known): MotionIntent {
    const common = { leaseEpoch, sequence: this.#sequence++, nonce };
    return this.#random() < 0.5
      ? { ...common, kind: 'velocity', velocityUmPerS: VELOCITY, shownFrameDeviceTimeMs: deviceTimeMs }
      : { ...common, kind: 'target', targetId: randomUUID(), targetUm: { x: this.#random() * 1000 } };
  }

  #pick(): Uint8Array | undefined {
    return this.#used[Math.floor(this.#random() * this.#used.length)];
  }

  #random(): number {
    return this.#options.random();
  }
}

function flipped(sealed: Uint8Array, random: number): Uint8Array {
  const bit = Math.floor(random * sealed.length * 8);
  const changed = sealed.slice();
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

function toBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
