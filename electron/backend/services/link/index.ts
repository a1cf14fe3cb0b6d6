import { randomUUID } from 'node:crypto';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { LinkState, link } from '#shared/contract/link.ts';
import type { LiveChannel, PeerKind } from '#shared/contract/page.ts';
import type { Principal } from '#shared/domain/principal.ts';
import type { BrokerChoice } from '#shared/link/broker-choice.ts';
import { streamOf } from '#shared/link/seal.ts';
import type { SealedStream, SealingKey } from '#shared/link/seal.ts';
import type { Signalling, SignallingBody } from '#shared/link/signalling.ts';
import type { Talk } from '#shared/link/talk.ts';
import type { Announcer, Service } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import type { KeyProvider } from '#backend/keys.ts';
import type { Log } from '#backend/log.ts';
import type { Pages } from '#backend/pages.ts';
import type { HelperProcess } from '#backend/processes/helper-process.ts';
import { openAddressBook } from './address-book.ts';
import { brokerAccess } from './broker-access.ts';
import type { BrokerAccess } from './broker-access.ts';
import { Courier } from './courier.ts';
import { EmbeddedBroker } from './embedded-broker.ts';
import { embeddedAddress, lastPort, listeningHost } from './home-address.ts';
import { iceServers } from './ice-servers.ts';
import type { IceSettings } from './ice-servers.ts';
import { Pairing } from './pairing.ts';
import { Presence } from './presence.ts';
import { Session } from './session.ts';
import type { EndReason } from './session.ts';
import type { KnownContact } from './store.ts';
import { TalkLine } from './talk-line.ts';

export interface LinkUp {
  readonly sessionId: string;
  readonly epoch: number;
  readonly role: 'bench' | 'pathologist';
  readonly keys: Readonly<Record<SealedStream, SealingKey>>;
}

/** Streams that others than this service open. */
export type MicroscopeStream = Exclude<SealedStream, `talk-${string}`>;

export interface LinkOptions {
  readonly dataDir: string;
  readonly database: ArchiveDatabase;
  readonly keys: KeyProvider;
  readonly announcer: Announcer<BackendContracts>;
  readonly clock: Clock;
  readonly log: Log;
  readonly pages: Pages;
  readonly broker: BrokerChoice;
  readonly startBroker: () => HelperProcess;
  readonly ice: () => IceSettings;
  /** The live peer is connected with whom it should be: talk and motion may begin. */
  readonly onLiveUp: (up: LinkUp) => void;
  /** The first sign of a lost path; remote motion ends now. */
  readonly onLiveDown: () => void;
  readonly onSealed: (stream: MicroscopeStream, bytes: Uint8Array) => void;
  readonly onTalk: (talk: Talk) => void;
  /** A session has begun or ended: files may be sent. */
  readonly onSession: (isOpen: boolean) => void;
}

