import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'vitest';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { describeImages } from '#shared/dicom/image-description.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import { readFromMemory } from './dicom-files.ts';
import { root } from './workstation.ts';

/** Folder of real public files; beside the project where they are at hand, never part of it. */
const realFiles = path.join(root, '../shared/dicom');

/** The folder's files by path; skips the test where they are not at hand. */
export function realDicomFiles(context: TestContext, folder: string): string[] {
  const directory = path.join(realFiles, folder);
  if (!existsSync(directory)) context.skip(`the public files of ${folder} are not beside the project`);
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** What DICOMweb's metadata call answers for one file. */
export function metadataOfFile(file: string): DicomJson {
  const instance = readFromMemory(readFileSync(file));
  return { ...instance.metadata, '00083002': { vr: 'UI', Value: [instance.transferSyntaxUid] } };
}

export function imagesOfFiles(files: readonly string[]): ImageDescription[] {
  return files.flatMap((file) => describeImages(metadataOfFile(file)));
}
