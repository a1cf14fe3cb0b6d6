import { readFileSync } from 'node:fs';

/** How this workstation gets into a broker. Nothing of it but the address is told to anybody. */
export interface BrokerAccess {
  /** As it stands on a contact card. */
  readonly address: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM of the authority that signed the broker's certificate, where the system does not know it. */
  readonly authority?: Buffer;
}

/**
 * Reads `mqtts://user:password@host:8883?ca=/etc/site-ca.pem`; user, password and authority may be missing.
 *
 * @throws if the file of the authority cannot be read
 */
export function brokerAccess(url: string): BrokerAccess {
  const parsed = new URL(url);
  const { username, password } = parsed;
  const authorityFile = parsed.searchParams.get('ca');
  return {
    address: brokerAddress(url),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(authorityFile !== null && { authority: readFileSync(authorityFile) }),
  };
}

/** Two ways of writing one broker are one address; who we are there is nobody else's business. */
export function brokerAddress(url: string): string {
  const parsed = new URL(url);
  const path = parsed.pathname === '/' ? '' : parsed.pathname;
  return `${parsed.protocol}//${parsed.host}${path}`;
}
