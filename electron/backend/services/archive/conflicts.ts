import type { Statement } from 'better-sqlite3';
import { inflateRawSync } from 'node:zlib';
import type { Conflict } from '#shared/contract/study.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import type { SeriesUid, SopUid, StudyKey } from '#shared/domain/identifiers.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

/** More would help nobody to tell two files apart. */
const DIFFERENCES_SHOWN = 100;
const VALUE_LENGTH_SHOWN = 200;

/** Files kept aside because another file with the same SOP Instance UID was here first. */
export function createConflicts(database: ArchiveDatabase) {
  const ofStudy: Statement<
    [StudyKey],
    {
      conflict_key: number;
      sop_uid: string;
      series_uid: string;
      received_at_ms: number;
      byte_length: number;
      arrived: Uint8Array;
      archived: Uint8Array;
    }
  > = database.prepare(`
    SELECT conflict_key, conflicts.sop_uid, series_uid, conflicts.received_at_ms, conflicts.byte_length,
      conflicts.metadata AS arrived, instances.metadata AS archived
    FROM conflicts JOIN instances USING (sop_uid) WHERE study_key = ? ORDER BY conflict_key`);

  return {
    list(studyKey: StudyKey): Conflict[] {
      return ofStudy.all(studyKey).map((row) => ({
        conflictKey: row.conflict_key,
        sopUid: row.sop_uid as SopUid,
        seriesUid: row.series_uid as SeriesUid,
        receivedAtMs: row.received_at_ms,
        byteCount: row.byte_length,
        differences: row.arrived.length === 0 ? [] : differences(inflate(row.archived), inflate(row.arrived)),
      }));
    },
  };
}

function inflate(metadata: Uint8Array): DicomJson {
  return JSON.parse(inflateRawSync(metadata).toString('utf8')) as DicomJson;
}

function differences(archived: DicomJson, arrived: DicomJson): Conflict['differences'] {
  return [...new Set([...Object.keys(archived), ...Object.keys(arrived)])]
    .sort()
    .map((tag) => ({ tag, archived: valueText(archived[tag]), arrived: valueText(arrived[tag]) }))
    .filter((each) => each.archived !== each.arrived)
    .slice(0, DIFFERENCES_SHOWN)
    .map(({ tag, ...texts }) => ({
      tag,
      archived: texts.archived.slice(0, VALUE_LENGTH_SHOWN),
      arrived: texts.arrived.slice(0, VALUE_LENGTH_SHOWN),
    }));
}

function valueText(attribute: DicomJson[string] | undefined): string {
  if (!attribute) return '';
  if (attribute.InlineBinary !== undefined) return attribute.InlineBinary;
  return (attribute.Value ?? [])
    .map((value) =>
      typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? ''),
    )
    .join('\\');
}
