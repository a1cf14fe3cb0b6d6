import {
  CompactEncrypt,
  CompactSign,
  calculateJwkThumbprint,
  compactDecrypt,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
} from 'jose';
import { z } from 'zod';

const KeyText = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** Ed25519 for signing and X25519 for encrypting (RFC 8037), the x of each as base64url. */
export const PublicKeys = z.strictObject({ signing: KeyText, encryption: KeyText });
export type PublicKeys = z.infer<typeof PublicKeys>;

/** What is kept of a device key, for the key provider to seal. */
export const StoredKeys = z.strictObject({
  public: PublicKeys,
  signingPrivate: KeyText,
  encryptionPrivate: KeyText,
});
export type StoredKeys = z.infer<typeof StoredKeys>;

type ImportedKey = Awaited<ReturnType<typeof importJWK>>;

/** The keys of this workstation, ready for use. */
export interface DeviceKeys {
  readonly deviceId: string;
  readonly public: PublicKeys;
  readonly signingPrivate: ImportedKey;
  readonly encryptionPrivate: ImportedKey;
}

/** Longest envelope that is looked at: an SDP of a few streams is a tenth of it. */
export const MAXIMUM_ENVELOPE_LENGTH = 60 * 1024;

const signingJwk = (x: string) => ({ kty: 'OKP', crv: 'Ed25519', x });
const encryptionJwk = (x: string) => ({ kty: 'OKP', crv: 'X25519', x });

export async function createStoredKeys(): Promise<StoredKeys> {
  const signing = await exportJWK((await generateKeyPair('Ed25519', { extractable: true })).privateKey);
  const encryption = await exportJWK(
    (await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true })).privateKey,
  );
  return StoredKeys.parse({
    public: { signing: signing.x, encryption: encryption.x },
    signingPrivate: signing.d,
    encryptionPrivate: encryption.d,
  });
}

export async function openStoredKeys(stored: StoredKeys): Promise<DeviceKeys> {
  return {
    deviceId: await deviceIdOf(stored.public),
    public: stored.public,
    signingPrivate: await importJWK(
      { ...signingJwk(stored.public.signing), d: stored.signingPrivate },
      'Ed25519',
    ),
    encryptionPrivate: await importJWK(
      { ...encryptionJwk(stored.public.encryption), d: stored.encryptionPrivate },
      'ECDH-ES',
    ),
  };
}

/** Thumbprint of the signing key, RFC 7638. */
export function deviceIdOf(keys: PublicKeys): Promise<string> {
  return calculateJwkThumbprint(signingJwk(keys.signing));
}

/** Signed by the sender, readable by the receiver only: JWS (RFC 7515) within JWE (RFC 7516). */
export async function sealEnvelope(payload: unknown, from: DeviceKeys, to: PublicKeys): Promise<string> {
  const signed = await new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'Ed25519', kid: from.deviceId })
    .sign(from.signingPrivate);
  const envelope = await new CompactEncrypt(new TextEncoder().encode(signed))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
    .encrypt(await importJWK(encryptionJwk(to.encryption), 'ECDH-ES'));
  if (envelope.length > MAXIMUM_ENVELOPE_LENGTH) throw new RangeError('too long for one envelope');
  return envelope;
}

export interface OpenedEnvelope {
  readonly senderId: string;
  readonly payload: unknown;
}

/** Undefined unless it was encrypted to us and signed by somebody `keysOf` knows. */
export async function openEnvelope(
  envelope: string,
  keys: DeviceKeys,
  keysOf: (deviceId: string) => PublicKeys | undefined,
): Promise<OpenedEnvelope | undefined> {
  if (envelope.length > MAXIMUM_ENVELOPE_LENGTH) return undefined;
  try {
    const { plaintext } = await compactDecrypt(envelope, keys.encryptionPrivate, {
      keyManagementAlgorithms: ['ECDH-ES'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    let senderId = '';
    const { payload } = await compactVerify(
      new TextDecoder().decode(plaintext),
      async ({ kid }) => {
        const sender = kid === undefined ? undefined : keysOf(kid);
        if (kid === undefined || !sender) throw new Error('a stranger');
        senderId = kid;
        return importJWK(signingJwk(sender.signing), 'Ed25519');
      },
      { algorithms: ['Ed25519'] },
    );
    return { senderId, payload: JSON.parse(new TextDecoder().decode(payload)) };
  } catch {
    return undefined;
  }
}
