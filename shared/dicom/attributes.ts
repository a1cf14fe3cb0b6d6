import type { DicomJson, DicomJsonPersonName, DicomJsonValue } from './dicom-json.ts';

/** Checked reading of single attributes from DICOM JSON; wrong types read as absent. */

export function firstText(json: DicomJson, tag: string): string | undefined {
  const value = json[tag]?.Value?.[0];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function firstNumber(json: DicomJson, tag: string): number | undefined {
  const value = json[tag]?.Value?.[0];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** All values, or undefined if the attribute is absent or any value is not a number. */
export function numbers(json: DicomJson, tag: string): number[] | undefined {
  const values = json[tag]?.Value;
  if (!values || values.length === 0) return undefined;
  return values.every((value): value is number => typeof value === 'number' && Number.isFinite(value))
    ? [...values]
    : undefined;
}

export function personName(json: DicomJson, tag: string): DicomJsonPersonName {
  const value = json[tag]?.Value?.[0];
  return isObject(value) ? value : {};
}

function isObject(value: DicomJsonValue | undefined): value is DicomJsonPersonName | DicomJson {
  return typeof value === 'object' && value !== null;
}
