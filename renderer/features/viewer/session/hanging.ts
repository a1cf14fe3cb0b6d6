import { hangingRules } from '#resources/hanging/index.ts';
import { seriesFacts } from '#shared/dicom/series/series-facts.ts';
import { hangStudy } from '#shared/domain/hang-study.ts';
import type { HungPane, HungStage, HungStudy } from '#shared/domain/hang-study.ts';
import { HangingRule } from '#shared/domain/hanging.ts';
import type { SeriesFacts } from '#shared/domain/series-facts.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { windowPresets } from '../window-presets.ts';
import { isInHounsfieldUnits } from './initial-window.ts';
import type { Layout, PaneContent } from './layout.ts';
import { addStudy } from './open-study.ts';
import type { LibraryStudy } from './series-library.ts';
import type { ViewerSession } from './viewer-session.ts';

/** The rule that was found for a study, and which of its stages is on the screen. */
export interface Hanging {
  readonly hung: HungStudy;
  readonly stage: number;
}

/** Fits everything, and says no more than to begin with the first series. */
const GENERAL_RULE = 'anything';

let rules: readonly HangingRule[] | undefined;

/** Checked at their first use, so that a mistake in a rule is found by a test and not by a doctor. */
export function checkedRules(): readonly HangingRule[] {
  rules ??= hangingRules.map((rule) => HangingRule.parse(rule));
  return rules;
}

/** Hangs a study by rule: at once with what is known, and again when the prior has been read. */
export class HangingBySession {
  readonly #session: ViewerSession;
  #hungLayout: Layout | undefined;

  constructor(session: ViewerSession) {
    this.#session = session;
  }

  /** Shows the first series while the headers of all are read, then what the rules say. */
  async open(): Promise<void> {
    const session = this.#session;
    this.#showFirst();
    const reading = session.library.readAll(session.studyKey);
    const prior = this.#choosePrior();
    const readingPrior = prior && this.#readPrior(prior);
    await reading;
    // Whoever has begun to work keeps what is on the screen.
    if (!this.#isUntouched()) return;
    this.apply(0);
    if (!readingPrior) return;
    await readingPrior;
    if (this.#isUntouched()) this.apply(0);
  }

  /** Hangs again, for instance on the other side; the stage stays if there is one. */
  apply(stage: number): void {
    const session = this.#session;
    const hung = this.#hang();
    const shown = hung?.stages[Math.min(stage, hung.stages.length - 1)];
    if (!hung || !shown) return;
    const hungLayout = this.#layoutOf(shown);
    const layout = hung.ruleId === GENERAL_RULE ? this.#inLastLayout(hungLayout) : hungLayout;
    this.#hungLayout = layout;
    session.update({ layout, hanging: { hung, stage: hung.stages.indexOf(shown) } });
  }

  /** Names the rule behind a layout that was restored, so that its stages can be gone through. */
  async recall(stage: number): Promise<void> {
    const { library, studyKey } = this.#session;
    const prior = this.#choosePrior();
    await Promise.all([library.readAll(studyKey), prior && this.#readPrior(prior)]);
    const hung = this.#hang();
    const isPresent = this.#session.model.getState().hanging !== undefined;
    if (hung && !isPresent) {
      this.#session.update({ hanging: { hung, stage: Math.min(stage, hung.stages.length - 1) } });
    }
  }

  changeStage(direction: 1 | -1): void {
    const { hanging } = this.#session.model.getState();
    if (!hanging) {
      this.apply(0);
      return;
    }
    const count = hanging.hung.stages.length;
    this.apply((hanging.stage + direction + count) % count);
  }

  #hang(): HungStudy | undefined {
    const { library, studyKey, model } = this.#session;
    return hangStudy(checkedRules(), {
      current: this.#factsOf(library.study(studyKey)),
      prior: this.#factsOf(this.#prior()),
      isCurrentOnRight: model.getState().settings?.currentSideOfPrior === 'right',
    });
  }

  /** Where no rule knows better, the grid that was chosen last, with further series in its empty panes. */
  #inLastLayout(layout: Layout): Layout {
    const { library, studyKey, model } = this.#session;
    const last = model.getState().settings?.lastLayout;
    if (!last) return layout;
    const hung = layout.panes.filter((pane) => pane !== null);
    const isHung = (stackId: string) => hung.some((pane) => pane.stackId === stackId);
    const others = (library.study(studyKey)?.series ?? []).flatMap(({ summary, model: read }) =>
      (read?.stacks ?? [])
        .filter(({ id }) => !isHung(id))
        .map(({ id }) => ({
          studyKey,
          seriesUid: summary.seriesUid,
          stackId: id,
          plane: 'stored' as const,
          slab: null,
        })),
    );
    const panes = [...hung, ...others];
    return {
      ...last,
      panes: Array.from({ length: last.rows * last.columns }, (_, index) => panes[index] ?? null),
      activePane: 0,
      isMaximised: false,
    };
  }

  #showFirst(): void {
    const { library, studyKey } = this.#session;
    const first = library.study(studyKey)?.series?.find(({ summary }) => summary.frameCount > 0);
    const any = first ?? library.study(studyKey)?.series?.[0];
    if (!any) return;
    const { seriesUid } = any.summary;
    this.#session.put(0, { studyKey, seriesUid, stackId: undefined, plane: 'stored', slab: null });
    this.#hungLayout = this.#session.layout;
  }

  #isUntouched(): boolean {
    const { layout } = this.#session;
    return this.#hungLayout === undefined || layout.panes === this.#hungLayout.panes;
  }

