/** Where everything stands in a well-formed file; the mutators lie about it. */
export interface Field {
  /** 'GGGGEEEE', items and delimiters included. */
  readonly tag: string;
  readonly headerOffset: number;
  /** Undefined in implicit VR and for items. */
  readonly vrOffset: number | undefined;
  readonly lengthOffset: number;
  readonly lengthBytes: 2 | 4;
  readonly valueOffset: number;
  /** Undefined length reads as 0xffffffff. */
  readonly length: number;
  readonly depth: number;
}

export interface ElementMap {
  readonly fields: readonly Field[];
  readonly littleEndian: boolean;
  readonly explicitVr: boolean;
  readonly dataSetOffset: number;
}

const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const UNDEFINED = 0xffffffff;

/**
 * A scanner of its own, so that the campaign does not believe the reader it tests. It stops silently where
 * it understands nothing: what it found is enough to mutate.
 */
export function mapElements(file: Buffer): ElementMap {
  const hasPreamble = file.length > 132 && file.toString('latin1', 128, 132) === 'DICM';
  const map: { -readonly [Key in keyof ElementMap]: ElementMap[Key] } & { fields: Field[] } = {
    fields: [],
    littleEndian: true,
    explicitVr: true,
    dataSetOffset: hasPreamble ? 132 : 0,
  };
  try {
    const transferSyntax = scanMeta(file, map);
    map.littleEndian = transferSyntax !== '1.2.840.10008.1.2.2';
    map.explicitVr =
      transferSyntax !== '1.2.840.10008.1.2' && /^[A-Z]{2}$/.test(vrAt(file, map.dataSetOffset));
    scan(file, map.dataSetOffset, file.length, 0, map, map.fields);
  } catch {
    // Not well-formed from here on.
  }
  return map;
}

/** Moves `dataSetOffset` behind the File Meta Information; returns the transfer syntax. */
function scanMeta(file: Buffer, map: { fields: Field[]; dataSetOffset: number }): string {
  let transferSyntax = '1.2.840.10008.1.2';
  while (map.dataSetOffset + 8 < file.length && file.readUInt16LE(map.dataSetOffset) === 2) {
    const field = fieldAt(file, map.dataSetOffset, true, true, 0);
    const end = field.valueOffset + field.length;
    map.fields.push(field);
    map.dataSetOffset = Math.min(end, file.length);
    if (field.tag === '00020010') {
      transferSyntax = file.toString('latin1', field.valueOffset, end).replace(/\0+$/, '').trim();
    }
  }
  return transferSyntax;
}

function scan(
  file: Buffer,
  start: number,
  end: number,
  depth: number,
  map: ElementMap,
  fields: Field[],
): number {
  let position = start;
  while (position + 8 <= end) {
    const field = fieldAt(file, position, map.littleEndian, map.explicitVr, depth);
    fields.push(field);
    position = field.valueOffset;
    if (field.tag === 'FFFEE00D' || field.tag === 'FFFEE0DD') {
      if (depth > 0) return position;
      continue;
    }
    const isSequence = field.vrOffset !== undefined && vrAt(file, field.headerOffset) === 'SQ';
    const isItem = field.tag === 'FFFEE000';
    if (field.length === UNDEFINED) position = scan(file, position, end, depth + 1, map, fields);
    else if (isSequence || (isItem && holdsElements(file, field, map))) {
      position = scan(file, position, Math.min(end, position + field.length), depth + 1, map, fields);
    } else position += field.length;
  }
  return position;
}

/** Fragments are items too, but hold no elements. */
function holdsElements(file: Buffer, field: Field, { littleEndian }: ElementMap): boolean {
  if (field.length < 8) return false;
  const group = littleEndian ? file.readUInt16LE(field.valueOffset) : file.readUInt16BE(field.valueOffset);
  return group > 0 && group < 0x7fe0 && group !== 0xd8ff;
}

function fieldAt(file: Buffer, at: number, littleEndian: boolean, explicitVr: boolean, depth: number): Field {
  const uint16 = (offset: number) => (littleEndian ? file.readUInt16LE(offset) : file.readUInt16BE(offset));
  const uint32 = (offset: number) => (littleEndian ? file.readUInt32LE(offset) : file.readUInt32BE(offset));
  const hexadecimal = (value: number) => value.toString(16).padStart(4, '0').toUpperCase();
  const tag = hexadecimal(uint16(at)) + hexadecimal(uint16(at + 2));
  const common = { tag, headerOffset: at, depth };
  if (!explicitVr || tag.startsWith('FFFE')) {
    return {
      ...common,
      vrOffset: undefined,
      lengthOffset: at + 4,
      lengthBytes: 4,
      valueOffset: at + 8,
      length: uint32(at + 4),
    };
  }
  if (!LONG.has(vrAt(file, at))) {
    return {
      ...common,
      vrOffset: at + 4,
      lengthOffset: at + 6,
      lengthBytes: 2,
      valueOffset: at + 8,
      length: uint16(at + 6),
    };
  }
  return {
    ...common,
    vrOffset: at + 4,
    lengthOffset: at + 8,
    lengthBytes: 4,
    valueOffset: at + 12,
    length: uint32(at + 8),
  };
}

function vrAt(file: Buffer, headerOffset: number): string {
  return file.toString('latin1', headerOffset + 4, headerOffset + 6);
}
