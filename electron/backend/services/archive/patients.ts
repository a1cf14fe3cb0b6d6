import type { Statement } from 'better-sqlite3';
import type { PatientSummary, SamePatientCandidate } from '#shared/contract/study.ts';
import type { PatientKey } from '#shared/domain/identifiers.ts';
import type { Principal } from '#shared/domain/principal.ts';
import { foldedText } from '#shared/domain/search-text.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import { PATIENT_COLUMNS, patientSummary } from './study-rows.ts';
import type { PatientRow } from './study-rows.ts';

interface Decision {
  smaller_patient_key: number;
  larger_patient_key: number;
  is_same: number;
  person: string;
  decided_at_ms: number;
}

/** Which patient records are one person: never decided here, only proposed, asked and remembered. */
export function createPatients(database: ArchiveDatabase) {
  const prepare = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);
  const byKey = prepare<PatientRow>(`SELECT ${PATIENT_COLUMNS} FROM patients WHERE patient_key = ?`);
  const bornThen = prepare<PatientRow>(
    `SELECT ${PATIENT_COLUMNS} FROM patients WHERE birth_date = ? AND sex = ? AND patient_key <> ?`,
  );
  const countStudies = prepare<{ count: number }>(
    'SELECT count(*) AS count FROM studies WHERE patient_key = ? AND is_in_bin = 0',
  );
  /** For each pair the last word counts. */
  const decisionsAbout = prepare<Decision>(`
    SELECT smaller_patient_key, larger_patient_key, is_same, person, decided_at_ms
    FROM same_patient_decisions d
    WHERE (smaller_patient_key = @key OR larger_patient_key = @key) AND decision_key = (
      SELECT max(decision_key) FROM same_patient_decisions e
      WHERE e.smaller_patient_key = d.smaller_patient_key AND e.larger_patient_key = d.larger_patient_key)`);
  const insertDecision = prepare(`
    INSERT INTO same_patient_decisions (smaller_patient_key, larger_patient_key, is_same, person, role, device,
      factor, decided_at_ms)
    VALUES (@smaller, @larger, @isSame, @person, @role, @device, @factor, @nowMs)`);

  const otherOf = (decision: Decision, key: number) =>
    decision.smaller_patient_key === key ? decision.larger_patient_key : decision.smaller_patient_key;

  const confirmedWith = (key: number) =>
    decisionsAbout.all({ key }).filter((decision) => decision.is_same === 1);

  function candidate(row: PatientRow, decision: Decision | undefined): SamePatientCandidate {
    return {
      patient: patientSummary(row),
      studyCount: countStudies.get(row.patient_key)?.count ?? 0,
      confirmed: decision ? { person: decision.person, atMs: decision.decided_at_ms } : null,
    };
  }

  return {
    find(patientKey: PatientKey): PatientSummary | undefined {
      const row = byKey.get(patientKey);
      return row && patientSummary(row);
    },

    /** All other records of this person, over any number of confirmations. */
    confirmedSame(patientKey: PatientKey): PatientKey[] {
      const found = new Set<number>([patientKey]);
      for (const key of found) for (const decision of confirmedWith(key)) found.add(otherOf(decision, key));
      found.delete(patientKey);
      return [...found] as PatientKey[];
    },

    /** Records already confirmed, then others with the same kana name, date of birth and sex. */
    listCandidates(patientKey: PatientKey): SamePatientCandidate[] {
      const own = byKey.get(patientKey);
      if (!own) return [];
      const decided = new Map(confirmedWith(patientKey).map((each) => [otherOf(each, patientKey), each]));
      const confirmed = [...decided].flatMap(([key, decision]) => {
        const row = byKey.get(key);
        return row ? [candidate(row, decision)] : [];
      });
      if (own.birth_date === '') return confirmed;
      const proposed = bornThen
        .all(own.birth_date, own.sex, patientKey)
        .filter((row) => !decided.has(row.patient_key) && haveSameName(own, row))
        .map((row) => candidate(row, undefined));
      return [...confirmed, ...proposed];
    },

    decide(
      patientKeys: readonly [PatientKey, PatientKey],
      isSame: boolean,
      by: Principal,
      nowMs: number,
    ): void {
      const { person, role, device, factor } = by;
      const [smaller, larger] = [Math.min(...patientKeys), Math.max(...patientKeys)];
      insertDecision.run({ smaller, larger, isSame: isSame ? 1 : 0, person, role, device, factor, nowMs });
    },
  };
}

/** By kana where both have it; else by the name in Latin letters, which foreigners have instead. */
function haveSameName(a: PatientRow, b: PatientRow): boolean {
  const hasKana = a.name_phonetic !== '' && b.name_phonetic !== '';
  const [own, other] = hasKana ? [a.name_phonetic, b.name_phonetic] : [a.name_alphabetic, b.name_alphabetic];
  const folded = foldedText(own);
  return folded !== '' && folded === foldedText(other);
}
