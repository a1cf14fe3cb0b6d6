/** What may stand in a signal of simple-peer that is passed on. */
const allowedCandidateTypes = new Set(['host', 'srflx', 'prflx', 'relay']);
const MAXIMUM_CANDIDATES = 100;

export type CheckedSignal =
  | { readonly isGood: true; readonly fingerprint: string | null }
  | { readonly isGood: false };

/**
 * Reads a signal before it is sent or used: an offer or answer names exactly one SHA-256 fingerprint
 * (RFC 8122), candidates are of known types (RFC 8839), and nothing else is in it.
 */
export function checkSignal(text: string): CheckedSignal {
  let signal: unknown;
  try {
    signal = JSON.parse(text);
  } catch {
    return { isGood: false };
  }
  if (typeof signal !== 'object' || signal === null) return { isGood: false };
  const { type, sdp, candidate } = signal as Record<string, unknown>;
  if (type === 'offer' || type === 'answer') {
    if (typeof sdp !== 'string') return { isGood: false };
    const fingerprint = fingerprintOf(sdp);
    return fingerprint === undefined || !areCandidatesAllowed(sdp)
      ? { isGood: false }
      : { isGood: true, fingerprint };
  }
  if (type === 'candidate') {
    const line = (candidate as { candidate?: unknown } | undefined)?.candidate;
    const isAllowed = typeof line === 'string' && (line === '' || areCandidatesAllowed(`a=${line}`));
    return isAllowed ? { isGood: true, fingerprint: null } : { isGood: false };
  }
  return type === 'renegotiate' || type === 'transceiverRequest'
    ? { isGood: true, fingerprint: null }
    : { isGood: false };
}

/** Hex, lower case. Undefined unless all lines agree on one SHA-256 value. */
function fingerprintOf(sdp: string): string | undefined {
  const lines = [...sdp.matchAll(/^a=fingerprint:(\S+) (\S+)\r?$/gm)];
  const values = new Set(
    lines.map(([, algorithm, value]) => `${algorithm?.toLowerCase()} ${value?.toLowerCase()}`),
  );
  const [only] = values;
  if (values.size !== 1 || only === undefined) return undefined;
  const hex = /^sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/.exec(only)?.[1];
  return hex?.replaceAll(':', '');
}

function areCandidatesAllowed(sdp: string): boolean {
  const types = [...sdp.matchAll(/^a=candidate:.* typ (\S+)/gm)].map(([, type]) => type ?? '');
  return types.length <= MAXIMUM_CANDIDATES && types.every((type) => allowedCandidateTypes.has(type));
}
