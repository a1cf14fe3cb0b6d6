// What both Node and browsers offer beyond ECMAScript and `shared` uses; neither lib is loaded here.

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: ArrayBufferView | ArrayBuffer): string;
}

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}

declare function queueMicrotask(callback: () => void): void;

/** What `shared/link` needs of WebCrypto. */
interface CryptoKey {
  readonly type: string;
}

interface GcmParameters {
  readonly name: 'AES-GCM';
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly additionalData: Uint8Array<ArrayBuffer>;
}

declare const crypto: {
  getRandomValues<Bytes extends Uint8Array<ArrayBuffer>>(bytes: Bytes): Bytes;
  readonly subtle: {
    importKey(
      format: 'raw',
      bytes: Uint8Array<ArrayBuffer>,
      algorithm: 'AES-GCM' | 'HKDF',
      isExtractable: boolean,
      usages: ('encrypt' | 'decrypt' | 'deriveBits')[],
    ): Promise<CryptoKey>;
    encrypt(parameters: GcmParameters, key: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
    decrypt(parameters: GcmParameters, key: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
    deriveBits(
      parameters: {
        readonly name: 'HKDF';
        readonly hash: 'SHA-256';
        readonly salt: Uint8Array<ArrayBuffer>;
        readonly info: Uint8Array<ArrayBuffer>;
      },
      key: CryptoKey,
      bits: number,
    ): Promise<ArrayBuffer>;
  };
};
