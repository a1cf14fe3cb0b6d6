import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const COOKIE = 'enkaku';
const START_CODE_LIFETIME_MS = 60_000;

/** Who may talk to the loopback server: the bearer of the token, as header or as cookie. */
export class Access {
  readonly token = randomBytes(32).toString('base64url');
  readonly #startCodes = new Map<string, number>();

  /** A code that is exchanged once for the cookie; safe to appear in a process list. */
  newStartCode(): string {
    const code = randomBytes(32).toString('base64url');
    this.#startCodes.set(code, Date.now() + START_CODE_LIFETIME_MS);
    return code;
  }

  redeemStartCode(code: string): boolean {
    const expires = this.#startCodes.get(code);
    this.#startCodes.delete(code);
    return expires !== undefined && expires > Date.now();
  }

  get cookieHeader(): string {
    return `${COOKIE}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  isAllowed(request: IncomingMessage): boolean {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return isSame(bearer, this.token);
    const cookie = (request.headers.cookie ?? '').split(/; */).find((pair) => pair.startsWith(`${COOKIE}=`));
    return cookie !== undefined && isSame(cookie.slice(COOKIE.length + 1), this.token);
  }
}

/** In constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * DNS rebinding makes a foreign page's requests arrive here with a foreign Host; a foreign page's
 * own requests carry a foreign Origin. Neither is served.
 */
export function isFromHere(request: IncomingMessage, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(request.headers.host ?? '')) return false;
  const { origin } = request.headers;
  return origin === undefined || hosts.some((host) => origin === `http://${host}`);
}
