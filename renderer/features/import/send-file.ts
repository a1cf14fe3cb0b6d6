/**
 * Streams one file to the backend; unlike `fetch`, XMLHttpRequest tells how far a large one is.
 * Resolves with the status; rejects when the connection is lost or the signal fires.
 */
export function sendFile(
  url: string,
  body: Blob,
  signal: AbortSignal,
  onProgress: (bytesSent: number) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const settle = (finish: () => void) => () => {
      signal.removeEventListener('abort', abort);
      finish();
    };
    request.upload.addEventListener('progress', (event) => onProgress(event.loaded));
    request.addEventListener(
      'load',
      settle(() => resolve(request.status)),
    );
    request.addEventListener(
      'error',
      settle(() => reject(new Error('connection lost'))),
    );
    request.addEventListener(
      'abort',
      settle(() => reject(new Error('cancelled'))),
    );
    signal.addEventListener('abort', abort, { once: true });
    request.open('POST', url);
    request.send(body);
    if (signal.aborted) request.abort();
  });
}
