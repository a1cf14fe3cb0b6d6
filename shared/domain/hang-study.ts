import type {
  HangingPane,
  HangingRule,
  HangingStage,
  Preference,
  Requirement,
  Slot,
  Words,
} from './hanging.ts';
import type { SeriesFacts } from './series-facts.ts';

/** Why a series was taken, or a rule: the fact and its value. The words stand in the namespace `imaging`, `fact.<fact>`. */
export interface HangingReason {
  readonly fact: keyof SeriesFacts;
  readonly value: string | number | boolean;
  /** Taken for this although the header does not say it plainly. */
  readonly isGuessed: boolean;
}

export interface HungPane {
  readonly slot: string;
  readonly slotName: Words;
  readonly study: 'current' | 'prior';
  readonly stackId: string;
  readonly window: string | null;
  readonly plane: HangingPane['plane'];
  readonly slab: HangingPane['slab'];
  readonly reasons: readonly HangingReason[];
}

export interface HungStage {
  readonly name: Words;
  /** Rows of equal length; null where nothing fits. */
  readonly rows: readonly (readonly (HungPane | null)[])[];
}

export interface HungStudy {
  readonly ruleId: string;
  readonly ruleName: Words;
  /** Why this rule was taken. */
  readonly reasons: readonly HangingReason[];
  readonly stages: readonly HungStage[];
}

export interface HangingInput {
  readonly current: readonly SeriesFacts[];
  /** Of the prior study chosen for comparison; empty if there is none. */
  readonly prior: readonly SeriesFacts[];
  /** 今回 is usually on the left. */
  readonly isCurrentOnRight: boolean;
}

/** The best rule's stages for a study; undefined if nothing can be shown at all. */
export function hangStudy(rules: readonly HangingRule[], input: HangingInput): HungStudy | undefined {
  const ordered = [...rules].sort((a, b) => b.priority - a.priority);
  for (const rule of ordered) {
    const reasons = matchReasons(rule, input.current);
    if (!reasons) continue;
    const stages = rule.stages.flatMap((stage) => hungStage(rule, stage, input) ?? []);
    if (stages.length > 0) return { ruleId: rule.id, ruleName: rule.name, reasons, stages };
  }
  return undefined;
}

/** Undefined if the rule is not made for these series. */
function matchReasons(
  { match, slots }: HangingRule,
  facts: readonly SeriesFacts[],
): HangingReason[] | undefined {
  const fitting = facts.filter(
    ({ modality, region }) =>
      (match.modalities.includes(modality) || match.modalities.includes('*')) &&
      (match.regions === undefined || match.regions.includes(region)),
  );
  // What the body part says goes before what was guessed from a description.
  const [first] = fitting.toSorted(
    (a, b) => Number(b.regionSource === 'body-part') - Number(a.regionSource === 'body-part'),
  );
  if (!first) return undefined;
  const isComplete = match.needs.every((name) => {
    const slot = slots[name];
    return slot !== undefined && bestFor(slot, facts) !== undefined;
  });
  if (!isComplete) return undefined;
  const reasons: HangingReason[] = [{ fact: 'modality', value: first.modality, isGuessed: false }];
  if (match.regions === undefined) return reasons;
  return [...reasons, { fact: 'region', value: first.region, isGuessed: first.regionSource !== 'body-part' }];
}

function hungStage(rule: HangingRule, stage: HangingStage, input: HangingInput): HungStage | undefined {
  const rows = stage.rows.map((row) => {
    const panes = row.map((pane) => hungPane(rule, pane, input));
    return input.isCurrentOnRight && isComparison(row) ? panes.reverse() : panes;
  });
  const width = Math.max(...rows.map(({ length }) => length));
  const filledRows = rows.filter((row) => row.some((pane) => pane !== null));
  const filledColumns = Array.from({ length: width }, (_, column) => column).filter((column) =>
    filledRows.some((row) => (row[column] ?? null) !== null),
  );
  if (filledRows.length === 0) return undefined;
  return {
    name: stage.name,
    rows: filledRows.map((row) => filledColumns.map((column) => row[column] ?? null)),
  };
}

/** The same thing now and before, side by side. */
function isComparison(row: readonly HangingPane[]): boolean {
  return new Set(row.map(({ study }) => study)).size > 1;
}

