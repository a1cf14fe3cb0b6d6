import { getFileNameLowLevel } from 'yauzl';
import type { Entry } from 'yauzl';

const IS_UTF8_FLAG = 0x800;
const UNICODE_PATH_FIELD = 0x7075;

/**
 * Name of a zip entry. The format says code page 437 where it does not say UTF-8, but Japanese Windows
 * writes Shift_JIS there and others write UTF-8 without saying so; whichever decodes without error is it.
 */
export function zipName(entry: Entry): string {
  const isDeclared =
    (entry.generalPurposeBitFlag & IS_UTF8_FLAG) !== 0 ||
    entry.extraFields.some(({ id }) => id === UNICODE_PATH_FIELD);
  const guessed = isDeclared
    ? undefined
    : (decoded(entry.fileNameRaw, 'utf-8') ?? decoded(entry.fileNameRaw, 'shift_jis'));
  return (
    guessed?.replaceAll('\\', '/') ??
    getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false)
  );
}

function decoded(bytes: Buffer, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
