/**
 * Specific Character Set (0008,0005): DICOM PS3.3 section C.12.1.1.2, PS3.5 section 6.1.2.
 *
 * Every character set is decoded by the runtime's own decoder; only the switching between them by
 * ISO 2022 escape sequences is ours, because no standard decoder knows DICOM's mixture of sets and
 * its rule that delimiters reset to the first one.
 */

type Decode = (bytes: Uint8Array) => string;

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

function decodeAs(label: string): Decode {
  return (bytes) => {
    let decoder = decoders.get(label);
    if (!decoder) {
      decoder = new TextDecoder(label);
      decoders.set(label, decoder);
    }
    return decoder.decode(bytes);
  };
}

const latin1 = decodeAs('windows-1252');
const latin2 = decodeAs('iso-8859-2');
const latin3 = decodeAs('iso-8859-3');
const latin4 = decodeAs('iso-8859-4');
const latin5 = decodeAs('windows-1254');
const latin9 = decodeAs('iso-8859-15');
const cyrillic = decodeAs('iso-8859-5');
const arabic = decodeAs('iso-8859-6');
const greek = decodeAs('iso-8859-7');
const hebrew = decodeAs('iso-8859-8');
const thai = decodeAs('windows-874');
const shiftJis = decodeAs('shift_jis');
const eucKr = decodeAs('euc-kr');
const gbk = decodeAs('gbk');

const jisX0208 = decodeAs('iso-2022-jp');
const eucJp = decodeAs('euc-jp');

/** ISO-2022-JP carries JIS X 0208 after ESC $ B. */
function decodeJisX0208(bytes: Uint8Array): string {
  const framed = new Uint8Array(bytes.length + 3);
  framed.set([0x1b, 0x24, 0x42]);
  framed.set(bytes, 3);
  return jisX0208(framed);
}

/** EUC-JP carries JIS X 0212 as 0x8f and two bytes with the high bit set. */
function decodeJisX0212(bytes: Uint8Array): string {
  const euc: number[] = [];
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    euc.push(0x8f, (bytes[index] ?? 0) | 0x80, (bytes[index + 1] ?? 0) | 0x80);
  }
  return eucJp(Uint8Array.from(euc));
}

/** Sets by the number in their defined term: ISO_IR 100 alone, ISO 2022 IR 100 with escape sequences. */
const setsByNumber: Readonly<Record<string, Decode>> = {
  '6': latin1,
  '13': shiftJis,
  '58': gbk,
  '87': shiftJis,
  '100': latin1,
  '101': latin2,
  '109': latin3,
  '110': latin4,
  '126': greek,
  '127': arabic,
  '138': hebrew,
  '144': cyrillic,
  '148': latin5,
  '149': eucKr,
  '159': shiftJis,
  '166': thai,
  '203': latin9,
};

/** Sets that forbid escape sequences (PS3.3 table C.12-5). */
const wholeSets: Readonly<Record<string, Decode>> = {
  'ISO_IR 192': decodeAs('utf-8'),
  GB18030: decodeAs('gb18030'),
  GBK: gbk,
};

/** Defined terms that are understood; PS3.3 tables C.12-2 to C.12-5. */
export const characterSetTerms: readonly string[] = [
  ...Object.keys(setsByNumber).flatMap((number) => [`ISO_IR ${number}`, `ISO 2022 IR ${number}`]),
  ...Object.keys(wholeSets),
];

interface CodeElement {
  /** G0 stands for bytes below 0x80, G1 for those above. */
  readonly half: 'G0' | 'G1';
  readonly decode: Decode;
}

/** What follows ESC: PS3.3 tables C.12-3 and C.12-4. */
const escapeSequences: readonly (readonly [sequence: string, element: CodeElement])[] = [
  ['(B', { half: 'G0', decode: latin1 }],
  ['(J', { half: 'G0', decode: shiftJis }],
  ['-A', { half: 'G1', decode: latin1 }],
  ['-B', { half: 'G1', decode: latin2 }],
  ['-C', { half: 'G1', decode: latin3 }],
  ['-D', { half: 'G1', decode: latin4 }],
  ['-F', { half: 'G1', decode: greek }],
  ['-G', { half: 'G1', decode: arabic }],
  ['-H', { half: 'G1', decode: hebrew }],
  ['-L', { half: 'G1', decode: cyrillic }],
  ['-M', { half: 'G1', decode: latin5 }],
  ['-T', { half: 'G1', decode: thai }],
  ['-b', { half: 'G1', decode: latin9 }],
  [')I', { half: 'G1', decode: shiftJis }],
  ['$@', { half: 'G0', decode: decodeJisX0208 }],
  ['$B', { half: 'G0', decode: decodeJisX0208 }],
  ['$(D', { half: 'G0', decode: decodeJisX0212 }],
  ['$)A', { half: 'G1', decode: gbk }],
  ['$)C', { half: 'G1', decode: eucKr }],
];

