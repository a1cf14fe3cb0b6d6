import type { Statement } from 'better-sqlite3';
import type { StudyCounts, StudyFilter, StudySort, StudySortColumn } from '#shared/contract/study.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { foldedText } from '#shared/domain/search-text.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import { countsOf } from './study-counts.ts';
import type { CountedGroup } from './study-counts.ts';
import { StudyIndex } from './study-index.ts';
import type { FoundPage, IndexedStudy } from './study-index.ts';
import type { SortKey } from './study-order.ts';

interface SearchRow {
  study_key: number;
  patient_id: string;
  name_alphabetic: string;
  name_ideographic: string;
  name_phonetic: string;
  study_date: string;
  study_time: string;
  description: string;
  accession_number: string;
  facility: string;
  modalities: string;
  body_parts: string;
  opened_at_ms: number;
}

const COLUMNS = `
  study_key, patient_id, name_alphabetic, name_ideographic, name_phonetic, study_date, study_time, description,
  accession_number, facility, modalities, body_parts, opened_at_ms`;
const TABLES = 'studies JOIN patients USING (patient_key)';

/** By the reading where it is known, as a Japanese list of names is sorted. */
const NAME = `coalesce(nullif(name_phonetic, ''), nullif(name_alphabetic, ''), name_ideographic)`;

const sortExpressions: Readonly<Record<StudySortColumn, string>> = {
  studyDate: 'study_date',
  patientName: NAME,
  patientId: 'patient_id',
  birthDate: 'birth_date',
  modalities: 'modalities',
  description: 'description',
  accessionNumber: 'accession_number',
  facility: 'facility',
  instanceCount: 'instance_count',
  receivedAt: 'received_at_ms',
};

/** Rows read at a time while the index is built beside other work: a few milliseconds. */
const ROWS_PER_SLICE = 1000;

/** Keeps the index in memory equal to the database. */
export class Search {
  readonly #database: ArchiveDatabase;
  readonly #one: Statement<[StudyKey], SearchRow>;
  readonly #keyStatements = new Map<StudySortColumn, Statement<[StudyKey], SortKey>>();
  readonly #index: StudyIndex;
  readonly #folded = new FoldedTexts();
  readonly #countListed: Statement<[], number>;
  readonly #newest: Statement<[limit: number, offset: number], StudyKey>;
  readonly #groups: Statement<[], CountedGroup>;
  #loading: Promise<void> | undefined;
  #isLoaded = false;

