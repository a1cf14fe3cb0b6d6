import type { Statement } from 'better-sqlite3';
import type { SopUid } from '#shared/domain/identifiers.ts';
import type {
  WebColumn,
  WebCondition,
  WebInstance,
  WebLevel,
  WebRow,
  WebSearch,
  WebSearchResult,
  WebTarget,
} from '#shared/domain/instance-search.ts';
import { foldText, searchWords } from '#shared/domain/search-text.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

/** SQL expression of every column that can be asked for and about. */
const webColumns: Readonly<Record<WebColumn, string>> = {
  studyDate: 'studies.study_date',
  studyTime: 'studies.study_time',
  accessionNumber: 'studies.accession_number',
  studyDescription: 'studies.description',
  studyId: 'studies.study_id',
  studyUid: 'studies.study_uid',
  facility: 'studies.facility',
  referringPhysician: 'studies.referring_physician',
  modalitiesInStudy: 'studies.modalities',
  seriesCount: 'studies.series_count',
  instanceCount: 'studies.instance_count',
  studyEvictedCount: 'studies.evicted_count',
  patientName: 'patients.name_alphabetic',
  nameIdeographic: 'patients.name_ideographic',
  namePhonetic: 'patients.name_phonetic',
  patientId: 'patients.patient_id',
  issuer: 'patients.issuer',
  birthDate: 'patients.birth_date',
  sex: 'patients.sex',
  modality: 'series.modality',
  seriesUid: 'series.series_uid',
  seriesNumber: 'series.series_number',
  seriesDescription: 'series.description',
  bodyPart: 'series.body_part',
  seriesDate: 'series.series_date',
  seriesTime: 'series.series_time',
  seriesInstanceCount: 'series.instance_count',
  sopUid: 'instances.sop_uid',
  sopClassUid: 'instances.sop_class_uid',
  instanceNumber: 'instances.instance_number',
  numberOfFrames: 'instances.number_of_frames',
  transferSyntaxUid: 'instances.transfer_syntax_uid',
};

const levelOf = (column: WebColumn): WebLevel => {
  const table = webColumns[column].split('.')[0];
  return table === 'series' ? 'series' : table === 'instances' ? 'instance' : 'study';
};

const from: Readonly<Record<WebLevel, string>> = {
  study: 'studies JOIN patients USING (patient_key)',
  series: 'series JOIN studies USING (study_key) JOIN patients USING (patient_key)',
  instance:
    'instances JOIN series USING (series_key) JOIN studies USING (study_key) JOIN patients USING (patient_key)',
};

const order: Readonly<Record<WebLevel, string>> = {
  study: 'studies.study_date DESC, studies.study_time DESC, studies.study_key DESC',
  series:
    'studies.study_date DESC, studies.study_time DESC, studies.study_key DESC, series_number, series_key',
  instance:
    'studies.study_date DESC, studies.study_time DESC, studies.study_key DESC, series_number, series_key, ' +
    'instances.instance_number, instance_key',
};

const representative: Readonly<Record<WebLevel, string>> = {
  study: `coalesce(studies.representative_key, (SELECT min(instance_key) FROM instances JOIN series USING (series_key)
    WHERE series.study_key = studies.study_key))`,
  series: `coalesce(series.representative_key,
    (SELECT min(instance_key) FROM instances i WHERE i.series_key = series.series_key))`,
  instance: 'instance_key',
};

const levels: readonly WebLevel[] = ['study', 'series', 'instance'];
const MAXIMUM_CACHED_STATEMENTS = 64;

const INSTANCE_COLUMNS = `instance_key AS instanceKey, study_key AS studyKey, study_uid AS studyUid,
  series_uid AS seriesUid, sop_uid AS sopUid, sop_class_uid AS sopClassUid,
  instances.transfer_syntax_uid AS transferSyntaxUid, number_of_frames AS numberOfFrames,
  file_sha256 AS fileSha256, byte_length AS byteLength, data_set_offset AS dataSetOffset,
  evicted_at_ms IS NOT NULL AS evicted`;
const INSTANCE_FROM = `instances LEFT JOIN evicted_instances USING (instance_key) JOIN series USING (series_key)
  JOIN studies USING (study_key)`;

