/** What is known of one stack of images, from its headers, for choosing where it is shown. */
export interface SeriesFacts {
  /** Names the stack (`ImageStack.id`). */
  readonly stackId: string;
  readonly modality: string;
  readonly region: BodyRegion;
  /** By Body Part Examined, or only guessed from what people wrote. */
  readonly regionSource: 'body-part' | 'description' | 'none';
  readonly plane: 'axial' | 'coronal' | 'sagittal' | 'none';
  readonly imageCount: number;
  readonly seriesNumber: number;
  readonly isLocalizer: boolean;
  readonly isDerived: boolean;
  readonly canReformat: boolean;
  readonly isColour: boolean;
  readonly isFilm: boolean;
  readonly thicknessMm?: number;
  readonly spacingMm?: number;
  readonly kernel: string;
  readonly sharpness: 'soft' | 'sharp' | 'unknown';
  readonly contrast: 'plain' | 'enhanced' | 'unknown';
  readonly phase: ContrastPhase;
  /** How the phase is known. */
  readonly phaseSource: 'tag' | 'time' | 'order' | 'none';
  readonly weighting: Weighting;
  readonly bValue?: number;
  readonly echoTimeMs?: number;
  readonly component: 'magnitude' | 'phase' | 'real' | 'imaginary' | 'mixed' | 'none';
  readonly laterality: 'L' | 'R' | 'none';
  readonly viewPosition: string;
}

export const bodyRegions = [
  'head',
  'neck',
  'chest',
  'breast',
  'heart',
  'abdomen',
  'pelvis',
  'spine',
  'extremity',
  'whole-body',
  'unknown',
] as const;
export type BodyRegion = (typeof bodyRegions)[number];

export const contrastPhases = ['plain', 'arterial', 'portal', 'equilibrium', 'delayed', 'unknown'] as const;
export type ContrastPhase = (typeof contrastPhases)[number];

export const weightings = [
  'T1',
  'T2',
  'FLAIR',
  'PD',
  'DWI',
  'ADC',
  'T2*',
  'SWI',
  'MRA',
  'perfusion',
  'unknown',
] as const;
export type Weighting = (typeof weightings)[number];
