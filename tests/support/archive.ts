import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { composeBackend } from '#backend/compose.ts';
import type { Backend } from '#backend/compose.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { backendContracts } from '#shared/contract/index.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { ImportTotals } from '#shared/contract/import.ts';
import type { ProblemCode } from '#shared/domain/problem.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Client } from '#shared/rpc/connect.ts';
import { createMemoryPortPair } from '#shared/rpc/memory-port.ts';
import { aFile, element, imageShape } from './dicom-files.ts';

export interface ImportEnd {
  readonly totals: ImportTotals;
  readonly wasCancelled: boolean;
  readonly problem: ProblemCode | null;
}

export interface TestArchive {
  readonly backend: Backend;
  readonly client: Client<BackendContracts>;
  /** Imports paths and waits for the end. */
  import(...paths: readonly string[]): Promise<ImportEnd>;
  close(): Promise<void>;
}

/** The real backend of a data folder, in this process, with real helper processes. */
export function openTestArchive(dataDir: string): TestArchive {
  const backend = composeBackend(dataDir, forkHelper);
  const [near, far] = createMemoryPortPair();
  backend.attach(far);
  const { client } = new RpcConnection(backendContracts, near);
  return {
    backend,
    client,
    import: (...paths) => endOf(client, () => client.archive.startImport({ paths: [...paths] })),
    close: () => backend.close(),
  };
}

/** Starts an import and waits for its end. */
export async function endOf(
  client: Client<BackendContracts>,
  start: () => Promise<{ jobId: string }>,
): Promise<ImportEnd> {
  const ends = new Map<string, ImportEnd>();
  let wake = () => {};
  const stop = client.archive.on('importEnded', ({ jobId, ...end }) => {
    ends.set(jobId, end);
    wake();
  });
  try {
    const { jobId } = await start();
    for (;;) {
      const end = ends.get(jobId);
      if (end) return end;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
  }
}

/** What tests say of an instance; everything else is the same for all. */
export interface InstanceShape {
  readonly patientId?: string;
  readonly issuer?: string;
  readonly name?: string;
  readonly birthDate?: string;
  readonly sex?: string;
  readonly study?: number;
  readonly studyDate?: string;
  readonly studyTime?: string;
  readonly description?: string;
  readonly accessionNumber?: string;
  readonly facility?: string;
  readonly modality?: string;
  readonly bodyPart?: string;
  readonly series?: number;
  readonly number?: number;
  /** Overrides the UID that study, series and number give. */
  readonly sopUid?: string;
  readonly frames?: number;
  /** Value of every pixel: another one makes another data set under the same UID. */
  readonly pixel?: number;
  /** Edge of the square image. */
  readonly size?: number;
}

const ROOT_UID = '1.2.826.0.1.3680043.8.498.7';

export const studyUidOf = (study: number) => `${ROOT_UID}.${study}`;

/** A small CT image as a file. */
export function instanceFile(shape: InstanceShape = {}): Buffer {
  const { study = 1, series = 1, number = 1, size = 8, frames, pixel = 0 } = shape;
  const pixels = new Uint8Array(size * size * 2 * (frames ?? 1)).fill(pixel);
  const text = (tag: string, vr: string, value: string | undefined) =>
    value === undefined ? [] : [element(tag, vr, value)];
  return aFile([
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element('00080018', 'UI', shape.sopUid ?? `${studyUidOf(study)}.${series}.${number}`),
    element('0020000D', 'UI', studyUidOf(study)),
    element('0020000E', 'UI', `${studyUidOf(study)}.${series}`),
    element('00080020', 'DA', shape.studyDate ?? '20240115'),
    ...text('00080030', 'TM', shape.studyTime),
    element('00080060', 'CS', shape.modality ?? 'CT'),
    ...text('00080050', 'SH', shape.accessionNumber),
    element('00080080', 'LO', shape.facility ?? '島の診療所'),
    ...text('00081030', 'LO', shape.description),
    ...text('00180015', 'CS', shape.bodyPart),
    element('00100010', 'PN', shape.name ?? 'YAMADA^HANAKO=山田^花子=ヤマダ^ハナコ'),
    element('00100020', 'LO', shape.patientId ?? '1001'),
    ...text('00100021', 'LO', shape.issuer),
    element('00100030', 'DA', shape.birthDate ?? '19500102'),
    element('00100040', 'CS', shape.sex ?? 'F'),
    element('00200011', 'IS', String(series)),
    element('00200013', 'IS', String(number)),
    ...imageShape({ rows: size, columns: size, ...(frames !== undefined && { frames }) }),
    element('7FE00010', 'OW', pixels),
  ]);
}

/** Writes instances into a folder, each under a name of its own. Returns the paths. */
export function writeInstances(folder: string, shapes: readonly InstanceShape[], prefix = 'image'): string[] {
  return shapes.map((shape, index) => {
    const file = path.join(folder, `${prefix}-${String(index).padStart(4, '0')}.dcm`);
    writeFileSync(file, instanceFile(shape));
    return file;
  });
}
