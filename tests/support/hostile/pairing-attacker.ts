import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { readContactCard } from '#shared/link/contact-card.ts';
import type { DeviceKeys } from '#shared/link/identity.ts';
import type { Envelope, Treatment } from './hostile-broker.ts';

type Said = Readonly<Record<string, unknown>> & { readonly kind: string };
type Side = 'owner' | 'guest';

/** What one side said as it is delivered to the other; nothing: it is kept back. */
export type Alteration = (from: Side, said: Said) => readonly { readonly from: Side; readonly said: Said }[];

/** Owns the broker and has copied the card: it reads and rewrites everything the two who pair say. */
export function alteredPairing(cardText: string, alter: Alteration): Treatment {
  const secret = readContactCard(cardText)?.pairing?.secret ?? '';
  const derive = (info: string) =>
    Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', info, 32));
  const topic = `enkaku/1/meet/${derive('enkaku pairing topic 1').toString('base64url')}`;
  const key = derive('enkaku pairing key 1');
  return (envelope: Envelope) => {
    if (envelope.topic !== topic) return [envelope];
    const heard = opened(envelope.payload, key);
    if (!heard) return [envelope];
    return alter(heard.from, heard.said).map(({ from, said }) => ({
      topic,
      payload: sealed(said, from, key),
    }));
  };
}

/** Stands between the two and is each one's other side, with keys and nonce of its own. */
export function inTheMiddle(keys: DeviceKeys, broker: string): Alteration {
  const nonce = randomBytes(16).toString('base64url');
  const introduction = { name: 'university', broker, keys: keys.public };
  const text = JSON.stringify([introduction.name, broker, keys.public, nonce]);
  const hash = createHash('sha256').update('enkaku commitment 1').update(text).digest('base64url');
  return (from, said) => {
    if (said.kind === 'commit') return [{ from, said: { kind: 'commit', hash } }];
    const { kind } = said;
    if (kind === 'owner' || kind === 'reveal') return [{ from, said: { kind, introduction, nonce } }];
    return [{ from, said }];
  };
}

function opened(payload: string, key: Buffer): { from: Side; said: Said } | undefined {
  const bytes = Buffer.from(payload, 'base64url');
  for (const from of ['owner', 'guest'] as const) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
        .setAAD(Buffer.from(from))
        .setAuthTag(bytes.subarray(12, 28));
      const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
      return { from, said: JSON.parse(text.toString('utf8')) as Said };
    } catch {
      // Of the other side, then.
    }
  }
  return undefined;
}

function sealed(said: Said, from: Side, key: Buffer): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(from));
  const text = Buffer.concat([cipher.update(JSON.stringify(said)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
}
