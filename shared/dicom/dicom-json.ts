import type { DataSet, Element } from 'dicom-parser';
import { characterSet } from './character-set.ts';
import type { CharacterSet } from './character-set.ts';
import { trimmed, withoutPadding } from './padding.ts';
import { privateVr } from './private-attributes.ts';
import type { BulkValue, WalkedDataSet, WalkedElement } from './data-set-walk.ts';

/** DICOM JSON Model, PS3.18 annex F: 'GGGGEEEE' -> attribute. */
export type DicomJson = Record<string, DicomJsonAttribute>;

export interface DicomJsonAttribute {
  readonly vr: string;
  readonly Value?: readonly DicomJsonValue[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}

export interface DicomJsonPersonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}

export type DicomJsonValue = string | number | null | DicomJsonPersonName | DicomJson;

export interface DicomJsonOptions {
  /** Where a value left in the file can be fetched; relative to the instance's own address. */
  readonly bulkDataUri: (value: BulkValue) => string;
  readonly toBase64: (bytes: Uint8Array) => string;
}

const MULTI_VALUE_TEXT_VRS = new Set(['LO', 'SH', 'UC']);
const SINGLE_TEXT_VRS = new Set(['LT', 'ST', 'UT']);
const ASCII_VRS = new Set(['AE', 'AS', 'CS', 'DA', 'DT', 'TM']);

/** Converts a whole data set; pixel data and other bulk values become addresses. */
export function toDicomJson(walked: WalkedDataSet, options: DicomJsonOptions): DicomJson {
  return new Converter(options).dataSet(walked.dataSet, undefined);
}

class Converter {
  readonly #options: DicomJsonOptions;

  constructor(options: DicomJsonOptions) {
    this.#options = options;
  }

  dataSet(dataSet: DataSet, inherited: CharacterSet | undefined): DicomJson {
    const own = dataSet.elements['x00080005'];
    const characters =
      own || !inherited ? characterSet(own ? asciiText(dataSet, own).split('\\') : []) : inherited;
    const json: DicomJson = {};
    for (const tag of Object.keys(dataSet.elements).sort()) {
      const element: WalkedElement | undefined = dataSet.elements[tag];
      // Group lengths are retired and wrong as soon as anything changes (PS3.5 section 7.2).
      if (!element || tag.endsWith('0000')) continue;
      json[jsonTag(tag)] = this.#attribute(dataSet, element, characters);
    }
    return json;
  }

  #attribute(dataSet: DataSet, element: WalkedElement, characters: CharacterSet): DicomJsonAttribute {
    if (element.items) {
      const items = element.items.map((item) => (item.dataSet ? this.dataSet(item.dataSet, characters) : {}));
      return items.length > 0 ? { vr: 'SQ', Value: items } : { vr: 'SQ' };
    }
    const vr = vrOfElement(dataSet, element);
    if (element.length === 0) return { vr };
    if (element.bulk) return { vr, BulkDataURI: this.#options.bulkDataUri(element.bulk) };
    const values = valuesOf(dataSet, element, vr, characters);
    if (values && values.length < 2 && (values[0] ?? null) === null) return { vr };
    if (values) return { vr, Value: values };
    return { vr, InlineBinary: this.#options.toBase64(bytesOf(dataSet, element)) };
  }
}

function vrOfElement(dataSet: DataSet, { tag, vr = 'UN' }: Element): string {
  if (vr !== 'UN' || (Number.parseInt(tag.slice(4, 5), 16) & 1) === 0) return vr;
  const creatorOf = (creatorTag: string) => {
    const creator = dataSet.elements[creatorTag];
    return creator && creator.length <= 64 ? asciiText(dataSet, creator) : '';
  };
  return privateVr(tag, creatorOf) ?? vr;
}

/** Undefined for binary VRs, which have no values but bytes. */
function valuesOf(
  dataSet: DataSet,
  element: Element,
  vr: string,
  characters: CharacterSet,
): DicomJsonValue[] | undefined {
  const decode = (kind: 'text' | 'name' | 'multi-value') =>
    characters.decode(bytesOf(dataSet, element), kind);
  if (vr === 'PN') return splitValues(decode('name')).map(personName);
  if (MULTI_VALUE_TEXT_VRS.has(vr)) return splitValues(decode('multi-value')).map(nullIfEmpty);
  if (SINGLE_TEXT_VRS.has(vr)) return [nullIfEmpty(withoutPadding(decode('text')))];
  if (vr === 'UR') return [nullIfEmpty(asciiText(dataSet, element))];
  if (vr === 'UI') return asciiText(dataSet, element).split('\\').map(uidText).map(nullIfEmpty);
  if (ASCII_VRS.has(vr)) return splitValues(asciiText(dataSet, element)).map(nullIfEmpty);
  if (vr === 'DS' || vr === 'IS') return splitValues(asciiText(dataSet, element)).map(numberOrText);
  return binaryValues(dataSet, element, vr);
}

/** 'x00100010' -> '00100010' */
export function jsonTag(tag: string): string {
  return tag.slice(1).toUpperCase();
}

function bytesOf(dataSet: DataSet, element: Element): Uint8Array {
  return dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
}

function asciiText(dataSet: DataSet, element: Element): string {
  let text = '';
  for (const byte of bytesOf(dataSet, element)) text += String.fromCharCode(byte);
  return withoutPadding(text);
}

function splitValues(text: string): string[] {
  return text.split('\\').map(trimmed);
}

function nullIfEmpty(text: string): string | null {
  return text === '' ? null : text;
}

/** Writers put anything into DS and IS; what is no number stays as it was written. */
function numberOrText(text: string): DicomJsonValue {
  if (text === '') return null;
  const isNumber = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text);
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : text;
}

