import { data } from 'dcmjs';

const { nameMap } = data.DicomMetaDictionary;

/** 'PatientName' -> '00100010', DICOM PS3.6 table 6-1; undefined for what is no keyword. */
export function tagOfKeyword(keyword: string): string | undefined {
  const digits = /^\(([0-9A-F]{4}),([0-9A-F]{4})\)$/i.exec(String(nameMap[keyword]?.tag));
  return digits ? `${digits[1]}${digits[2]}`.toUpperCase() : undefined;
}
