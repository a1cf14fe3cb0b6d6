import { array, assert, boolean, constantFrom, integer, oneof, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { StudyFilter } from '#shared/contract/study.ts';
import type { StudySort, StudySortColumn } from '#shared/contract/study.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { searchWords } from '#shared/domain/search-text.ts';
import { StudyIndex } from '#backend/services/archive/study-index.ts';
import type { IndexedStudy } from '#backend/services/archive/study-index.ts';

/** The archive as a list, searched the plain way. */
class Model {
  readonly studies = new Map<StudyKey, IndexedStudy>();

  sortKey(column: StudySortColumn, study: IndexedStudy): string | number {
    if (column === 'studyDate') return `${study.studyDate}${study.studyTime}`;
    if (column === 'instanceCount') return study.text.length;
    return column === 'modalities' ? study.modalities : study.text;
  }

  passing(filter: StudyFilter): IndexedStudy[] {
    return [...this.studies.values()].filter(
      (study) =>
        searchWords(filter.text).every((words) => words.some((word) => study.text.includes(word))) &&
        (filter.modalities.length === 0 ||
          study.modalities.split(',').some((each) => filter.modalities.includes(each))) &&
        (filter.facilities.length === 0 || filter.facilities.includes(study.facility)) &&
        (filter.dateFrom === '' || study.studyDate >= filter.dateFrom) &&
        (filter.dateTo === '' || (study.studyDate !== '' && study.studyDate <= filter.dateTo)) &&
        (filter.readState === 'any' || study.isUnread === (filter.readState === 'unread')),
    );
  }

  find(filter: StudyFilter, { column, descending }: StudySort): StudyKey[] {
    const sorted = this.passing(filter).sort((a, b) => {
      const [own, other] = [this.sortKey(column, a), this.sortKey(column, b)];
      if (own !== other) return own < other ? -1 : 1;
      return (column === 'studyDate' ? 1 : -1) * this.#age(a, b);
    });
    return (descending ? sorted.reverse() : sorted).map(({ studyKey }) => studyKey);
  }

  #age(a: IndexedStudy, b: IndexedStudy): number {
    const [own, other] = [a.studyDate + a.studyTime, b.studyDate + b.studyTime];
    if (own !== other) return own < other ? -1 : 1;
    return a.studyKey - b.studyKey;
  }
}

const study = record({
  studyKey: integer({ min: 1, max: 12 }),
  text: constantFrom('やまた\nyamata', 'やまもと\n12345', 'さとお\n山田', 'ct\n12'),
  modalities: constantFrom('', 'CT', 'CT,PR', 'MR', 'MR,CT'),
  facility: constantFrom('', 'A', 'B'),
  studyDate: constantFrom('', '20240101', '20240102', '20250101'),
  studyTime: constantFrom('', '090000', '101530'),
  isUnread: boolean(),
});
const change = oneof({ weight: 4, arbitrary: study }, { weight: 1, arbitrary: integer({ min: 1, max: 12 }) });
const question = record({
  text: constantFrom('', 'や', 'やま', 'やまだ', '山', '12', 'ct 12', 'さとう', 'zz'),
  modalities: constantFrom([], ['CT'], ['PR', 'MR']),
  facilities: constantFrom([], ['A'], ['A', '']),
  dateFrom: constantFrom('', '20240102'),
  dateTo: constantFrom('', '20240131'),
  readState: constantFrom('any' as const, 'unread' as const, 'read' as const),
  // One that is the base of all others, and two that fall back on it.
  column: constantFrom('studyDate' as const, 'instanceCount' as const, 'modalities' as const),
  descending: boolean(),
  offset: integer({ min: 0, max: 4 }),
  limit: integer({ min: 1, max: 5 }),
});

test('finds, counts and sorts as a plain list would, whatever changed in between', () => {
  assert(
    property(array(oneof(change, question), { minLength: 10, maxLength: 80, size: 'max' }), (steps) => {
      const model = new Model();
      const index = new StudyIndex({
        all: (column) =>
          new Map([...model.studies.values()].map((each) => [each.studyKey, model.sortKey(column, each)])),
        one: (column, key) => {
          const found = model.studies.get(key);
          return found ? model.sortKey(column, found) : '';
        },
      });
      for (const step of steps) {
        if (typeof step === 'number') {
          model.studies.delete(step as StudyKey);
          index.remove(step as StudyKey);
        } else if ('studyKey' in step) {
          const changed = step as IndexedStudy;
          model.studies.set(changed.studyKey, changed);
          index.put(changed);
        } else {
          const { column, descending, offset, limit, ...given } = step;
          const filter = StudyFilter.parse(given);
          const sort = { column, descending };
          const all = model.find(filter, sort);
          expect(index.find(filter, sort, offset, limit)).toEqual({
            total: all.length,
            studyKeys: all.slice(offset, offset + limit),
          });
          const counts = index.count(filter);
          expect(counts.total).toBe(all.length);
          expect(counts.unread).toBe(model.passing(filter).filter(({ isUnread }) => isUnread).length);
          for (const { modality, count } of counts.byModality) {
            const withModality = model.passing({ ...filter, modalities: [modality] });
            expect([modality, count]).toEqual([modality, withModality.length]);
          }
          for (const { facility, count } of counts.byFacility) {
            expect(count).toBe(model.passing({ ...filter, facilities: [facility] }).length);
          }
        }
      }
      expect(index.size).toBe(model.studies.size);
    }),
    { numRuns: 1000 },
  );
});
