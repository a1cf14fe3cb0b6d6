import { EXPLICIT_LITTLE_ENDIAN } from './transfer-syntax.ts';
import { byteLengthOf, writeDataSet } from './write-data-set.ts';
import type { DataElement } from './write-data-set.ts';

/** Names this software in files it writes; a UUID-derived UID, PS3.5 section B.2. */
const IMPLEMENTATION_CLASS_UID = '2.25.268017432935410482126905671034890217351';
const IMPLEMENTATION_VERSION_NAME = 'ENKAKU_0_1';

const EXPLICIT = { explicitVr: true, littleEndian: true };
const PREAMBLE = new Uint8Array(128);
const PREFIX = Uint8Array.from([0x44, 0x49, 0x43, 0x4d]);

export interface FileMeta {
  readonly sopClassUid: string;
  readonly sopUid: string;
  readonly transferSyntaxUid: string;
}

/** Preamble, prefix and File Meta Information, PS3.10 section 7.1. */
export function writeFileMeta({ sopClassUid, sopUid, transferSyntaxUid }: FileMeta): Uint8Array[] {
  const elements = writeDataSet(
    [
      { tag: '00020001', vr: 'OB', value: Uint8Array.from([0, 1]) },
      { tag: '00020002', vr: 'UI', value: sopClassUid },
      { tag: '00020003', vr: 'UI', value: sopUid },
      { tag: '00020010', vr: 'UI', value: transferSyntaxUid },
      { tag: '00020012', vr: 'UI', value: IMPLEMENTATION_CLASS_UID },
      { tag: '00020013', vr: 'SH', value: IMPLEMENTATION_VERSION_NAME },
    ],
    EXPLICIT,
  );
  const groupLength: DataElement = { tag: '00020000', vr: 'UL', value: byteLengthOf(elements) };
  return [PREAMBLE, PREFIX, ...writeDataSet([groupLength], EXPLICIT), ...elements];
}
/**
 * A whole file in explicit VR little endian.
 *
 * @param elements with SOP Class UID and SOP Instance UID as texts
 */
export function writeFile(elements: readonly DataElement[]): Uint8Array[] {
  const text = (tag: string) => {
    const value = elements.find((element) => element.tag === tag)?.value;
    return typeof value === 'string' ? value : '';
  };
  const meta = {
    sopClassUid: text('00080016'),
    sopUid: text('00080018'),
    transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
  };
  return [...writeFileMeta(meta), ...writeDataSet(elements, EXPLICIT)];
}
