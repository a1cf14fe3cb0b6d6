/**
 * Seals what two workstations say to each other while they are connected: AES-256-GCM, one key per session,
 * link epoch, stream and direction. Pages and relays carry sealed bytes and can neither read nor change,
 * repeat or mix them up unnoticed.
 *
 * A sealed message is: stream (1 byte), epoch (4), salt of the sealer (4), counter (8), then ciphertext and
 * tag (16). The first 17 bytes are authenticated; salt and counter are the initialisation vector. The salt
 * is random so that a process that starts again under the same key does not repeat a vector; an opener takes
 * the newest sealer only, and never one it has left.
 */

/** What flows where; `talk` has a stream for each direction. */
export const sealedStreams = [
  'motion',
  'request',
  'telemetry',
  'reply',
  'talk-from-bench',
  'talk-from-remote',
] as const;
export type SealedStream = (typeof sealedStreams)[number];

/** 32 raw bytes. */
export type SealingKey = Uint8Array;

/** Why sealed bytes were not opened. */
export const sealRefusals = ['malformed', 'wrong-stream', 'wrong-epoch', 'replayed', 'tampered'] as const;
export type SealRefusal = (typeof sealRefusals)[number];

export interface Sealer {
  /** Messages come out in the order of the calls. */
  seal(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
}

export type Opened =
  | { readonly isOpened: true; readonly bytes: Uint8Array<ArrayBuffer>; readonly counter: number }
  | { readonly isOpened: false; readonly refused: SealRefusal };

export interface Opener {
  /** Never throws and never rejects. Answers come in the order of the calls. */
  open(sealed: Uint8Array): Promise<Opened>;
  /** How often each refusal was given. */
  readonly refusals: Readonly<Record<SealRefusal, number>>;
}

export interface SealOptions {
  readonly key: SealingKey;
  readonly stream: SealedStream;
  /** Of the link, below 2³². */
  readonly epoch: number;
}

export interface OpenOptions extends SealOptions {
  /** `strict`: every message is newer than all before it; `window`: any order, each once, at most 1024 late. */
  readonly order: 'strict' | 'window';
}

/** Nobody seals more than this; longer bytes are refused before anything is computed. */
export const MAXIMUM_SEALED_BYTES = 256 * 1024;
const HEADER_BYTES = 17;
const TAG_BYTES = 16;
const SALT_AT = 5;
const COUNTER_AT = 9;
const KEY_BYTES = 32;
const WINDOW = 1024;

/** @throws RangeError for a key that has not 32 bytes, or an epoch beyond 32 bits */
export function createSealer({ key, stream, epoch }: SealOptions): Sealer {
  const imported = importKey(key, 'encrypt');
  const salt = crypto.getRandomValues(new Uint8Array(4));
  const header = headerOf(stream, epoch);
  header.set(salt, SALT_AT);
  const inOrder = createQueue();
  let counter = 0;
  return {
    seal: (bytes) => {
      if (bytes.length > MAXIMUM_SEALED_BYTES - HEADER_BYTES - TAG_BYTES) {
        return Promise.reject(new RangeError(`${bytes.length} bytes are too many for one message`));
      }
      counter += 1;
      const additionalData = header.slice();
      new DataView(additionalData.buffer).setBigUint64(COUNTER_AT, BigInt(counter));
      const plain = new Uint8Array(bytes);
      return inOrder(async () => {
        const iv = additionalData.slice(SALT_AT);
        const text = await crypto.subtle.encrypt(
          { name: 'AES-GCM', iv, additionalData },
          await imported,
          plain,
        );
        const sealed = new Uint8Array(HEADER_BYTES + text.byteLength);
        sealed.set(additionalData);
        sealed.set(new Uint8Array(text), HEADER_BYTES);
        return sealed;
      });
    },
  };
}

/** @throws RangeError for a key that has not 32 bytes, or an epoch beyond 32 bits */
export function createOpener({ key, stream, epoch, order }: OpenOptions): Opener {
  const imported = importKey(key, 'decrypt');
  const expected = headerOf(stream, epoch);
  const sealers = createSealerBook(order === 'strict' ? createStrictOrder : createWindow);
  const refusals = { malformed: 0, 'wrong-stream': 0, 'wrong-epoch': 0, replayed: 0, tampered: 0 };
  const inOrder = createQueue();
  const refuse = (refused: SealRefusal): Opened => {
    refusals[refused] += 1;
    return { isOpened: false, refused };
  };
  const openNow = async (sealed: Uint8Array<ArrayBuffer>): Promise<Opened> => {
    const additionalData = sealed.slice(0, HEADER_BYTES);
    if (additionalData[0] !== expected[0]) return refuse('wrong-stream');
    if (!isSameEpoch(additionalData, expected)) return refuse('wrong-epoch');
    const counter = Number(new DataView(additionalData.buffer).getBigUint64(COUNTER_AT));
    if (!Number.isSafeInteger(counter)) return refuse('malformed');
    const seen = sealers.of(additionalData.subarray(SALT_AT, COUNTER_AT));
    if (!seen?.isNew(counter)) return refuse('replayed');
    const iv = additionalData.slice(SALT_AT);
    try {
      const plain = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv, additionalData },
        await imported,
        sealed.slice(HEADER_BYTES),
      );
      // Only what was authentic may move the window: a forged counter would lock the true sender out.
      sealers.follow(seen);
      seen.take(counter);
      return { isOpened: true, bytes: new Uint8Array(plain), counter };
    } catch {
      return refuse('tampered');
    }
  };
  return {
    refusals,
    open: (sealed) => {
      if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed.length > MAXIMUM_SEALED_BYTES) {
        return Promise.resolve(refuse('malformed'));
      }
      const copy = new Uint8Array(sealed);
      return inOrder(() => openNow(copy));
    },
  };
}

