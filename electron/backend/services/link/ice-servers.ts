import { createHmac } from 'node:crypto';

export interface IceSettings {
  readonly stunUrls: readonly string[];
  readonly turnUrls: readonly string[];
  /** Shared with the TURN server; no peer and no broker sees it. */
  readonly turnSecret: string;
  readonly isRelayOnly: boolean;
}

export interface IceServer {
  readonly urls: string[];
  readonly username?: string;
  readonly credential?: string;
}

/** Long enough to connect; a connection that stands keeps its allocation. */
const CREDENTIAL_LIFETIME_S = 600;

/** STUN and TURN with credentials that expire (draft-uberti-behave-turn-rest-00, as coturn's `use-auth-secret`). */
export function iceServers(
  { stunUrls, turnUrls, turnSecret }: IceSettings,
  nowMs: number,
  name: string,
): IceServer[] {
  const stun = stunUrls.length > 0 ? [{ urls: [...stunUrls] }] : [];
  if (turnUrls.length === 0) return stun;
  const username = `${Math.floor(nowMs / 1000) + CREDENTIAL_LIFETIME_S}:${name}`;
  const credential = createHmac('sha1', turnSecret).update(username).digest('base64');
  return [...stun, { urls: [...turnUrls], username, credential }];
}
