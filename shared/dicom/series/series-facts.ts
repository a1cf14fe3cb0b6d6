import { planeName } from '../geometry/orientation.ts';
import type { ImageDescription } from '../image-description.ts';
import type { ContrastPhase, SeriesFacts } from '../../domain/series-facts.ts';
import { bodyRegionOf } from './body-region.ts';
import { kernelSharpness } from './kernel.ts';
import type { StackGeometry } from './stack-geometry.ts';
import { weightingOf } from './weighting.ts';

/** A stack as the rules for hanging see it. */
export interface FactsSource {
  readonly stackId: string;
  readonly images: readonly ImageDescription[];
  readonly geometry: StackGeometry;
}

/** Facts of all stacks of one study; stacks without images have none. */
export function seriesFacts(sources: readonly FactsSource[]): SeriesFacts[] {
  return withPhasesByOrder(
    sources.flatMap((source) => factsOf(source) ?? []),
    sources,
  );
}

function factsOf({ stackId, images, geometry }: FactsSource): SeriesFacts | undefined {
  const image = images[Math.floor(images.length / 2)];
  if (!image) return undefined;
  const { modality, imageType, plane, kernel, diffusion, echo, component, laterality } = image;
  const sharpness = kernelSharpness(kernel);
  return {
    stackId,
    modality,
    ...regionOf(image),
    plane: plane ? planeName(plane) : 'none',
    imageCount: images.length,
    seriesNumber: image.seriesNumber ?? 0,
    isLocalizer: imageType.some((type) => /LOCALIZER|SCOUT|TOPOGRAM|SURVIEW/i.test(type)),
    isDerived: imageType[0] === 'DERIVED' || imageType[1] === 'SECONDARY',
    canReformat: geometry.reformat.isPossible,
    isColour: image.isColour,
    isFilm: image.numberOfFrames > 1 && geometry.kind !== 'spatial',
    ...(image.sliceThicknessMm !== undefined && { thicknessMm: image.sliceThicknessMm }),
    ...(geometry.spacingMm !== undefined && { spacingMm: geometry.spacingMm }),
    kernel,
    sharpness,
    contrast: image.contrast ? (image.contrast.isEnhanced ? 'enhanced' : 'plain') : 'unknown',
    ...phaseOf(image),
    weighting: weightingOf(image),
    ...(diffusion && { bValue: diffusion.bValue }),
    ...(echo?.timeMs !== undefined && { echoTimeMs: echo.timeMs }),
    component: component ?? 'none',
    laterality: laterality === 'L' || laterality === 'R' ? laterality : 'none',
    viewPosition: image.viewPosition,
  };
}

function regionOf(image: ImageDescription): Pick<SeriesFacts, 'region' | 'regionSource'> {
  const written = bodyRegionOf(image.bodyPart);
  if (written !== 'unknown') return { region: written, regionSource: 'body-part' };
  const guessed = bodyRegionOf(`${image.protocolName} ${image.seriesDescription}`);
  return { region: guessed, regionSource: guessed === 'unknown' ? 'none' : 'description' };
}

const phaseWords: readonly (readonly [ContrastPhase, RegExp])[] = [
  ['plain', /PRE|NONE/],
  ['arterial', /ARTERIAL/],
  ['portal', /PORTAL/],
  ['equilibrium', /EQUILIBRIUM|VENOUS/],
  ['delayed', /DELAY|POST/],
];

function phaseOf({ contrast, modality }: ImageDescription): Pick<SeriesFacts, 'phase' | 'phaseSource'> {
  if (!contrast) return { phase: 'unknown', phaseSource: 'none' };
  if (!contrast.isEnhanced) return { phase: 'plain', phaseSource: 'tag' };
  const tagged = phaseWords.find(([, pattern]) => pattern.test(contrast.phase.toUpperCase()))?.[0];
  if (tagged) return { phase: tagged, phaseSource: 'tag' };
  if (contrast.delaySeconds === undefined || modality !== 'CT')
    return { phase: 'unknown', phaseSource: 'none' };
  return { phase: phaseAfter(contrast.delaySeconds), phaseSource: 'time' };
}

/** Usual delays of abdominal protocols in seconds after the start of the injection. */
function phaseAfter(delaySeconds: number): ContrastPhase {
  if (delaySeconds < 50) return 'arterial';
  if (delaySeconds < 120) return 'portal';
  return delaySeconds < 300 ? 'equilibrium' : 'delayed';
}

/**
 * Scanners seldom say when they injected. Enhanced passes of one study, minutes apart, are then the
 * phases in the order in which they were made; a pass without the tag before them is the plain one.
 */
function withPhasesByOrder(facts: readonly SeriesFacts[], sources: readonly FactsSource[]): SeriesFacts[] {
  const startOf = (stackId: string) =>
    sources
      .find((source) => source.stackId === stackId)
      ?.images.reduce((first, { acquiredAtMs }) => Math.min(first, acquiredAtMs ?? Infinity), Infinity) ??
    Infinity;
  const unknown = facts.filter(
    (fact) =>
      fact.modality === 'CT' && fact.contrast === 'enhanced' && fact.phase === 'unknown' && !fact.isLocalizer,
  );
  const passes = passesOf(unknown.map((fact) => startOf(fact.stackId)).filter(Number.isFinite));
  if (passes.length < 2 || passes.length > PHASES_IN_ORDER.length) return [...facts];
  return facts.map((fact) => {
    if (!unknown.includes(fact)) return fact;
    const start = startOf(fact.stackId);
    const phase = PHASES_IN_ORDER[passes.findLastIndex((pass) => pass <= start)];
    return phase ? { ...fact, phase, phaseSource: 'order' } : fact;
  });
}

/** When each pass began. */
function passesOf(startsMs: readonly number[]): number[] {
  const sorted = startsMs.toSorted((a, b) => a - b);
  return sorted.filter((start, index) => index === 0 || start - (sorted[index - 1] ?? start) > SAME_PASS_MS);
}

/** Reconstructions of one pass carry its time to a few seconds; the next pass comes later. */
const SAME_PASS_MS = 8000;
const PHASES_IN_ORDER: readonly ContrastPhase[] = ['arterial', 'portal', 'equilibrium', 'delayed'];
