import { HttpFailure } from './http-failure.ts';

export interface IncomingPart {
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Has to be read to its end before the next part comes. */
  readonly body: AsyncGenerator<Uint8Array>;
}

const MAXIMUM_HEADER_BYTES = 16 * 1024;
const CRLF = Buffer.from('\r\n');
const HEADER_END = Buffer.from('\r\n\r\n');

/**
 * Splits a multipart body (RFC 2046 section 5.1) while it arrives; nothing but a piece of a part is in memory.
 *
 * @throws HttpFailure 400
 */
export async function* readMultipart(
  chunks: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<IncomingPart> {
  const reader = new BoundaryReader(chunks, boundary);
  await reader.skipPreamble();
  while (await reader.opensPart()) {
    const headers = parseHeaders(await reader.readHeaders());
    const body = reader.readBody();
    yield { headers, body };
    // Whatever the consumer left unread.
    while (!(await body.next()).done);
  }
}

function parseHeaders(text: string): ReadonlyMap<string, string> {
  const lines = text.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 1
        ? []
        : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
}

class BoundaryReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  /** What ends a part; also the first line, in front of which a line break is imagined. */
  readonly #delimiter: Buffer;
  #bytes: Buffer = CRLF;
  #hasEnded = false;

  constructor(chunks: AsyncIterable<Uint8Array>, boundary: string) {
    this.#iterator = chunks[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  async skipPreamble(): Promise<void> {
    for await (const skipped of this.readBody()) void skipped;
  }

  /** After a delimiter: a line break opens a part, two dashes end everything. */
  async opensPart(): Promise<boolean> {
    await this.#need(2);
    if (this.#bytes.toString('latin1', 0, 2) === '--') return false;
    for (;;) {
      const end = this.#bytes.indexOf(CRLF);
      if (end >= 0) {
        // Only white space may follow a boundary on its line.
        if (this.#bytes.toString('latin1', 0, end).trim() !== '') throw malformed();
        this.#bytes = this.#bytes.subarray(end + 2);
        return true;
      }
      if (this.#bytes.length > MAXIMUM_HEADER_BYTES) throw malformed();
      await this.#more();
    }
  }

  async readHeaders(): Promise<string> {
    for (;;) {
      // A part without headers begins with an empty line.
      if (this.#bytes.indexOf(CRLF) === 0) {
        this.#bytes = this.#bytes.subarray(2);
        return '';
      }
      const end = this.#bytes.indexOf(HEADER_END);
      if (end >= 0) {
        const text = this.#bytes.toString('latin1', 0, end);
        this.#bytes = this.#bytes.subarray(end + HEADER_END.length);
        return text;
      }
      if (this.#bytes.length > MAXIMUM_HEADER_BYTES) throw malformed();
      await this.#more();
    }
  }

  /** Up to the next delimiter, which is consumed. */
  async *readBody(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const end = this.#bytes.indexOf(this.#delimiter);
      if (end >= 0) {
        const last = this.#bytes.subarray(0, end);
        this.#bytes = this.#bytes.subarray(end + this.#delimiter.length);
        if (last.length > 0) yield last;
        return;
      }
      // The delimiter may have begun in what is here.
      const safe = this.#bytes.length - this.#delimiter.length + 1;
      if (safe > 0) {
        const piece = this.#bytes.subarray(0, safe);
        this.#bytes = this.#bytes.subarray(safe);
        yield piece;
      }
      await this.#more();
    }
  }

  async #need(length: number): Promise<void> {
    while (this.#bytes.length < length) await this.#more();
  }

  async #more(): Promise<void> {
    if (this.#hasEnded) throw malformed();
    const next = await this.#iterator.next();
    if (next.done) {
      this.#hasEnded = true;
      throw malformed();
    }
    this.#bytes =
      this.#bytes.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#bytes, next.value]);
  }
}

function malformed(): HttpFailure {
  return new HttpFailure(400, 'The multipart body ends early or is malformed.');
}
