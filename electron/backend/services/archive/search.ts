import type { Statement } from 'better-sqlite3';
import type { StudyCounts, StudyFilter, StudySort } from '#shared/contract/study.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { foldText } from '#shared/domain/search-text.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import { StudyIndex } from './study-index.ts';
import type { FoundPage, IndexedStudy } from './study-index.ts';

interface SearchRow {
  study_key: number;
  issuer: string;
  patient_id: string;
  name_alphabetic: string;
  name_ideographic: string;
  name_phonetic: string;
  birth_date: string;
  study_date: string;
  study_time: string;
  description: string;
  accession_number: string;
  facility: string;
  modalities: string;
  body_parts: string;
  instance_count: number;
  received_at_ms: number;
  opened_at_ms: number;
}

const SELECT = `
  SELECT study_key, issuer, patient_id, name_alphabetic, name_ideographic, name_phonetic, birth_date, study_date,
    study_time, description, accession_number, facility, modalities, body_parts, instance_count, received_at_ms,
    opened_at_ms
  FROM studies JOIN patients USING (patient_key) WHERE is_in_bin = 0`;

/** Keeps the index in memory equal to the database. */
export class Search {
  readonly #all: Statement<[], SearchRow>;
  readonly #one: Statement<[StudyKey], SearchRow>;
  #index: StudyIndex | undefined;

  constructor(database: ArchiveDatabase) {
    this.#all = database.prepare(SELECT);
    this.#one = database.prepare(`${SELECT} AND study_key = ?`);
  }

  find(filter: StudyFilter, sort: StudySort, offset: number, limit: number): FoundPage {
    return this.#loaded().find(filter, sort, offset, limit);
  }

  count(filter: StudyFilter): StudyCounts {
    return this.#loaded().count(filter);
  }

  /** Reads studies again that were added, changed, removed or brought back. */
  refresh(studyKeys: Iterable<StudyKey>): void {
    const index = this.#index;
    if (!index) return;
    for (const studyKey of studyKeys) {
      const row = this.#one.get(studyKey);
      if (row) index.put(indexedStudy(row));
      else index.remove(studyKey);
    }
  }

  #loaded(): StudyIndex {
    if (this.#index) return this.#index;
    const index = new StudyIndex();
    for (const row of this.#all.iterate()) index.put(indexedStudy(row));
    this.#index = index;
    return index;
  }
}

function indexedStudy(row: SearchRow): IndexedStudy {
  const fold = (text: string) => foldText(text).text;
  const name = [row.name_phonetic, row.name_alphabetic, row.name_ideographic].map(fold);
  const description = fold(row.description);
  const patientId = fold(row.patient_id);
  const accessionNumber = fold(row.accession_number);
  const facility = fold(row.facility);
  const modalities = row.modalities.split(',').map(fold);
  const bodyParts = row.body_parts.split(',').map(fold);
  return {
    studyKey: row.study_key as StudyKey,
    text: [
      ...name,
      patientId,
      row.study_date,
      description,
      accessionNumber,
      facility,
      ...modalities,
      ...bodyParts,
    ]
      .filter((field) => field !== '')
      .join('\n'),
    modalities: row.modalities,
    facility: row.facility,
    studyDate: row.study_date,
    isUnread: row.opened_at_ms === 0,
    sortKeys: {
      studyDate: row.study_date + row.study_time,
      patientName: name.find((each) => each !== '') ?? '',
      patientId,
      birthDate: row.birth_date,
      modalities: row.modalities,
      description,
      accessionNumber,
      facility,
      instanceCount: row.instance_count,
      receivedAt: row.received_at_ms,
    },
  };
}