type InstanceRow = Omit<WebInstance, 'isEvicted'> & { readonly evicted: number };

/** What DICOMweb asks of the archive. What is in the bin is not there. */
export function createDicomwebQueries(database: ArchiveDatabase) {
  const prepare = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);
  const instanceBySopUid = prepare<InstanceRow>(
    `SELECT ${INSTANCE_COLUMNS} FROM ${INSTANCE_FROM} WHERE sop_uid = ? AND is_in_bin = 0`,
  );
  const partsOfFrame = prepare<{ fileOffset: number; byteLength: number; bitOffset: number }>(`
    SELECT file_offset AS fileOffset, byte_length AS byteLength, bit_offset AS bitOffset FROM frame_parts
    WHERE instance_key = ? AND frame_number = ? ORDER BY part_number`);
  const metadata = prepare<{ metadata: Uint8Array }>('SELECT metadata FROM instances WHERE instance_key = ?');
  const representativeOfSeries = prepare<{ key: number | null }>(
    'SELECT representative_key AS key FROM series JOIN instances USING (series_key) WHERE instance_key = ?',
  );
  const cached = new Map<string, Statement>();

  /** Statements made from what clients ask; only their shape is text, never a value. */
  function dynamic<Row>(sql: string): Statement<unknown[], Row> {
    const known = cached.get(sql);
    if (known) return known as Statement<unknown[], Row>;
    if (cached.size >= MAXIMUM_CACHED_STATEMENTS) cached.clear();
    const statement = prepare<Row>(sql);
    cached.set(sql, statement);
    return statement;
  }

  return {
    findInstance(sopUid: SopUid): WebInstance | undefined {
      const row = instanceBySopUid.get(sopUid);
      return row && webInstance(row);
    },

    /** In order of series and instance number. */
    listInstances(target: WebTarget): WebInstance[] {
      const parts = [
        ['study_uid = ?', target.studyUid],
        ['series_uid = ?', target.seriesUid],
        ['patient_id = ?', target.patientId],
        ['issuer = ?', target.issuer],
      ].filter((part): part is [string, string] => part[1] !== undefined);
      const where = ['is_in_bin = 0', ...parts.map(([sql]) => sql)].join(' AND ');
      const sql = `SELECT ${INSTANCE_COLUMNS} FROM ${INSTANCE_FROM} JOIN patients USING (patient_key)
        WHERE ${where} ORDER BY study_key, series_number, series_key, instances.instance_number, instance_key`;
      return dynamic<InstanceRow>(sql)
        .all(...parts.map(([, value]) => value))
        .map(webInstance);
    },

    partsOfFrame: (instanceKey: number, frameNumber: number) => partsOfFrame.all(instanceKey, frameNumber),

    /** DICOM JSON, deflated. */
    metadataOf(instanceKey: number): Uint8Array {
      const row = metadata.get(instanceKey);
      if (!row) throw new Error('no such instance');
      return row.metadata;
    },

    /** The instance that stands for the series of another one: its middle image. */
    representativeOfSeriesOf: (instanceKey: number) =>
      representativeOfSeries.get(instanceKey)?.key ?? undefined,

    search({ level, conditions, offset, limit }: WebSearch): WebSearchResult {
      const where = ['studies.is_in_bin = 0'];
      const values: (string | number)[] = [];
      for (const condition of conditions) {
        if (condition.kind === 'fuzzy-name') continue;
        const [sql, bound] = sqlOf(condition);
        where.push(sql);
        values.push(...bound);
      }
      const fuzzy = conditions.find((condition) => condition.kind === 'fuzzy-name');
      const source = `FROM ${from[level]} WHERE ${where.join(' AND ')}`;
      const select = `SELECT ${columnsOf(level)} ${source} ORDER BY ${order[level]}`;
      if (fuzzy) {
        const matches = nameMatcher(fuzzy.text);
        const rows = [...dynamic<WebRow>(select).iterate(...values)].filter(matches);
        return { rows: rows.slice(offset, offset + limit), total: rows.length };
      }
      const rows = dynamic<WebRow>(`${select} LIMIT ? OFFSET ?`).all(...values, limit, offset);
      const isWhole = offset === 0 && rows.length < limit;
      const total = isWhole
        ? rows.length
        : (dynamic<{ total: number }>(`SELECT count(*) AS total ${source}`).get(...values)?.total ?? 0);
      return { rows, total };
    },
  };
}

