import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const START_CODE_LIFETIME_MS = 60_000;
const MAXIMUM_START_CODES = 100;

/**
 * Who may talk to the loopback server: the bearer of the token, as header or as cookie.
 *
 * A browser gets the cookie by opening a start link. The link in the ready line works as long as the
 * server lives, because that line carries the token anyway; the link on a browser's command line,
 * which every user of the machine can read in the process list, works once and for a minute.
 */
export class Access {
  readonly token = randomBytes(32).toString('base64url');
  readonly lastingStartCode = randomBytes(32).toString('base64url');
  /** Code to the moment it expires, in milliseconds since 1970. */
  readonly #startCodes = new Map<string, number>();

  newStartCode(): string {
    const code = randomBytes(32).toString('base64url');
    const oldest = this.#startCodes.keys().next().value;
    if (this.#startCodes.size >= MAXIMUM_START_CODES && oldest !== undefined) this.#startCodes.delete(oldest);
    this.#startCodes.set(code, Date.now() + START_CODE_LIFETIME_MS);
    return code;
  }

  redeemStartCode(code: string): boolean {
    if (isSame(code, this.lastingStartCode)) return true;
    const expires = this.#startCodes.get(code);
    this.#startCodes.delete(code);
    return expires !== undefined && expires > Date.now();
  }

  /** Cookies do not know ports: the name keeps two workstations of one browser apart. */
  cookieHeader(port: number): string {
    return `${cookieName(port)}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  isAllowed(request: IncomingMessage, port: number): boolean {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const bearer = /^Bearer ([\w-]+)$/i.exec(authorization)?.[1];
      return bearer !== undefined && isSame(bearer, this.token);
    }
    const prefix = `${cookieName(port)}=`;
    return (request.headers.cookie ?? '')
      .split(/; */)
      .some((pair) => pair.startsWith(prefix) && isSame(pair.slice(prefix.length), this.token));
  }
}

const cookieName = (port: number) => `enkaku-${port}`;

/** In constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * DNS rebinding makes a foreign page's requests arrive here with a foreign Host; a foreign page's own
 * requests carry a foreign Origin, or at least say that they come from another site. None is served.
 * Programs that are no browsers send neither Origin nor Sec-Fetch-Site.
 */
export function isFromHere(request: IncomingMessage, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = request.headers;
  if (host === undefined || !hosts.includes(host)) return false;
  if (origin !== undefined && origin !== `http://${host}`) return false;
  const site = request.headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}
