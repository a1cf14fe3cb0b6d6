import type { Slab } from '#shared/domain/annotation.ts';
import { dot } from '#shared/dicom/geometry/vector.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import type { ImageStack, ViewState } from '#renderer/imaging/index.ts';
import { objectKindText } from '../object-kind.ts';
import type { ViewerTexts } from '../texts.ts';
import { windowText } from '../window-presets.ts';

/** One line in a corner; the lower the priority number, the longer it stays when the pane is small. */
export interface CornerLine {
  readonly text: string;
  readonly priority: 1 | 2 | 3;
  /** Something to be careful about: drawn with a sign, not only in another colour. */
  readonly isWarning?: boolean;
}

export interface CornerTexts {
  readonly topLeft: readonly CornerLine[];
  readonly topRight: readonly CornerLine[];
  readonly bottomLeft: readonly CornerLine[];
  readonly bottomRight: readonly CornerLine[];
}

type Texts = ViewerTexts;

/** They have pixels, but what those show was drawn or computed, not acquired. */
const computedObjects: ReadonlySet<string> = new Set(['SEG', 'RTDOSE']);

/** What stands in the corners of a pane about the image on it. */
export function cornerTexts(state: ViewState, slab: Slab | null, t: Texts): CornerTexts {
  const { image, stack } = state;
  if (!image || !stack) return { topLeft: [], topRight: [], bottomLeft: [], bottomRight: [] };
  const { description } = image;
  return {
    topLeft: patientLines(description, t),
    topRight: seriesLines(description, stack, t),
    bottomLeft: imageLines(state, description, stack, slab, t),
    bottomRight: displayLines(state, description, t),
  };
}

function patientLines(description: ImageDescription, t: Texts): CornerLine[] {
  const { ageAtExamination: age, facility } = description;
  return present([
    age && line(t('age.atExamination', { age: t(`age.${age.unit}`, { value: age.value }) }), 2),
    facility !== '' && line(facility, 3),
  ]);
}

function seriesLines(description: ImageDescription, stack: ImageStack, t: Texts): CornerLine[] {
  const { seriesNumber, seriesDescription, kernel, contrast } = description;
  const number = seriesNumber === undefined ? '' : t('corner.series', { number: seriesNumber });
  return present([
    line([number, seriesDescription].filter(Boolean).join('  '), 1),
    computedObjects.has(description.modality) && {
      text: objectKindText(description.modality, t),
      priority: 1,
      isWarning: true,
    },
    line(projectionText(description), 1),
    line(thicknessText(description, stack, t), 2),
    kernel !== '' && line(t('corner.kernel', { kernel }), 2),
    contrast &&
      line(
        [t(contrast.isEnhanced ? 'corner.enhanced' : 'corner.plain'), contrast.phase]
          .filter(Boolean)
          .join(' '),
        2,
      ),
    line(magneticText(description, t), 3),
  ]);
}

/** Which side and which way: what tells one radiograph from another. */
function projectionText({ plane, laterality, viewPosition }: ImageDescription): string {
  return plane ? '' : [laterality, viewPosition].filter(Boolean).join(' ');
}

function thicknessText({ sliceThicknessMm }: ImageDescription, stack: ImageStack, t: Texts): string {
  const { geometry } = stack;
  const intervalMm = geometry.kind === 'spatial' ? geometry.spacingMm : undefined;
  if (sliceThicknessMm === undefined) return '';
  const thickness = millimetres(sliceThicknessMm);
  if (intervalMm === undefined) return t('corner.thickness', { thickness });
  return t('corner.thicknessAndInterval', { thickness, interval: millimetres(intervalMm) });
}

function magneticText(description: ImageDescription, t: Texts): string {
  const { diffusion, sequence, echo } = description;
  const { repetitionTimeMs, inversionTimeMs } = sequence ?? {};
  const number = (value: number) => Number(value.toFixed(1)).toString();
  return [
    diffusion && t('corner.bValue', { value: number(diffusion.bValue) }),
    repetitionTimeMs !== undefined && t('corner.repetitionTime', { value: number(repetitionTimeMs) }),
    echo?.timeMs !== undefined && t('corner.echoTime', { value: number(echo.timeMs) }),
    inversionTimeMs !== undefined && t('corner.inversionTime', { value: number(inversionTimeMs) }),
  ]
    .filter(Boolean)
    .join('  ');
}

function imageLines(
  state: ViewState,
  description: ImageDescription,
  stack: ImageStack,
  slab: Slab | null,
  t: Texts,
): CornerLine[] {
  const { lossy, spacing } = description;
  // What ruler and lengths refer to, wherever it is not simply the patient; the detector's is a finding.
  const isNamed =
    spacing.kind === 'mm' && spacing.source !== 'pixel-spacing' && spacing.source !== 'detector';
  const [ratio] = lossy.ratios;
  return present([
    // A computed plane must not be taken for an image of the scanner.
    stack.plane && line(t('corner.reformat', { plane: t(`plane.${stack.plane}`) }), 1),
    slab && line(t('slab.text', { mode: t(`slab.${slab.mode}`), thickness: slab.thicknessMm }), 1),
    lossy.isLossy && {
      text:
        ratio === undefined ? t('corner.lossy') : t('corner.lossyRatio', { ratio: Number(ratio.toFixed(1)) }),
      priority: 1,
      isWarning: true,
    },
    isNamed && line(t(`spacing.${spacing.source}`), 2),
    line(positionText(description, t), 3),
    line(t('corner.image', { number: state.index + 1, count: stack.images.length }), 1),
  ]);
}

/** Along the slice normal, with the sign of the patient's axis that is nearest to it. */
function positionText({ plane }: ImageDescription, t: Texts): string {
  if (!plane) return '';
  const { rowDirection: row, columnDirection: column, positionMm } = plane;
  const normal = [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ] as const;
  const sign = Math.sign(normal.reduce((far, part) => (Math.abs(part) > Math.abs(far) ? part : far), 0)) || 1;
  return t('corner.position', { position: (sign * dot(positionMm, normal)).toFixed(1).replace('-', '−') });
}

function displayLines(state: ViewState, description: ImageDescription, t: Texts): CornerLine[] {
  const { window, voi, camera, isInverted, image } = state;
  const { suv } = description;
  const unit = suv?.kind === 'factor' ? 'SUV' : description.unit;
  return present([
    suv?.kind === 'refused' && {
      text: t(`corner.suvRefused.${suv.reason}`),
      priority: 1,
      isWarning: true,
    },
    suv?.kind === 'factor' && line(t('corner.suv'), 1),
    isInverted && line(t('corner.inverted'), 2),
    image && line(t('corner.zoom', { percent: Math.round(camera.zoom * 100) }), 3),
    voi?.kind === 'table' && line(t('corner.voiTable'), 1),
    // Hounsfield units go without saying.
    window && line([windowText(window), unit === 'HU' ? '' : unit].filter(Boolean).join(' '), 1),
  ]);
}

function line(text: string, priority: CornerLine['priority']): CornerLine | undefined {
  return text === '' ? undefined : { text, priority };
}

function present(lines: readonly (CornerLine | undefined | null | false | '')[]): CornerLine[] {
  return lines.filter((each): each is CornerLine => Boolean(each));
}

function millimetres(value: number): string {
  return Number(value.toFixed(2)).toString();
}