function webInstance({ evicted, ...row }: InstanceRow): WebInstance {
  return { ...row, isEvicted: evicted === 1 };
}

function columnsOf(level: WebLevel): string {
  const reach = levels.indexOf(level);
  const names = Object.keys(webColumns) as WebColumn[];
  const columns = names
    .filter((name) => levels.indexOf(levelOf(name)) <= reach)
    .map((name) => `${webColumns[name]} AS ${name}`);
  if (level === 'instance') {
    columns.push(
      `EXISTS (SELECT 1 FROM evicted_instances e WHERE e.instance_key = instances.instance_key) AS evicted`,
    );
  }
  return [...columns, `${representative[level]} AS instanceKey`].join(', ');
}

type Sql = [sql: string, values: (string | number)[]];

function sqlOf(condition: Exclude<WebCondition, { kind: 'fuzzy-name' }>): Sql {
  const column = webColumns[condition.column];
  switch (condition.kind) {
    case 'equals':
      return [`${column} IN (${condition.values.map(() => '?').join(', ')})`, [...condition.values]];
    case 'wildcard':
      return [`${column} GLOB ?`, [globOf(condition.pattern)]];
    case 'range':
      return rangeOf(column, condition.from, condition.to);
    case 'any-of':
      return anyModality(condition.values);
    default:
      return nameOf(condition.column, condition.pattern);
  }
}

/** Values that are missing fit no range. An upper end given to the hour or minute includes all of it. */
function rangeOf(column: string, lowest: string, highest: string): Sql {
  return highest === ''
    ? [`${column} >= ? AND ${column} <> ''`, [lowest]]
    : [`${column} >= ? AND ${column} <= ? AND ${column} <> ''`, [lowest, `${highest}~`]];
}

function anyModality(modalities: readonly string[]): Sql {
  const list = modalities.map(() => '?').join(', ');
  const sql = `EXISTS (SELECT 1 FROM series s WHERE s.study_key = studies.study_key AND s.modality IN (${list}))`;
  return [sql, [...modalities]];
}

/** Trailing carets and spaces mean nothing (PS3.5 section 6.2.1). */
function nameOf(column: 'patientName' | 'referringPhysician', pattern: string): Sql {
  if (column === 'referringPhysician')
    return [`rtrim(${webColumns[column]}, '^ ') LIKE ? ESCAPE '\\'`, [likeOf(pattern)]];
  const groups = ['name_alphabetic', 'name_ideographic', 'name_phonetic'].map((name) => `patients.${name}`);
  const parts = pattern.split('=');
  if (parts.length > 1) {
    const asked = parts.flatMap((part, index) =>
      part === '' || !groups[index] ? [] : [[groups[index], part]],
    );
    const sql = asked.map(([group]) => `rtrim(${group}, '^ ') LIKE ? ESCAPE '\\'`).join(' AND ');
    return [sql === '' ? '1' : sql, asked.map(([, part = '']) => likeOf(part))];
  }
  const sql = groups.map((group) => `rtrim(${group}, '^ ') LIKE ? ESCAPE '\\'`).join(' OR ');
  return [`(${sql})`, groups.map(() => likeOf(pattern))];
}

function likeOf(pattern: string): string {
  const trimmed = pattern.replace(/[\^ ]+$/, '');
  return trimmed
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');
}

function globOf(pattern: string): string {
  return pattern.replaceAll('[', '[[]');
}

function nameMatcher(text: string): (row: WebRow) => boolean {
  const words = searchWords(text.replace(/[\^=*?]/g, ' '));
  return ({ patientName, nameIdeographic, namePhonetic }) => {
    const names = [patientName, nameIdeographic, namePhonetic].map(
      (name) => foldText(String(name ?? '')).text,
    );
    return words.every((alternatives) =>
      alternatives.some((word) => names.some((name) => name.includes(word))),
    );
  };
}
