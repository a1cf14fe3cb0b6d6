import type { DicomJson, DicomJsonAttribute } from '#shared/dicom/dicom-json.ts';

// Stored metadata are JSON as `JSON.stringify` writes it: no white space, tags in ascending order. A series of
// hundreds of instances is answered without parsing any of it.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const TAG_LENGTH = 8;

/** One attribute of the outermost data set: where `"GGGGEEEE":{...}` stands. */
interface Place {
  readonly tag: string;
  readonly start: number;
  readonly end: number;
}

function* topLevel(json: Buffer): Generator<Place> {
  let start = 1;
  while (json[start] === QUOTE) {
    const tag = json.toString('latin1', start + 1, start + 1 + TAG_LENGTH);
    const end = endOfValue(json, start + TAG_LENGTH + 3);
    yield { tag, start, end };
    start = end + 1;
  }
}

/** Index after the object that begins at `start`. */
function endOfValue(json: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at);
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at + 1;
  }
  return json.length;
}

/** Index of the closing quote of the string that opens at `start`. */
function endOfString(json: Buffer, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Some attributes, parsed; nothing after the last of them is looked at. */
export function pickAttributes(json: Buffer, tags: readonly string[]): DicomJson {
  const picked: DicomJson = {};
  const last = tags.reduce((latest, tag) => (tag > latest ? tag : latest), '');
  for (const { tag, start, end } of topLevel(json)) {
    if (tag > last) break;
    if (!tags.includes(tag)) continue;
    picked[tag] = JSON.parse(json.toString('utf8', start + TAG_LENGTH + 3, end)) as DicomJsonAttribute;
  }
  return picked;
}

/** Adds an attribute at its place in the order of tags, in the stead of one that is there. */
export function withAttribute(json: Buffer, tag: string, attribute: DicomJsonAttribute): Buffer[] {
  const text = Buffer.from(`"${tag}":${JSON.stringify(attribute)}`);
  let before = 1;
  let after = 1;
  for (const place of topLevel(json)) {
    if (place.tag > tag) break;
    after = place.end;
    if (place.tag === tag) break;
    before = after;
  }
  const isFirst = before === 1;
  const isLast = json[after] === 0x7d;
  const needsComma = !isLast && json[after] !== 0x2c;
  return [
    json.subarray(0, before),
    ...(isFirst ? [] : [Buffer.from(',')]),
    text,
    ...(needsComma ? [Buffer.from(',')] : []),
    json.subarray(after),
  ];
}

const RELATIVE = Buffer.from('"BulkDataURI":"bulkdata/');

/** The addresses of bulk data, relative to their instance, become absolute. */
export function withAbsoluteBulkData(json: Buffer, instanceUrl: string): Buffer[] {
  const absolute = Buffer.from(`"BulkDataURI":"${instanceUrl}/bulkdata/`);
  const pieces: Buffer[] = [];
  let from = 0;
  // Quotes inside of values are escaped, so this text is never part of one.
  for (let at = json.indexOf(RELATIVE); at >= 0; at = json.indexOf(RELATIVE, from)) {
    pieces.push(json.subarray(from, at), absolute);
    from = at + RELATIVE.length;
  }
  pieces.push(json.subarray(from));
  return pieces;
}