function hungPane(rule: HangingRule, pane: HangingPane, input: HangingInput): HungPane | null {
  const slot = rule.slots[pane.slot];
  if (!slot) return null;
  const candidates = pane.study === 'current' ? input.current : input.prior;
  const usable = pane.plane === 'stored' ? candidates : candidates.filter(({ canReformat }) => canReformat);
  const best = bestFor(slot, usable);
  if (!best) return null;
  const { slot: name, study, window, plane, slab } = pane;
  return {
    slot: name,
    slotName: slot.name,
    study,
    stackId: best.stackId,
    window,
    plane,
    slab,
    reasons: reasonsFor(slot, best),
  };
}

function bestFor(slot: Slot, candidates: readonly SeriesFacts[]): SeriesFacts | undefined {
  const fitting = candidates.filter((facts) =>
    slot.require.every((requirement) => meets(facts, requirement)),
  );
  return fitting.reduce<SeriesFacts | undefined>(
    (best, facts) => (best === undefined || isBetter(facts, best, slot.prefer) ? facts : best),
    undefined,
  );
}

function meets(facts: SeriesFacts, requirement: Requirement): boolean {
  if ('oneOf' in requirement) return requirement.oneOf.includes(facts[requirement.fact]);
  if ('is' in requirement) return facts[requirement.fact] === requirement.is;
  const value = facts[requirement.fact];
  if (value === undefined) return false;
  return value >= (requirement.atLeast ?? -Infinity) && value <= (requirement.atMost ?? Infinity);
}

function isBetter(a: SeriesFacts, b: SeriesFacts, preferences: readonly Preference[]): boolean {
  for (const preference of preferences) {
    const difference = penalty(a, preference) - penalty(b, preference);
    if (Math.abs(difference) > 1e-9) return difference < 0;
  }
  return false;
}

/** Smaller is better; what is not known comes last. */
function penalty(facts: SeriesFacts, preference: Preference): number {
  if ('oneOf' in preference) {
    const place = preference.oneOf.indexOf(facts[preference.fact]);
    return place < 0 ? preference.oneOf.length : place;
  }
  if ('is' in preference) return facts[preference.fact] === preference.is ? 0 : 1;
  const value = facts[preference.fact];
  if (value === undefined) return Number.MAX_VALUE;
  if ('near' in preference) return Math.abs(value - preference.near);
  return preference.order === 'smallest' ? value : -value;
}

/** The facts the slot asked about, as they are for the series that was taken. */
function reasonsFor(slot: Slot, facts: SeriesFacts): HangingReason[] {
  const asked = new Set([...slot.require, ...slot.prefer].map(({ fact }) => fact));
  return [...asked].flatMap((fact) => {
    const value = facts[fact];
    // That something is no localizer, or of the modality of the whole rule, explains nothing.
    if (value === undefined || value === false || value === 'unknown' || value === 'none') return [];
    if (fact === 'modality' || fact === 'seriesNumber' || fact === 'canReformat') return [];
    const isGuessed =
      (fact === 'region' && facts.regionSource === 'description') ||
      (fact === 'phase' && (facts.phaseSource === 'time' || facts.phaseSource === 'order'));
    const shown =
      fact === 'sharpness' && facts.kernel !== ''
        ? { fact: 'kernel' as const, value: facts.kernel }
        : { fact, value };
    return [{ ...shown, isGuessed }];
  });
}

/** What is known of a study before its series are opened. */
export interface PriorCandidate {
  readonly studyKey: number;
  /** YYYYMMDD, empty if unknown. */
  readonly studyDate: string;
  readonly modalities: readonly string[];
  readonly description: string;
  readonly regions: readonly SeriesFacts['region'][];
}

/** The study to compare with: same modality, best the same region, then the most recent one before it. */
export function choosePrior<Candidate extends PriorCandidate>(
  current: PriorCandidate,
  candidates: readonly Candidate[],
): Candidate | undefined {
  const isEarlier = ({ studyDate }: Candidate) => studyDate !== '' && studyDate <= current.studyDate;
  const modalityOf = (candidate: PriorCandidate) =>
    candidate.modalities.some((modality) => current.modalities.includes(modality));
  const sharesRegion = (candidate: PriorCandidate) =>
    candidate.regions.some((region) => region !== 'unknown' && current.regions.includes(region));
  const isKnown = current.regions.some((region) => region !== 'unknown');
  return candidates
    .filter(
      (candidate) => candidate.studyKey !== current.studyKey && isEarlier(candidate) && modalityOf(candidate),
    )
    .filter(
      (candidate) =>
        !isKnown || sharesRegion(candidate) || candidate.regions.every((region) => region === 'unknown'),
    )
    .toSorted(
      (a, b) =>
        Number(sharesRegion(b)) - Number(sharesRegion(a)) ||
        (a.studyDate < b.studyDate ? 1 : Number(a.studyDate > b.studyDate) * -1),
    )[0];
}
