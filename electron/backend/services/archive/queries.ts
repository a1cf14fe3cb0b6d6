import type { Statement } from 'better-sqlite3';
import type { SeriesUid, SopUid, StudyKey, StudyUid } from '#shared/domain/identifiers.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

/** What the byte interface needs to find one instance. */
export interface StoredInstance {
  readonly sopUid: SopUid;
  readonly studyUid: StudyUid;
  readonly seriesUid: SeriesUid;
  readonly transferSyntaxUid: string;
  readonly fileSha256: string;
  readonly byteLength: number;
  readonly instanceKey: number;
  readonly metadata: Uint8Array;
}

interface InstanceRow {
  instance_key: number;
  sop_uid: string;
  study_uid: string;
  series_uid: string;
  transfer_syntax_uid: string;
  file_sha256: string;
  byte_length: number;
  metadata: Uint8Array;
}

const INSTANCE_COLUMNS = `
  instance_key, sop_uid, study_uid, series_uid, instances.transfer_syntax_uid, file_sha256, byte_length, metadata`;

/** Where the byte interface finds instances and frames. What is in the bin is not there. */
export function createArchiveQueries(database: ArchiveDatabase) {
  const one = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);

  const instancesOfSeries = one<InstanceRow>(`
    SELECT ${INSTANCE_COLUMNS} FROM instances JOIN series USING (series_key) JOIN studies USING (study_key)
    WHERE study_uid = ? AND series_uid = ? AND is_in_bin = 0 ORDER BY instances.instance_number, instance_key`);
  const instanceBySopUid = one<InstanceRow>(`
    SELECT ${INSTANCE_COLUMNS} FROM instances JOIN series USING (series_key) JOIN studies USING (study_key)
    WHERE sop_uid = ? AND is_in_bin = 0`);
  const allInstances = one<InstanceRow>(`
    SELECT ${INSTANCE_COLUMNS} FROM instances JOIN series USING (series_key) JOIN studies USING (study_key)
    WHERE is_in_bin = 0 ORDER BY instance_key LIMIT ? OFFSET ?`);
  const studyOfInstance = one<{ study_key: number }>(
    'SELECT study_key FROM instances JOIN series USING (series_key) WHERE sop_uid = ?',
  );
  const partsOfFrame = one<{ file_offset: number; byte_length: number; bit_offset: number }>(`
    SELECT file_offset, byte_length, bit_offset FROM frame_parts
    WHERE instance_key = ? AND frame_number = ? ORDER BY part_number`);

  return {
    listInstances(studyUid: StudyUid, seriesUid: SeriesUid): StoredInstance[] {
      return instancesOfSeries.all(studyUid, seriesUid).map(storedInstance);
    },

    findInstance(sopUid: SopUid): StoredInstance | undefined {
      const row = instanceBySopUid.get(sopUid);
      return row && storedInstance(row);
    },

    listAllInstances(offset: number, limit: number): StoredInstance[] {
      return allInstances.all(limit, offset).map(storedInstance);
    },

    studyOfInstance(sopUid: SopUid): StudyKey | undefined {
      return studyOfInstance.get(sopUid)?.study_key as StudyKey | undefined;
    },

    partsOfFrame(instanceKey: number, frameNumber: number) {
      return partsOfFrame.all(instanceKey, frameNumber).map((row) => ({
        fileOffset: row.file_offset,
        byteLength: row.byte_length,
        bitOffset: row.bit_offset,
      }));
    },
  };
}

function storedInstance(row: InstanceRow): StoredInstance {
  return {
    sopUid: row.sop_uid as SopUid,
    studyUid: row.study_uid as StudyUid,
    seriesUid: row.series_uid as SeriesUid,
    transferSyntaxUid: row.transfer_syntax_uid,
    fileSha256: row.file_sha256,
    byteLength: row.byte_length,
    instanceKey: row.instance_key,
    metadata: row.metadata,
  };
}
