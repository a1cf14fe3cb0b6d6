/** The page has an origin of its own: not `file:`, and no port that anybody else could open. */
export const PAGE_SCHEME = 'enkaku';
export const PAGE_ORIGIN = `${PAGE_SCHEME}://app`;

/** URLs of schemes that the URL standard does not know have the origin "null", so it is compared by hand. */
export function isPageUrl(text: string): boolean {
  return text === PAGE_ORIGIN || text.startsWith(`${PAGE_ORIGIN}/`);
}