const ESCAPE = 0x1b;

/** Delimiters at which the first set becomes active again (PS3.5 section 6.1.2.5.3). */
const RESETTING = new Set([0x09, 0x0a, 0x0c, 0x0d]);
const BACKSLASH = 0x5c;
const CARET = 0x5e;
const EQUALS = 0x3d;

export interface CharacterSet {
  /** Text of a value. `resetAt` says which delimiters the value representation knows. */
  decode(bytes: Uint8Array, kind: 'text' | 'name' | 'multi-value'): string;
}

/** @param terms values of Specific Character Set (0008,0005); none means ISO_IR 6. */
export function characterSet(terms: readonly string[]): CharacterSet {
  const first = normalizeTerm(terms[0] ?? '');
  const whole = wholeSets[first];
  if (whole) return { decode: (bytes) => whole(bytes) };
  const initial = setsByNumber[/(\d+)$/.exec(first)?.[1] ?? '6'] ?? latin1;
  return { decode: (bytes, kind) => decodeWithEscapes(bytes, initial, kind) };
}

/** PS3.5 table 6.2-1 allows 16 characters; some writers pad. */
const LONGEST_TERM = 64;

/** Writers confuse `ISO_IR 100`, `ISO-IR 100` and `ISO IR 100`; nothing else can be meant. */
function normalizeTerm(term: string): string {
  return term
    .slice(0, LONGEST_TERM)
    .trim()
    .toUpperCase()
    .replace(/^ISO[ _-]IR[ _-]/, 'ISO_IR ');
}

function decodeWithEscapes(
  bytes: Uint8Array,
  initial: Decode,
  kind: 'text' | 'name' | 'multi-value',
): string {
  if (!bytes.includes(ESCAPE)) return initial(bytes);
  const parts: string[] = [];
  let g0 = initial;
  let g1 = initial;
  let isMultiByteG0 = false;
  let start = 0;
  const flush = (end: number) => {
    parts.push(decodeHalves(bytes.subarray(start, end), g0, g1));
    start = end;
  };
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === ESCAPE) {
      const found = escapeSequences.find(([sequence]) => startsWith(bytes, index + 1, sequence));
      if (!found) continue;
      flush(index);
      const [sequence, element] = found;
      if (element.half === 'G0') {
        g0 = element.decode;
        isMultiByteG0 = sequence.startsWith('$');
      } else {
        g1 = element.decode;
      }
      index += sequence.length;
      start = index + 1;
    } else if (!isMultiByteG0 && isDelimiter(byte, kind)) {
      flush(index);
      g0 = initial;
      g1 = initial;
    }
  }
  flush(bytes.length);
  return parts.join('');
}

/** Runs of low bytes belong to G0, runs of high bytes to G1. */
function decodeHalves(bytes: Uint8Array, g0: Decode, g1: Decode): string {
  if (g0 === g1) return g0(bytes);
  const parts: string[] = [];
  let start = 0;
  for (let index = 1; index <= bytes.length; index++) {
    const isHigh = (bytes[start] ?? 0) >= 0x80;
    if (index < bytes.length && (bytes[index] ?? 0) >= 0x80 === isHigh) continue;
    parts.push((isHigh ? g1 : g0)(bytes.subarray(start, index)));
    start = index;
  }
  return parts.join('');
}

function isDelimiter(byte: number, kind: 'text' | 'name' | 'multi-value'): boolean {
  if (RESETTING.has(byte)) return true;
  if (kind === 'text') return false;
  if (byte === BACKSLASH) return true;
  return kind === 'name' && (byte === CARET || byte === EQUALS);
}

function startsWith(bytes: Uint8Array, at: number, ascii: string): boolean {
  for (let index = 0; index < ascii.length; index++) {
    if (bytes[at + index] !== ascii.charCodeAt(index)) return false;
  }
  return true;
}
