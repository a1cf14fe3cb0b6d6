import type { BackendContracts } from '#shared/contract/index.ts';
import { settingsKeys } from '#shared/contract/settings.ts';
import type { SettingsDocument, SettingsKey, SettingsPatch, settings } from '#shared/contract/settings.ts';
import type { Principal } from '#shared/domain/principal.ts';
import type { Announcer, Service } from '#shared/rpc/contract.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import type { Log } from '#backend/log.ts';

export interface SettingsOptions {
  readonly database: ArchiveDatabase;
  readonly announcer: Announcer<BackendContracts>;
  readonly clock: Clock;
  readonly log: Log;
  /** Throws where what is chosen may not change now. */
  readonly examine: (patch: SettingsPatch) => void;
}

/** What this workstation remembers of people's choices, one row a key. */
export function createSettings({ database, announcer, clock, log, examine }: SettingsOptions) {
  const load = database.prepare<[], { key: string; value: string }>('SELECT key, value FROM settings');
  const store = database.prepare(`
    INSERT INTO settings (key, value, changed_by, changed_at_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
      value = excluded.value, changed_by = excluded.changed_by, changed_at_ms = excluded.changed_at_ms`);
  let document = read();

  function read(): SettingsDocument {
    const stored = new Map(load.all().map(({ key, value }) => [key, value]));
    const entries = Object.entries(settingsKeys).map(([key, schema]) => {
      const value = stored.get(key);
      const parsed = schema.safeParse(value === undefined ? undefined : JSON.parse(value));
      if (parsed.success) return [key, parsed.data];
      log.warn({ key }, 'a stored setting no longer fits and reads as its default');
      return [key, schema.parse(undefined)];
    });
    return Object.fromEntries(entries) as SettingsDocument;
  }

  const storeAll = database.transaction((entries: readonly [string, unknown][], person: string) => {
    for (const [key, value] of entries) store.run(key, JSON.stringify(value), person, clock.nowMs());
  });

  const service: Service<typeof settings, Principal> = {
    get: () => document,

    change: (patch, { caller }) => {
      examine(patch);
      const entries = Object.entries(patch).filter(([, value]) => value !== undefined);
      storeAll(entries, caller.person);
      document = { ...document, ...(Object.fromEntries(entries) as Partial<SettingsDocument>) };
      announcer.announce('settings', 'settingsChanged', document);
      return document;
    },
  };

  return {
    service,
    current: <Key extends SettingsKey>(key: Key): SettingsDocument[Key] => document[key],
  };
}
