import { randomBytes } from 'node:crypto';
import { safeStorage } from 'electron';

/** Wraps the workstation's keys with the operating system's key store. */
export interface KeyStore {
  wrap(key: Uint8Array): Promise<Uint8Array>;
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}

/**
 * The system's key store, or undefined where there is none worth the name: on Linux without a secret
 * service Electron falls back to `basic_text`, a password that stands in Chromium's source.
 * Only after the app is ready.
 */
export async function openKeyStore(platform: NodeJS.Platform): Promise<KeyStore | undefined> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return undefined;
  if (platform === 'linux') {
    const backend = safeStorage.getSelectedStorageBackend();
    if (backend === 'basic_text' || backend === 'unknown') return undefined;
  }
  const store: KeyStore = {
    wrap: (key) => safeStorage.encryptStringAsync(Buffer.from(key).toString('base64')),
    unwrap: async (wrapped) => {
      const { result } = await safeStorage.decryptStringAsync(Buffer.from(wrapped));
      return Buffer.from(result, 'base64');
    },
  };
  return (await givesBackWhatItTook(store)) ? store : undefined;
}

/** A store that cannot be read again would lose the identity of the workstation. */
async function givesBackWhatItTook(store: KeyStore): Promise<boolean> {
  const probe = randomBytes(32);
  try {
    return probe.equals(await store.unwrap(await store.wrap(probe)));
  } catch {
    return false;
  }
}
