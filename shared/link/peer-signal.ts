import { z } from 'zod';

/** Nobody needs more: an offer with four media lines has about fifteen thousand characters. */
export const MAXIMUM_SIGNAL_LENGTH = 60_000;

/**
 * What simple-peer may be given of the other end. It destroys itself on anything it does not know, so
 * nothing else reaches it; its requests for other media are not among it, because every peer of ours
 * has the same media lines from the beginning.
 */
const PeerSignal = z.union([
  z.object({ type: z.enum(['offer', 'answer']), sdp: z.string().min(1) }),
  z.object({
    type: z.literal('candidate'),
    candidate: z.object({
      candidate: z.string(),
      sdpMLineIndex: z.number().int().nonnegative().nullish(),
      sdpMid: z.string().nullish(),
    }),
  }),
]);
export type PeerSignal = z.infer<typeof PeerSignal>;

/** Undefined for whatever is not a signal of a peer of ours. */
export function readPeerSignal(text: string): PeerSignal | undefined {
  if (text.length > MAXIMUM_SIGNAL_LENGTH) return undefined;
  try {
    return PeerSignal.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
