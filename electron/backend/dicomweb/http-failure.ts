/** Ends a request with a status code and a sentence for whoever wrote the client. */
export class HttpFailure extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /** `message`: English, without patient data. */
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'HttpFailure';
    this.status = status;
    this.headers = headers;
  }

  toResponse(): Response {
    return new Response(`${this.message}\n`, {
      status: this.status,
      headers: { ...commonHeaders, 'Content-Type': 'text/plain; charset=utf-8', ...this.headers },
    });
  }
}

/** Patients' data leave no copy in the browser's cache; ours is in memory and ends with the page. */
export const commonHeaders = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };
