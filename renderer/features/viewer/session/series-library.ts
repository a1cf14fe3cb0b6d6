import type { SeriesSummary, StudySummary } from '#shared/contract/study.ts';
import type { SeriesUid, StudyKey } from '#shared/domain/identifiers.ts';
import { studyRoleOrder } from './study-role.ts';
import type { StudyRole } from './study-role.ts';
import { openSeries } from '#renderer/imaging/index.ts';
import type { ImageStack, SeriesModel } from '#renderer/imaging/index.ts';

/** One series of an opened study and how far its header is read. */
export interface LibrarySeries {
  readonly studyKey: StudyKey;
  readonly summary: SeriesSummary;
  readonly status: 'waiting' | 'reading' | 'ready' | 'failed';
  readonly model: SeriesModel | undefined;
}

export interface LibraryStudy {
  readonly summary: StudySummary;
  readonly role: StudyRole;
  /** Undefined until its list of series was asked for. */
  readonly series: readonly LibrarySeries[] | undefined;
}

/** Headers of large series take a while: two at a time leave room for the first pixels. */
const READ_AT_ONCE = 2;

/** The studies and series that can be shown, read in the order in which they are wanted. */
export class SeriesLibrary {
  readonly #listeners = new Set<() => void>();
  #studies: readonly LibraryStudy[] = [];

  readonly snapshot = (): readonly LibraryStudy[] => this.#studies;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Adds a study, or fills in the series of a known one; series already read stay so. */
  add(summary: StudySummary, role: StudyRole, series?: readonly SeriesSummary[]): void {
    const known = this.study(summary.studyKey);
    const added: LibraryStudy = {
      summary,
      role: known?.role ?? role,
      series:
        series?.map(
          (each) =>
            this.find(summary.studyKey, each.seriesUid) ?? {
              studyKey: summary.studyKey,
              summary: each,
              status: 'waiting',
              model: undefined,
            },
        ) ?? known?.series,
    };
    this.#set(
      known
        ? this.#studies.map((study) => (study === known ? added : study))
        : [...this.#studies, added].toSorted(byRoleAndDate),
    );
  }

  study(studyKey: StudyKey): LibraryStudy | undefined {
    return this.#studies.find(({ summary }) => summary.studyKey === studyKey);
  }

  find(studyKey: StudyKey, seriesUid: SeriesUid): LibrarySeries | undefined {
    return this.study(studyKey)?.series?.find(({ summary }) => summary.seriesUid === seriesUid);
  }

  /** The named stack, or the first of the series; undefined until its header is read. */
  stack(studyKey: StudyKey, seriesUid: SeriesUid, stackId: string | undefined): ImageStack | undefined {
    const stacks = this.find(studyKey, seriesUid)?.model?.stacks;
    return stacks?.find(({ id }) => id === stackId) ?? stacks?.[0];
  }

  /** Reads the header of a series; the same one is never read twice. */
  async read(studyKey: StudyKey, seriesUid: SeriesUid): Promise<SeriesModel | undefined> {
    const series = this.find(studyKey, seriesUid);
    const study = this.study(studyKey);
    if (!series || !study) return undefined;
    if (series.model) return series.model;
    this.#change(series, { status: 'reading' });
    try {
      const model = await openSeries(study.summary.studyUid, seriesUid, studyKey, study.summary.patient);
      this.#change(series, { status: 'ready', model });
      return model;
    } catch {
      this.#change(series, { status: 'failed' });
      return undefined;
    }
  }

  /** Reads all series of a study, in their order, a few at a time. */
  async readAll(studyKey: StudyKey): Promise<void> {
    const waiting = (this.study(studyKey)?.series ?? []).filter(
      ({ status }) => status === 'waiting' || status === 'reading',
    );
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await this.read(studyKey, next.summary.seriesUid);
      }
    };
    await Promise.all(Array.from({ length: READ_AT_ONCE }, work));
  }

  #change(series: LibrarySeries, change: Partial<LibrarySeries>): void {
    const { studyKey, summary } = series;
    this.#set(
      this.#studies.map((study) =>
        study.summary.studyKey === studyKey
          ? {
              ...study,
              series: study.series?.map((each) =>
                each.summary.seriesUid === summary.seriesUid ? { ...each, ...change } : each,
              ),
            }
          : study,
      ),
    );
  }

  #set(studies: readonly LibraryStudy[]): void {
    this.#studies = studies;
    for (const listener of this.#listeners) listener();
  }
}

/** The opened study first, then the others from the newest to the oldest. */
function byRoleAndDate(a: LibraryStudy, b: LibraryStudy): number {
  const order = studyRoleOrder(a.role) - studyRoleOrder(b.role);
  if (order !== 0) return order;
  const dateOf = ({ summary }: LibraryStudy) => `${summary.studyDate}${summary.studyTime}`;
  return dateOf(b).localeCompare(dateOf(a));
}
