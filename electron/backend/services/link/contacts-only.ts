import type { link } from '#shared/contract/link.ts';
import type { Principal } from '#shared/domain/principal.ts';
import type { BrokerChoice } from '#shared/link/broker-choice.ts';
import type { Service } from '#shared/rpc/contract.ts';
import { openAddressBook } from './address-book.ts';
import type { AddressBookOptions } from './address-book.ts';
import { futureAddress } from './home-address.ts';

export type ContactsOnly = Pick<
  Service<typeof link, Principal>,
  'getState' | 'showCard' | 'addCard' | 'revoke'
>;

/** The part of the link that a command needs while the workstation is off: no broker, no process, no connection. */
export async function createContactsOnly(
  options: AddressBookOptions & { readonly broker: BrokerChoice },
): Promise<ContactsOnly> {
  const { clock, broker } = options;
  const book = await openAddressBook(options);
  const { store, keys } = book;
  return {
    getState: async () => ({
      deviceId: keys.deviceId,
      name: book.name(),
      broker: {
        url: await futureAddress(broker, store),
        isEmbedded: broker.kind !== 'url',
        state: 'off',
      },
      contacts: book.contacts(() => 'unknown'),
      pairing: { state: 'closed' },
      session: null,
      lastEnd: null,
    }),
    showCard: async () => book.card(await futureAddress(broker, store)),
    addCard: async ({ cardText }, { caller }) => {
      const contact = await book.read(cardText);
      store.addContact(contact, caller.person);
      const { deviceId, name } = contact;
      return { deviceId, name, safetyCode: book.safetyCode(contact.keys) };
    },
    revoke: ({ deviceId }) => {
      store.revoke(deviceId, clock.nowMs());
      return null;
    },
  };
}