/** Who this workstation is, whom it knows and whom it talks to. */
export async function createLink(options: LinkOptions) {
  const { announcer, clock, log, pages } = options;
  const book = await openAddressBook(options);
  const { store, keys } = book;
  let session: Session | undefined;
  let talk: TalkLine | undefined;
  let lastEnd: EndReason | null = null;

  let embedded: EmbeddedBroker | undefined;
  const home = await openHome();
  const contactOf = (deviceId: string): KnownContact | undefined =>
    store.contacts().find((contact) => contact.deviceId === deviceId && contact.revokedAtMs === null);

  const courier = new Courier({
    keys,
    home,
    contactOf,
    contacts: store.contacts,
    log,
    onMessage: received,
    onMeeting: (topic, payload) => pairing.received(topic, payload),
    onGone: (deviceId) => presence.gone(deviceId),
    onState: () => {
      presence.ask();
      changed();
    },
  });
  const presence = new Presence({
    contacts: store.contacts,
    send: (to, body) => outsideOfSession(to, body),
    broker: () => home.address,
    onChange: changed,
    onMoved: ({ deviceId }, brokerUrl) => {
      store.move(deviceId, brokerUrl);
      courier.contactsChanged();
    },
  });
  const pairing = new Pairing({
    courier,
    clock,
    own: () => ({ name: book.name(), broker: home.address, keys: keys.public }),
    onState: changed,
    onPaired: (contact) => addContact(contact, 'workstation'),
  });

  function openHome(): BrokerAccess | Promise<BrokerAccess> {
    const { broker, startBroker } = options;
    if (broker.kind === 'url') return brokerAccess(broker.url);
    const isPortFixed = broker.port !== 0;
    const access = (port: number) => brokerAccess(embeddedAddress(broker, port));
    return new Promise((resolve) => {
      embedded = new EmbeddedBroker({
        start: startBroker,
        host: listeningHost(broker),
        port: isPortFixed ? broker.port : lastPort(store),
        isPortFixed,
        log,
        onPort: (listening) => {
          if (!isPortFixed) store.setValue('broker-port', String(listening));
          resolve(access(listening));
        },
      });
      // Where the site has named the port, everything else can begin before the broker does.
      if (isPortFixed) resolve(access(broker.port));
    });
  }

  function state(): LinkState {
    return {
      deviceId: keys.deviceId,
      name: book.name(),
      broker: { url: home.address, isEmbedded: embedded !== undefined, state: courier.homeState },
      contacts: book.contacts((deviceId) => presence.of(deviceId)),
      pairing: pairing.state,
      session: session && isShown(session) ? session.describe() : null,
      lastEnd,
    };
  }

  function changed(): void {
    announcer.announce('link', 'stateChanged', state());
  }

  function addContact(contact: Omit<KnownContact, 'revokedAtMs'>, person: string): void {
    store.addContact(contact, person);
    courier.contactsChanged();
    presence.ask();
    changed();
  }

  let outsideCounter = 0;
  function outsideOfSession(to: KnownContact, body: SignallingBody): void {
    outsideCounter += 1;
    void courier
      .send(to, { sessionId: null, fromCaller: null, counter: outsideCounter, body })
      .catch((error: unknown) => log.error({ err: error }, 'a message was not sent'));
  }

  function received(from: KnownContact, message: Signalling): void {
    if (message.sessionId === null) {
      presence.received(from, message.body);
      return;
    }
    if (session?.sessionId === message.sessionId) {
      if (session.peerId === from.deviceId) session.received(message);
      return;
    }
    if (message.body.kind !== 'call' || message.fromCaller !== true) return;
    // One conversation at a time; who calls during one hears that nobody answers.
    if (session && (session.describe().state !== 'calling' || isShown(session))) return;
    const role = message.body.role === 'bench' ? 'pathologist' : 'bench';
    begin(from, message.sessionId, false, role).received(message);
  }

  function begin(
    peer: KnownContact,
    sessionId: string,
    isCaller: boolean,
    role: 'bench' | 'pathologist',
  ): Session {
    const line = new TalkLine(options.onTalk);
    // A call that another one has taken the place of ends by itself some day, and touches nothing then.
    const ifCurrent =
      <Arguments extends unknown[]>(act: (...given: Arguments) => void) =>
      (...given: Arguments): void => {
        if (session === own) act(...given);
      };
    const own = new Session({
      sessionId,
      peer,
      ownDeviceId: keys.deviceId,
      isCaller,
      role,
      clock,
      send: (message) =>
        void courier
          .send(peer, message)
          .catch((error: unknown) => log.error({ err: error }, 'a message was not sent')),
      openPeer: (kind, epoch) => openPeer(own, kind, epoch, isCaller),
      closePeer: ifCurrent((kind, epoch) => quietly(pages.carrierOf(kind)?.closePeer({ peer: kind, epoch }))),
      passSignal: (kind, epoch, signal) =>
        quietly(pages.carrierOf(kind)?.signal({ peer: kind, epoch, signal })),
      onLiveUp: (epoch, streamKeys) => {
        line.connect(streamKeys, epoch, role, (bytes) => sendOn('control', bytes));
        options.onLiveUp({ sessionId, epoch, role, keys: streamKeys });
      },
      onLiveDown: ifCurrent(() => {
        line.disconnect();
        options.onLiveDown();
      }),
      onChange: () => {
        if (session === own)
          options.onSession(['connecting', 'connected', 'reconnecting'].includes(own.describe().state));
        changed();
      },
      onEnd: (reason) => {
        if (session !== own) return;
        session = undefined;
        talk = undefined;
        lastEnd = reason;
        options.onSession(false);
        changed();
      },
    });
    session = own;
    talk = line;
    lastEnd = null;
    return own;
  }

  function openPeer(own: Session, peer: PeerKind, epoch: number, isInitiator: boolean): void {
    const ice = options.ice();
    quietly(
      pages.carrierOf(peer)?.openPeer({
        peer,
        sessionId: own.sessionId,
        epoch,
        isInitiator,
        iceServers: iceServers(ice, clock.nowMs(), keys.deviceId.slice(0, 8)),
        isRelayOnly: ice.isRelayOnly,
      }),
    );
  }

  /** The page may go at any moment; its going is noticed by itself. */
  function quietly(call: Promise<unknown> | undefined): void {
    call?.catch((error: unknown) => {
      if (!(error instanceof RpcError)) log.error({ err: error }, 'a carrying page failed');
    });
  }

  function sendOn(channel: LiveChannel, bytes: Uint8Array): void {
    quietly(pages.carrierOf('live')?.send({ channel, bytes: Buffer.from(bytes).toString('base64') }));
  }

  const carriers: Record<PeerKind, unknown> = { live: undefined, bulk: undefined };
  const stopWatching = pages.onChange(() => {
    for (const kind of ['live', 'bulk'] as const) {
      const carrier = pages.carrierOf(kind);
      if (carriers[kind] === carrier) continue;
      carriers[kind] = carrier;
      session?.carriersChanged(kind, carrier !== undefined);
    }
  });

  const current = (sessionId?: string): Session => {
    if (!session || (sessionId !== undefined && session.sessionId !== sessionId)) {
      throw new RpcError('not-found', 'no such session');
    }
    return session;
  };

  const service: Service<typeof link, Principal> = {
    getState: state,
    rename: ({ name }) => {
      store.setValue('name', name);
      changed();
      return null;
    },
    openPairing: () => pairing.open(),
    closePairing: () => {
      pairing.cancel();
      return null;
    },
    joinPairing: ({ cardText }) => {
      pairing.join(cardText);
      return null;
    },
    confirmCode: async ({ isSame }) => {
      await pairing.confirm(isSame);
      return null;
    },
    showCard: () => book.card(home.address),
    addCard: async ({ cardText }, { caller }) => {
      const contact = await book.read(cardText);
      addContact(contact, caller.person);
      const { deviceId, name } = contact;
      return { deviceId, name, safetyCode: book.safetyCode(contact.keys) };
    },
    revoke: ({ deviceId }) => {
      store.revoke(deviceId, clock.nowMs());
      if (session?.peerId === deviceId) session.end('revoked', true);
      presence.forget(deviceId);
      courier.contactsChanged();
      changed();
      return null;
    },
    call: ({ deviceId, role }) => {
      const peer = contactOf(deviceId);
      if (!peer) throw new RpcError('not-found', 'not a contact');
      if (session && isShown(session)) throw new RpcError('conflict', 'in another session');
      const sessionId = randomUUID();
      begin(peer, sessionId, true, role);
      changed();
      return { sessionId };
    },
    accept: ({ sessionId }) => {
      current(sessionId).accept();
      return null;
    },
    decline: ({ sessionId }) => {
      current(sessionId).end('declined', true);
      return null;
    },
    hangUp: () => {
      session?.end('hung-up', true);
      return null;
    },
    peerSignal: ({ peer, epoch, signal }) => {
      session?.signalled(peer, epoch, signal);
      return null;
    },
    peerConnected: async ({ peer, epoch, remoteCertificateSha256, isRelayed }) => ({
      isAccepted: (await session?.connected(peer, epoch, remoteCertificateSha256, isRelayed)) ?? false,
    }),
    peerLost: ({ peer, epoch, state: lost }) => {
      session?.lost(peer, epoch, lost);
      return null;
    },
    received: async ({ epoch, bytes }) => {
      if (session?.describe().epoch !== epoch) return null;
      const sealed = Buffer.from(bytes, 'base64');
      const stream = streamOf(sealed);
      if (stream === 'talk-from-bench' || stream === 'talk-from-remote') await talk?.received(sealed);
      else if (stream) options.onSealed(stream, sealed);
      return null;
    },
    bulkProgress: (progress) => {
      announcer.announce('link', 'bulkMoved', progress);
      return null;
    },
  };

  return {
    service,
    sendOn,
    /** To the other side, once, in order, also over a connection that has to be made again. */
    say: (something: Talk): void => talk?.say(something),
    /** Everything anew under the same session: the device host has forgotten its keys. */
    renew: (): void => {
      const epoch = session?.describe().epoch;
      if (session && epoch !== undefined) session.lost('live', epoch, 'closed');
    },
    close: async (): Promise<void> => {
      stopWatching();
      session?.end('hung-up', true);
      pairing.close();
      presence.close();
      await courier.close();
      await embedded?.close();
    },
  };
}

/** A call that has not answered its challenge does not exist for anybody here. */
function isShown(session: Session): boolean {
  return session.isCaller || session.describe().state !== 'calling';
}

export type Link = Awaited<ReturnType<typeof createLink>>;
