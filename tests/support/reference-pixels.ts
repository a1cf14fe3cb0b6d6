import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from './workstation.ts';

/** Real public files; not part of the project. */
export const sampleFolder = path.join(root, '../shared/dicom');

export interface ReferenceFrame {
  readonly number: number;
  readonly kind: 'grey' | 'colour';
  /** Modality units, or red, green, blue. */
  readonly values: Float64Array | Uint8Array;
}

export interface Reference {
  /** Relative to the folder of samples. */
  readonly file: string;
  readonly decoder: string;
  frames(): Generator<ReferenceFrame>;
}

export interface NoReference {
  readonly file: string;
  readonly reason: string;
}

/** Has every file in `folder` decoded by DCMTK, OpenJPEG and pydicom; see tests/support/reference_pixels.py. */
export async function decodeReferences(
  folder: string,
  target: string,
): Promise<{ references: Reference[]; missing: NoReference[] }> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/\.(md|txt|jpeg|icc|gz)$/i.test(name) && statSync(path.join(folder, name)).isFile())
    .sort();
  const { stdout } = await promisify(execFile)(
    '/usr/bin/python3',
    ['-W', 'ignore', path.join(root, 'tests/support/reference_pixels.py'), target, ...files],
    { cwd: folder, maxBuffer: 256 * 1024 * 1024 },
  );
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
  return {
    references: answers.flatMap((answer) =>
      'skipped' in answer ? [] : [{ ...answer, frames: () => readFrames(answer.frames, target) }],
    ),
    missing: answers.flatMap((answer) =>
      'skipped' in answer ? [{ file: answer.file, reason: answer.skipped.split('\n')[0] ?? '' }] : [],
    ),
  };
}

type Answer =
  | { file: string; skipped: string }
  | { file: string; decoder: string; frames: { number: number; kind: 'grey' | 'colour'; data: string }[] };

function* readFrames(
  frames: readonly { number: number; kind: 'grey' | 'colour'; data: string }[],
  target: string,
): Generator<ReferenceFrame> {
  for (const { number, kind, data } of frames) {
    const bytes = new Uint8Array(readFileSync(path.join(target, data)));
    yield { number, kind, values: kind === 'grey' ? new Float64Array(bytes.buffer) : bytes };
  }
}