  #prior(): LibraryStudy | undefined {
    return this.#session.library
      .snapshot()
      .find(({ role, series }) => role === 'prior' && series?.every(({ status }) => status !== 'waiting'));
  }

  /** The newest earlier study with a modality in common, of the same part of the body if there is one. */
  #choosePrior(): LibraryStudy | undefined {
    const { library, studyKey } = this.#session;
    const current = library.study(studyKey)?.summary;
    if (!current) return undefined;
    const comparable = library
      .snapshot()
      .filter(
        ({ role, summary }) =>
          role === 'prior' && summary.modalities.some((modality) => current.modalities.includes(modality)),
      );
    const samePart = comparable.filter(({ summary }) =>
      summary.bodyParts.some((part) => current.bodyParts.includes(part)),
    );
    return samePart[0] ?? comparable[0];
  }

  async #readPrior({ summary }: LibraryStudy): Promise<void> {
    await addStudy(this.#session, summary.studyKey, 'prior');
    await this.#session.library.readAll(summary.studyKey);
  }

  #factsOf(study: LibraryStudy | undefined): SeriesFacts[] {
    const stacks = study?.series?.flatMap(({ model }) => model?.stacks ?? []) ?? [];
    return seriesFacts(
      stacks.map(({ id, images, geometry }) => ({
        stackId: id,
        images: images.map(({ description }) => description),
        geometry,
      })),
    );
  }

  #layoutOf({ rows }: HungStage): Layout {
    const columns = Math.max(1, ...rows.map((row) => row.length));
    const panes = rows.flatMap((row) =>
      Array.from({ length: columns }, (_, column) => this.#contentOf(row[column] ?? null)),
    );
    const firstFilled = panes.findIndex((pane) => pane !== null);
    return { rows: rows.length, columns, panes, activePane: Math.max(0, firstFilled), isMaximised: false };
  }

  #contentOf(pane: HungPane | null): PaneContent | null {
    if (!pane) return null;
    const study = pane.study === 'current' ? this.#session.studyKey : this.#prior()?.summary.studyKey;
    const seriesUid = study === undefined ? undefined : this.#seriesOf(study, pane.stackId);
    if (study === undefined || seriesUid === undefined) return null;
    const [first] = this.#session.library.stack(study, seriesUid, pane.stackId)?.images ?? [];
    const isMeant = first !== undefined && isInHounsfieldUnits(first.description);
    const preset = isMeant ? windowPresets.find(({ id }) => id === pane.window) : undefined;
    const window = preset ? { width: preset.width, centre: preset.centre } : null;
    const { stackId, plane, slab } = pane;
    return { studyKey: study, seriesUid, stackId, plane, slab, initial: { window } };
  }

  #seriesOf(studyKey: StudyKey, stackId: string) {
    const series = this.#session.library.study(studyKey)?.series ?? [];
    return series.find(({ model }) => model?.stacks.some(({ id }) => id === stackId))?.summary.seriesUid;
  }
}
