import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createStoredKeys, StoredKeys } from '#shared/link/identity.ts';
import type { PublicKeys } from '#shared/link/identity.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import { writeDurably } from '#backend/database/durable-file.ts';
import type { KeyProvider } from '#backend/keys.ts';

const KEY_FILE = 'device-key';

export interface KnownContact {
  readonly deviceId: string;
  readonly name: string;
  readonly keys: PublicKeys;
  readonly brokerUrl: string;
  readonly addedAtMs: number;
  readonly revokedAtMs: number | null;
}

interface ContactRow {
  readonly device_id: string;
  readonly name: string;
  readonly signing_key: string;
  readonly encryption_key: string;
  readonly broker_url: string;
  readonly added_at_ms: number;
  readonly revoked_at_ms: number | null;
}

/** The device key of this data folder; made when it is first needed, and never replaced by itself. */
export async function loadOrCreateKeys(dataDir: string, keys: KeyProvider): Promise<StoredKeys> {
  const file = path.join(dataDir, KEY_FILE);
  if (existsSync(file)) {
    return StoredKeys.parse(JSON.parse(Buffer.from(keys.open(readFileSync(file), 0)).toString('utf8')));
  }
  const created = await createStoredKeys();
  writeDurably(file, keys.seal(Buffer.from(JSON.stringify(created)), 0));
  return created;
}

export function createLinkStore(database: ArchiveDatabase) {
  const list = database.prepare<[], ContactRow>('SELECT * FROM contacts ORDER BY name, device_id');
  const add = database.prepare(`
    INSERT INTO contacts (device_id, name, signing_key, encryption_key, broker_url, added_at_ms, added_by)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (device_id) DO UPDATE SET
      name = excluded.name, broker_url = excluded.broker_url, added_at_ms = excluded.added_at_ms,
      added_by = excluded.added_by, revoked_at_ms = NULL`);
  const move = database.prepare('UPDATE contacts SET broker_url = ? WHERE device_id = ?');
  const revoke = database.prepare('UPDATE contacts SET revoked_at_ms = ? WHERE device_id = ?');
  const value = database.prepare<[string], { value: string }>('SELECT value FROM link_values WHERE key = ?');
  const store = database.prepare(`
    INSERT INTO link_values VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`);

  return {
    contacts: (): KnownContact[] =>
      list.all().map((row) => ({
        deviceId: row.device_id,
        name: row.name,
        keys: { signing: row.signing_key, encryption: row.encryption_key },
        brokerUrl: row.broker_url,
        addedAtMs: row.added_at_ms,
        revokedAtMs: row.revoked_at_ms,
      })),
    addContact(contact: Omit<KnownContact, 'revokedAtMs'>, person: string): void {
      const { deviceId, name, keys, brokerUrl, addedAtMs } = contact;
      add.run(deviceId, name, keys.signing, keys.encryption, brokerUrl, addedAtMs, person);
    },
    move: (deviceId: string, brokerUrl: string): void => void move.run(brokerUrl, deviceId),
    revoke: (deviceId: string, atMs: number): void => void revoke.run(atMs, deviceId),
    value: (key: 'name' | 'broker-port'): string | undefined => value.get(key)?.value,
    setValue: (key: 'name' | 'broker-port', text: string): void => void store.run(key, text),
  };
}

export type LinkStore = ReturnType<typeof createLinkStore>;