/**
 * JSON has no NaN and no infinity, and null would mean an empty value, which a careless reader turns
 * into 0. As words they stay visible and turn into NaN instead.
 */
function finiteOrText(value: number): number | string {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'inf' : '-inf';
}

/** Padded with NUL, by some writers with spaces; nothing after a NUL belongs to the UID. */
function uidText(text: string): string {
  return (text.split('\0')[0] ?? '').trim();
}

function personName(text: string): DicomJsonValue {
  if (text === '') return null;
  const [alphabetic = '', ideographic = '', phonetic = ''] = text.split('=').map(withoutPadding);
  return {
    ...(alphabetic && { Alphabetic: alphabetic }),
    ...(ideographic && { Ideographic: ideographic }),
    ...(phonetic && { Phonetic: phonetic }),
  };
}

function binaryValues(dataSet: DataSet, element: Element, vr: string): DicomJsonValue[] | undefined {
  const { tag } = element;
  switch (vr) {
    case 'US':
      return values(element, 2, (index) => dataSet.uint16(tag, index));
    case 'SS':
      return values(element, 2, (index) => dataSet.int16(tag, index));
    case 'UL':
      return values(element, 4, (index) => dataSet.uint32(tag, index));
    case 'SL':
      return values(element, 4, (index) => dataSet.int32(tag, index));
    case 'FL':
      return values(element, 4, (index) => finiteOrText(dataSet.float(tag, index) ?? 0));
    case 'FD':
      return values(element, 8, (index) => finiteOrText(dataSet.double(tag, index) ?? 0));
    case 'SV':
      return values(element, 8, (index) =>
        safeInteger(viewOf(dataSet, element).getBigInt64(index * 8, true)),
      );
    case 'UV':
      return values(element, 8, (index) =>
        safeInteger(viewOf(dataSet, element).getBigUint64(index * 8, true)),
      );
    case 'AT':
      return values(element, 4, (index) => attributeTag(dataSet, element, index));
    default:
      return undefined;
  }
}

function values(
  element: Element,
  valueBytes: number,
  read: (index: number) => DicomJsonValue | undefined,
): DicomJsonValue[] {
  return Array.from({ length: Math.floor(element.length / valueBytes) }, (_, index) => read(index) ?? null);
}

function viewOf(dataSet: DataSet, element: Element): DataView {
  const { buffer, byteOffset } = dataSet.byteArray;
  return new DataView(buffer, byteOffset + element.dataOffset, element.length);
}

/** A string where a JSON number would lose digits; PS3.18 table F.2.3-1. */
function safeInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function attributeTag(dataSet: DataSet, element: Element, index: number): string {
  const view = viewOf(dataSet, element);
  return [index * 4, index * 4 + 2]
    .map((at) => view.getUint16(at, true).toString(16).padStart(4, '0').toUpperCase())
    .join('');
}
