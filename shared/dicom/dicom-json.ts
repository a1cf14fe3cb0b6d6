import type { DataSet, Element } from 'dicom-parser';
import { characterSet } from './character-set.ts';
import type { CharacterSet } from './character-set.ts';
import type { BulkValue, WalkedDataSet } from './data-set-walk.ts';

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

const MULTI_VALUE_TEXT_VRS = new Set(['LO', 'SH', 'UC', 'PN']);
const SINGLE_TEXT_VRS = new Set(['LT', 'ST', 'UT']);
const ASCII_VRS = new Set(['AE', 'AS', 'CS', 'DA', 'DT', 'TM', 'UI']);

/** Converts a whole data set; pixel data and other bulk values become addresses. */
export function toDicomJson(walked: WalkedDataSet, options: DicomJsonOptions): DicomJson {
  const json = new Converter(options).dataSet(walked.dataSet, undefined);
  for (const value of walked.bulkValues.values()) {
    json[jsonTag(value.tag)] = { vr: value.vr, BulkDataURI: options.bulkDataUri(value) };
  }
  return sortedByTag(json);
}

class Converter {
  readonly #options: DicomJsonOptions;

  constructor(options: DicomJsonOptions) {
    this.#options = options;
  }

  dataSet(dataSet: DataSet, inherited: CharacterSet | undefined): DicomJson {
    const own = dataSet.elements['x00080005'];
    const terms = own ? asciiText(dataSet, own).split('\\') : [];
    const characters = own || !inherited ? characterSet(terms) : inherited;
    const json: DicomJson = {};
    for (const element of Object.values(dataSet.elements)) {
      // Group lengths are retired and wrong as soon as anything changes (PS3.5 section 7.2).
      if (element.tag.endsWith('0000')) continue;
      json[jsonTag(element.tag)] = this.#attribute(dataSet, element, characters);
    }
    return json;
  }

  #attribute(dataSet: DataSet, element: Element, characters: CharacterSet): DicomJsonAttribute {
    const vr = element.vr ?? 'UN';
    if (element.items) {
      const items = element.items.map((item) => (item.dataSet ? this.dataSet(item.dataSet, characters) : {}));
      return items.length > 0 ? { vr: 'SQ', Value: items } : { vr: 'SQ' };
    }
    if (element.length === 0) return { vr };
    const values = this.#values(dataSet, element, vr, characters);
    if (values) return { vr, Value: values };
    return { vr, InlineBinary: this.#options.toBase64(bytesOf(dataSet, element)) };
  }

  #values(
    dataSet: DataSet,
    element: Element,
    vr: string,
    characters: CharacterSet,
  ): DicomJsonValue[] | undefined {
    if (vr === 'PN') return splitValues(this.#text(dataSet, element, characters, 'name')).map(personName);
    if (MULTI_VALUE_TEXT_VRS.has(vr)) {
      return splitValues(this.#text(dataSet, element, characters, 'multi-value')).map(nullIfEmpty);
    }
    if (SINGLE_TEXT_VRS.has(vr))
      return [this.#text(dataSet, element, characters, 'text').replace(/[ \0]+$/, '')];
    if (vr === 'UR') return [asciiText(dataSet, element)];
    if (ASCII_VRS.has(vr)) return splitValues(asciiText(dataSet, element)).map(nullIfEmpty);
    if (vr === 'DS' || vr === 'IS') return splitValues(asciiText(dataSet, element)).map(numberOrText);
    return binaryValues(dataSet, element, vr);
  }

  #text(
    dataSet: DataSet,
    element: Element,
    characters: CharacterSet,
    kind: 'text' | 'name' | 'multi-value',
  ): string {
    return characters.decode(bytesOf(dataSet, element), kind);
  }
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
  return text.replace(/[ \0]+$/, '');
}

function splitValues(text: string): string[] {
  return text.split('\\').map((value) => value.replace(/^ +|[ \0]+$/g, ''));
}

function nullIfEmpty(text: string): string | null {
  return text === '' ? null : text;
}

/** Writers put anything into DS and IS; what is no number stays as it was written. */
function numberOrText(text: string): DicomJsonValue {
  if (text === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

function personName(text: string): DicomJsonValue {
  if (text === '') return null;
  const [alphabetic = '', ideographic = '', phonetic = ''] = text.split('=').map((group) => group.trim());
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
      return numbers(element.length / 2, (index) => dataSet.uint16(tag, index));
    case 'SS':
      return numbers(element.length / 2, (index) => dataSet.int16(tag, index));
    case 'UL':
      return numbers(element.length / 4, (index) => dataSet.uint32(tag, index));
    case 'SL':
      return numbers(element.length / 4, (index) => dataSet.int32(tag, index));
    case 'FL':
      return numbers(element.length / 4, (index) => dataSet.float(tag, index));
    case 'FD':
      return numbers(element.length / 8, (index) => dataSet.double(tag, index));
    case 'AT':
      return numbers(element.length / 4, (index) => attributeTag(dataSet, element, index));
    default:
      return undefined;
  }
}

function numbers(count: number, read: (index: number) => DicomJsonValue | undefined): DicomJsonValue[] {
  return Array.from({ length: Math.floor(count) }, (_, index) => {
    const value = read(index);
    return typeof value === 'number' && !Number.isFinite(value) ? null : (value ?? null);
  });
}

function attributeTag(dataSet: DataSet, element: Element, index: number): string {
  const parser = dataSet.byteArrayParser;
  const offset = element.dataOffset + index * 4;
  return [offset, offset + 2]
    .map((at) => parser.readUint16(dataSet.byteArray, at).toString(16).padStart(4, '0').toUpperCase())
    .join('');
}

function sortedByTag(json: DicomJson): DicomJson {
  return Object.fromEntries(Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1)));
}
