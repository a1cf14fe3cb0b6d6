import { walkDataSet } from '#shared/dicom/data-set-walk.ts';
import { toDicomJson } from '#shared/dicom/dicom-json.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { MEDIA_STORAGE_DIRECTORY, readFileStart } from '#shared/dicom/file-meta.ts';
import { limits } from '#shared/dicom/limits.ts';
import { Refusal } from '#shared/domain/refusal.ts';
import { vrOf } from './dictionary.ts';
import { fileSource, openRegularFile } from './file-bytes.ts';

const DIRECTORY_RECORD_SEQUENCE = '00041220';
const RECORD_IN_USE_FLAG = '00041410';
const REFERENCED_FILE_ID = '00041500';

/**
 * The files a DICOMDIR (PS3.3 annex F) refers to, each as the names that lead to it. Every record is
 * taken wherever it hangs in the tree: the images say themselves whose they are.
 *
 * @throws Refusal `directory-malformed`
 */
export function readMediaDirectory(path: string): string[][] {
  const file = openRegularFile(path);
  try {
    const source = fileSource(file);
    const { transferSyntax, dataSetOffset, mediaStorageSopClassUid } = readFileStart(source);
    if (mediaStorageSopClassUid !== MEDIA_STORAGE_DIRECTORY) {
      throw new Refusal('directory-malformed', 'no Media Storage Directory');
    }
    const walked = walkDataSet(source, dataSetOffset, { ...transferSyntax, vrOf, acceptsTruncation: true });
    return referencedFiles(toDicomJson(walked, { toBase64: () => '', bulkDataUri: () => '' }));
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal('directory-malformed', error.detail);
    throw error;
  } finally {
    file.close();
  }
}

function referencedFiles(directory: DicomJson): string[][] {
  const files: string[][] = [];
  for (const record of directory[DIRECTORY_RECORD_SEQUENCE]?.Value ?? []) {
    if (typeof record !== 'object' || record === null) continue;
    const attributes = record as DicomJson;
    // 0: the record is left over and its file is gone.
    if (attributes[RECORD_IN_USE_FLAG]?.Value?.[0] === 0) continue;
    const names = attributes[REFERENCED_FILE_ID]?.Value;
    if (names) files.push(names.map((name) => (typeof name === 'string' ? name : '')));
    if (files.length > limits.directoryFiles) {
      throw new Refusal('directory-malformed', `more than ${limits.directoryFiles} files`);
    }
  }
  return files;
}
