import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '#shared/domain/problem.ts';
import { SITE_POLICY_FILE, readSitePolicy } from '#shared/domain/site-policy.ts';

/**
 * Only Electron reaches the operating system's key store. Where the site demands it, a browser's window
 * is refused instead of quietly making a workstation with another identity.
 *
 * @throws Problem
 */
export function requireNoKeyStore(dataDir: string): void {
  const file = path.join(dataDir, SITE_POLICY_FILE);
  const policy = readSitePolicy(existsSync(file) ? readFileSync(file, 'utf8') : undefined);
  if (policy.keyStore === 'operating-system')
    throw new Problem('key-store-required', 'a browser has no key store');
}
