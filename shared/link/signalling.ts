import { z } from 'zod';

const Nonce = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
const Key = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const Peer = z.enum(['live', 'bulk']);
/** Where the sender's inbox is now; it may have moved since the card was written. */
const Broker = z.string().max(300);
const Epoch = z.number().int().nonnegative();

/** What two paired workstations tell each other through a broker that neither of them trusts. */
const Body = z.discriminatedUnion('kind', [
  /** Are you there? Told to paired peers only. */
  z.object({ kind: z.literal('hello'), nonce: Nonce, broker: Broker.optional() }),
  z.object({ kind: z.literal('here'), echo: Nonce, broker: Broker.optional() }),
  z.object({ kind: z.literal('leaving') }),
  /** Opens a session. Nobody's telephone rings before the caller has answered the challenge. */
  z.object({ kind: z.literal('call'), nonce: Nonce, ephemeral: Key, role: z.enum(['bench', 'pathologist']) }),
  z.object({ kind: z.literal('challenge'), echo: Nonce, nonce: Nonce }),
  z.object({ kind: z.literal('ring'), echo: Nonce }),
  z.object({ kind: z.literal('accept'), echo: Nonce, ephemeral: Key }),
  z.object({ kind: z.literal('decline') }),
  z.object({ kind: z.literal('hang-up') }),
  /** From the caller, who counts the epochs: this peer is made anew. Repeated until it is confirmed. */
  z.object({ kind: z.literal('renew'), peer: Peer, epoch: Epoch }),
  z.object({ kind: z.literal('renewed'), peer: Peer, epoch: Epoch }),
  /** From the called one: its end of this peer is gone. */
  z.object({ kind: z.literal('lost'), peer: Peer, epoch: Epoch }),
  z.object({
    kind: z.literal('signal'),
    peer: Peer,
    epoch: Epoch,
    signal: z.string().max(40_000),
    /** SHA-256 fingerprint of the certificate in an offer or answer, hex; compared with the real one. */
    fingerprint: z.string().length(64).nullable(),
  }),
]);
export type SignallingBody = z.infer<typeof Body>;

export const Signalling = z.object({
  version: z.literal(1),
  to: Key,
  /** Null outside of a session. */
  sessionId: z.uuid().nullable(),
  /** Who opened the session: a message never comes from the side it claims not to be. */
  fromCaller: z.boolean().nullable(),
  /** Strictly increasing within a session and direction. */
  counter: z.number().int().positive(),
  body: Body,
});
export type Signalling = z.infer<typeof Signalling>;