/** One key for each stream, from the secret both ends have agreed on for this session (at least 32 bytes). */
export async function deriveStreamKeys(
  sessionSecret: Uint8Array,
  sessionId: string,
  epoch: number,
): Promise<Readonly<Record<SealedStream, SealingKey>>> {
  if (sessionSecret.length < KEY_BYTES) throw new RangeError('the secret of a session has at least 32 bytes');
  const text = new TextEncoder();
  const secret = await crypto.subtle.importKey('raw', new Uint8Array(sessionSecret), 'HKDF', false, [
    'deriveBits',
  ]);
  const keyOf = async (stream: SealedStream) =>
    new Uint8Array(
      await crypto.subtle.deriveBits(
        {
          name: 'HKDF',
          hash: 'SHA-256',
          salt: text.encode(sessionId),
          info: text.encode(`enkaku seal 1 ${stream} ${epoch}`),
        },
        secret,
        KEY_BYTES * 8,
      ),
    );
  return {
    motion: await keyOf('motion'),
    request: await keyOf('request'),
    telemetry: await keyOf('telemetry'),
    reply: await keyOf('reply'),
    'talk-from-bench': await keyOf('talk-from-bench'),
    'talk-from-remote': await keyOf('talk-from-remote'),
  };
}

/** Which stream sealed bytes claim to belong to; undefined where they are none of ours. */
export function streamOf(sealed: Uint8Array): SealedStream | undefined {
  return sealed.length < HEADER_BYTES + TAG_BYTES ? undefined : sealedStreams[(sealed[0] ?? 0) - 1];
}

function importKey(key: SealingKey, usage: 'encrypt' | 'decrypt') {
  if (key.length !== KEY_BYTES) throw new RangeError('a sealing key has 32 bytes');
  return crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, [usage]);
}

function headerOf(stream: SealedStream, epoch: number): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(epoch) || epoch < 0 || epoch > 0xffffffff) throw new RangeError(`epoch ${epoch}`);
  const header = new Uint8Array(HEADER_BYTES);
  // From 1, so that a message of nothing but zeros belongs to no stream.
  header[0] = sealedStreams.indexOf(stream) + 1;
  new DataView(header.buffer).setUint32(1, epoch);
  return header;
}

function isSameEpoch(header: Uint8Array, expected: Uint8Array): boolean {
  for (let at = 1; at < SALT_AT; at++) if (header[at] !== expected[at]) return false;
  return true;
}

/** Runs one task after the other: the crypto threads may finish in any order. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}

/** Counters of the sealer that is followed now; undefined for one that was left. */
function createSealerBook(create: (salt: string) => SeenCounters) {
  const left = new Set<string>();
  let current: SeenCounters | undefined;
  return {
    of: (saltBytes: Uint8Array): SeenCounters | undefined => {
      const salt = saltBytes.join();
      if (left.has(salt)) return undefined;
      return current?.salt === salt ? current : create(salt);
    },
    follow: (seen: SeenCounters): void => {
      if (current && current !== seen) left.add(current.salt);
      current = seen;
    },
  };
}

interface SeenCounters {
  readonly salt: string;
  isNew(counter: number): boolean;
  take(counter: number): void;
}

function createStrictOrder(salt: string): SeenCounters {
  let newest = 0;
  return {
    salt,
    isNew: (counter) => counter > newest,
    take: (counter) => {
      newest = counter;
    },
  };
}

function createWindow(salt: string): SeenCounters {
  let newest = 0;
  /** Counter seen last at each place of the window. */
  const places = new Float64Array(WINDOW);
  return {
    salt,
    isNew: (counter) => counter > 0 && counter > newest - WINDOW && places[counter % WINDOW] !== counter,
    take: (counter) => {
      places[counter % WINDOW] = counter;
      newest = Math.max(newest, counter);
    },
  };
}
