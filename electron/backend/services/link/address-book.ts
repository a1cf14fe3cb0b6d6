import { createHash } from 'node:crypto';
import type { Contact, LinkState } from '#shared/contract/link.ts';
import { readContactCard, writeContactCard } from '#shared/link/contact-card.ts';
import { deviceIdOf, openStoredKeys } from '#shared/link/identity.ts';
import type { PublicKeys } from '#shared/link/identity.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import type { KeyProvider } from '#backend/keys.ts';
import { createLinkStore, loadOrCreateKeys } from './store.ts';
import type { KnownContact } from './store.ts';

export interface AddressBookOptions {
  readonly dataDir: string;
  readonly database: ArchiveDatabase;
  readonly keys: KeyProvider;
  readonly clock: Clock;
}

/** Who this workstation is and whom it knows; needs no broker and meets nobody. */
export async function openAddressBook({ dataDir, database, keys: provider, clock }: AddressBookOptions) {
  const store = createLinkStore(database);
  const keys = await openStoredKeys(await loadOrCreateKeys(dataDir, provider));
  const name = () => store.value('name') ?? `Enkaku ${keys.deviceId.slice(0, 4)}`;
  return {
    keys,
    store,
    name,
    /** With the broker at which this workstation is met. */
    card: (broker: string) => ({ cardText: writeContactCard({ name: name(), keys: keys.public, broker }) }),
    /** @throws RpcError `invalid-input` where it is no card, or our own */
    read: async (cardText: string): Promise<Omit<KnownContact, 'revokedAtMs'>> => {
      const card = readContactCard(cardText);
      if (!card) throw new RpcError('invalid-input', 'card-unreadable');
      const deviceId = await deviceIdOf(card.keys);
      if (deviceId === keys.deviceId) throw new RpcError('invalid-input', 'own-card');
      return {
        deviceId,
        name: card.name,
        keys: card.keys,
        brokerUrl: card.broker,
        addedAtMs: clock.nowMs(),
      };
    },
    safetyCode: (theirs: PublicKeys) => safetyCodeOf(keys.public, theirs),
    contacts: (presenceOf: (deviceId: string) => Contact['presence']): LinkState['contacts'] =>
      store.contacts().map((contact): Contact => ({
        deviceId: contact.deviceId,
        name: contact.name,
        addedAtMs: contact.addedAtMs,
        revokedAtMs: contact.revokedAtMs,
        presence: contact.revokedAtMs === null ? presenceOf(contact.deviceId) : 'unknown',
        safetyCode: safetyCodeOf(keys.public, contact.keys),
      })),
  };
}

/** The same six digits at both ends, for comparing by voice at any time. */
function safetyCodeOf(mine: PublicKeys, theirs: PublicKeys): string {
  const pair = [mine, theirs].map(({ signing, encryption }) => `${signing} ${encryption}`).sort();
  const number = createHash('sha256')
    .update('enkaku safety 1')
    .update(pair.join('\n'))
    .digest()
    .readUIntBE(0, 6);
  return String(number % 1_000_000).padStart(6, '0');
}
