import { z } from 'zod';
import { PublicKeys } from './identity.ts';

const PREFIX = 'enkaku:1:';
const MAXIMUM_CARD_LENGTH = 2000;

/** What one workstation tells another of itself: as text, in a file or as a QR code. */
export const ContactCard = z.strictObject({
  name: z.string().min(1).max(80),
  keys: PublicKeys,
  /** Where messages for it are left. */
  broker: z.string().max(300),
  /** Where and under which key two people pair; absent on a card that is carried by hand. */
  pairing: z
    .strictObject({ secret: z.string().regex(/^[A-Za-z0-9_-]{43}$/), expiresAtMs: z.number().int() })
    .optional(),
});
export type ContactCard = z.infer<typeof ContactCard>;

export function writeContactCard(card: ContactCard): string {
  return PREFIX + toBase64Url(new TextEncoder().encode(JSON.stringify(card)));
}

/** Undefined for text that is no card of ours. White space around and within it does no harm. */
export function readContactCard(text: string): ContactCard | undefined {
  const compact = text.replace(/\s+/g, '');
  if (!compact.startsWith(PREFIX) || compact.length > MAXIMUM_CARD_LENGTH) return undefined;
  try {
    const json = new TextDecoder().decode(fromBase64Url(compact.slice(PREFIX.length)));
    const parsed = ContactCard.safeParse(JSON.parse(json));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** RFC 4648 section 5, without padding; neither Node's nor a page's own functions are in both. */
export function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const word = (a << 16) | (b << 8) | c;
    const characters = Math.min(bytes.length - at, 3) + 1;
    for (let index = 0; index < characters; index++) text += ALPHABET[(word >> (18 - 6 * index)) & 63];
  }
  return text;
}

/** @throws RangeError for anything that is not base64url */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) throw new RangeError('not base64url');
    word = ((word << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (word >> bits) & 0xff;
  }
  return bytes;
}