  constructor(database: ArchiveDatabase) {
    this.#database = database;
    this.#one = database.prepare(`SELECT ${COLUMNS} FROM ${TABLES} WHERE study_key = ? AND is_in_bin = 0`);
    this.#countListed = database
      .prepare<[], number>('SELECT count(*) FROM studies WHERE is_in_bin = 0')
      .pluck();
    this.#newest = database
      .prepare<[number, number], StudyKey>(`
        SELECT study_key FROM studies WHERE is_in_bin = 0
        ORDER BY study_date DESC, study_time DESC, study_key DESC LIMIT ? OFFSET ?`)
      .pluck();
    this.#groups = database.prepare(`
      SELECT modalities, facility, count(*) AS total, sum(opened_at_ms = 0) AS unread
      FROM studies WHERE is_in_bin = 0 GROUP BY modalities, facility`);
    this.#index = new StudyIndex({
      all: (column) => this.#sortKeys(column),
      one: (column, studyKey) => this.#sortKey(column, studyKey),
    });
  }

  async find(filter: StudyFilter, sort: StudySort, offset: number, limit: number): Promise<FoundPage> {
    const loading = this.#load();
    // The first worklist after a start does not wait for the index.
    if (!this.#isLoaded && isEmpty(filter) && sort.column === 'studyDate' && sort.descending) {
      return { total: this.#countListed.get() ?? 0, studyKeys: this.#newest.all(limit, offset) };
    }
    await loading;
    return this.#index.find(filter, sort, offset, limit);
  }

  async count(filter: StudyFilter): Promise<StudyCounts> {
    const loading = this.#load();
    if (!this.#isLoaded && isEmpty(filter)) return countsOf(this.#groups.all());
    await loading;
    return this.#index.count(filter);
  }

  /** Reads studies again that were added, changed, removed or brought back. */
  refresh(studyKeys: Iterable<StudyKey>): void {
    if (!this.#loading) return;
    for (const studyKey of studyKeys) {
      const row = this.#one.get(studyKey);
      if (row) this.#index.put(this.#indexed(row));
      else this.#index.remove(studyKey);
    }
  }

  #load(): Promise<void> {
    if (this.#loading) return this.#loading;
    const loading = this.#read().then(
      () => {
        this.#isLoaded = true;
      },
      (error: unknown) => {
        // The next search tries again.
        this.#loading = undefined;
        throw error;
      },
    );
    // Whoever does not wait for it need not know.
    loading.catch(() => {});
    this.#loading = loading;
    return loading;
  }

  /**
   * In slices, so that nobody waits for a large archive to be read, and from old to new, so that the
   * order by date need not be sorted.
   */
  async #read(): Promise<void> {
    const slice = this.#database.prepare<unknown[], SearchRow>(`
      SELECT ${COLUMNS} FROM ${TABLES}
      WHERE (study_date, study_time, study_key) > (?, ?, ?) AND is_in_bin = 0
      ORDER BY study_date, study_time, study_key LIMIT ${ROWS_PER_SLICE}`);
    let last: [date: string, time: string, key: number] = ['', '', 0];
    for (;;) {
      const rows = slice.all(...last);
      for (const row of rows) this.#index.put(this.#indexed(row));
      const end = rows.at(-1);
      if (!end) return;
      last = [end.study_date, end.study_time, end.study_key];
      await new Promise(setImmediate);
      if (!this.#database.open) throw new Error('the archive was closed');
    }
  }

  #indexed(row: SearchRow): IndexedStudy {
    const fields = [
      row.name_phonetic,
      row.name_alphabetic,
      row.name_ideographic,
      row.description,
      row.facility,
      ...row.modalities.split(','),
      ...row.body_parts.split(','),
    ].map((field) => this.#folded.of(field));
    const numbers = [row.study_date, foldedText(row.patient_id), foldedText(row.accession_number)];
    return {
      studyKey: row.study_key as StudyKey,
      text: [...numbers, ...fields].filter((field) => field !== '').join('\n'),
      modalities: row.modalities,
      facility: row.facility,
      studyDate: row.study_date,
      studyTime: row.study_time,
      isUnread: row.opened_at_ms === 0,
    };
  }

  #sortKeys(column: StudySortColumn): ReadonlyMap<StudyKey, SortKey> {
    const rows = this.#database
      .prepare<[], [number, SortKey]>(
        `SELECT study_key, ${sortExpressions[column]} FROM ${TABLES} WHERE is_in_bin = 0`,
      )
      .raw()
      .all();
    return new Map(rows.map(([studyKey, key]) => [studyKey as StudyKey, this.#comparable(key)]));
  }

  #sortKey(column: StudySortColumn, studyKey: StudyKey): SortKey {
    let statement = this.#keyStatements.get(column);
    if (!statement) {
      statement = this.#database
        .prepare<[StudyKey], SortKey>(`SELECT ${sortExpressions[column]} FROM ${TABLES} WHERE study_key = ?`)
        .pluck();
      this.#keyStatements.set(column, statement);
    }
    return this.#comparable(statement.get(studyKey) ?? '');
  }

  #comparable(key: SortKey): SortKey {
    return typeof key === 'number' ? key : foldedText(key);
  }
}

function isEmpty({ text, modalities, facilities, dateFrom, dateTo, readState }: StudyFilter): boolean {
  const hasNothing = text.trim() === '' && dateFrom === '' && dateTo === '' && readState === 'any';
  return hasNothing && modalities.length === 0 && facilities.length === 0;
}

/** Names, facilities and descriptions appear again and again. */
class FoldedTexts {
  readonly #known = new Map<string, string>();

  of(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const folded = foldedText(text);
    if (this.#known.size >= TEXTS_REMEMBERED) this.#known.clear();
    this.#known.set(text, folded);
    return folded;
  }
}

const TEXTS_REMEMBERED = 10_000;
