import { z } from 'zod';

/** Rules of a site that no user of a workstation can loosen: `site.json` in the data folder. */
export const SitePolicy = z.strictObject({
  /** Where keys may lie: anywhere, or only in the operating system's key store. */
  keyStore: z.enum(['any', 'operating-system']).default('any'),
});
export type SitePolicy = z.infer<typeof SitePolicy>;

export const SITE_POLICY_FILE = 'site.json';

/** Of the file's text, or of no file. Throws where the text is no policy: a rule that cannot be read is not ignored. */
export function readSitePolicy(text: string | undefined): SitePolicy {
  return SitePolicy.parse(text === undefined ? {} : JSON.parse(text));
}
