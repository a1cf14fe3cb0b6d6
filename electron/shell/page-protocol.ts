import { protocol } from 'electron';
import type { Session } from 'electron';
import type { FindPageFile } from '#page/page-files.ts';
import type { EndpointAddress } from '#shared/contract/shell-messages.ts';
import { requestFromEndpoint } from './endpoint-request.ts';
import { PAGE_ORIGIN, PAGE_SCHEME, isPageUrl } from './page-address.ts';

/** What the backend's local endpoint answers. */
const BYTES_PREFIXES = ['/dicomweb/', '/import/', '/microscope/', '/link/'];

/** Before the app is ready, and once: gives the page an origin with which `fetch` and streams work. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
}

export interface PageProtocolOptions {
  readonly findPageFile: FindPageFile;
  /** Waits for the backend while it starts. */
  readonly endpoint: () => Promise<EndpointAddress>;
}

/** Serves the page's files and, from the backend's local endpoint, bytes. */
export function servePage(session: Session, options: PageProtocolOptions): void {
  session.protocol.handle(PAGE_SCHEME, (request) => answerPageRequest(request, options));
}

export async function answerPageRequest(
  request: Request & { readonly initiatorOrigin?: string },
  { findPageFile, endpoint }: PageProtocolOptions,
): Promise<Response> {
  const initiator = request.initiatorOrigin;
  if (!isPageUrl(request.url) || (initiator !== undefined && initiator !== PAGE_ORIGIN)) {
    return new Response(null, { status: 403 });
  }
  const { pathname } = new URL(request.url);
  if (BYTES_PREFIXES.some((prefix) => pathname.startsWith(prefix))) {
    try {
      return await requestFromEndpoint(await endpoint(), request);
    } catch {
      // The backend is being started again; the page asks again when it is connected.
      return new Response(null, { status: 503, headers: { 'Retry-After': '1' } });
    }
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response(null, { status: 405, headers: { Allow: 'GET, HEAD' } });
  }
  const file = await findPageFile(pathname);
  if (!file) return new Response(null, { status: 404 });
  return new Response(request.method === 'HEAD' ? null : file.bytes, { status: 200, headers: file.headers });
}
