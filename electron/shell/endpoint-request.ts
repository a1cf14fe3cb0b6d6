import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { EndpointAddress } from '#shared/contract/shell-messages.ts';

/** Meant for the connection it came on, not for what is passed on (RFC 9110 section 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'host',
]);
/** Says who asks to servers of the web; the endpoint knows only the shell. */
const ofBrowsers = new Set(['origin', 'referer', 'cookie', 'authorization']);

const withoutBody = new Set([101, 204, 205, 304]);

/** Asks the backend for bytes, streamed both ways; giving up the answer gives up the request. */
export function requestFromEndpoint(endpoint: EndpointAddress, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = Object.fromEntries(
    [...request.headers].filter(([name]) => !hopByHop.has(name) && !ofBrowsers.has(name)),
  );
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      socketPath: endpoint.socketPath,
      method: request.method,
      path: pathname + search,
      headers: { ...headers, host: 'localhost', authorization: `Bearer ${endpoint.token}` },
    });
    const abort = () => outgoing.destroy(new DOMException('The request was given up', 'AbortError'));
    request.signal.addEventListener('abort', abort, { once: true });
    outgoing.on('close', () => request.signal.removeEventListener('abort', abort));
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => resolve(toResponse(incoming)));
    if (request.body) {
      const body: AsyncIterable<Uint8Array> = request.body;
      Readable.from(body, { objectMode: false })
        .on('error', (error) => outgoing.destroy(error))
        .pipe(outgoing);
    } else {
      outgoing.end();
    }
  });
}

function toResponse(incoming: IncomingMessage): Response {
  const status = incoming.statusCode ?? 502;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !hopByHop.has(name))
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  if (withoutBody.has(status) || incoming.method === 'HEAD') {
    incoming.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(incoming) as ReadableStream<Uint8Array<ArrayBuffer>>, {
    status,
    headers,
  });
}
