import { firstNumber, firstText, numbers } from './attributes.ts';
import type { DicomJson } from './dicom-json.ts';
import { directionOfLetters } from './geometry/orientation.ts';
import { imagePlane, normalOf } from './geometry/plane.ts';
import type { ImagePlane } from './geometry/plane.ts';
import { along, toVector3 } from './geometry/vector.ts';
import { suvFactor } from './grey-scale/suv.ts';
import type { SuvFactor } from './grey-scale/suv.ts';
import { cardiac, contrast, frameTimesMs, instantMs, temporalPosition } from './image/acquisition.ts';
import type { Cardiac, Contrast, TemporalPosition } from './image/acquisition.ts';
import { attributesOfFrames, items } from './image/frame-attributes.ts';
import { complexComponent, diffusion, echo, magneticSequence } from './image/magnetic-resonance.ts';
import type { ComplexComponent, Diffusion, Echo, MagneticSequence } from './image/magnetic-resonance.ts';
import { nuclearFrames, nuclearPlane } from './image/nuclear-medicine.ts';
import type { NuclearFrame } from './image/nuclear-medicine.ts';
import { pixelSpacing, ultrasoundRegions } from './image/spacing.ts';
import type { PixelSpacing, UltrasoundRegion } from './image/spacing.ts';
import { voiDescription } from './image/windows.ts';
import type { VoiDescription } from './image/windows.ts';
import type { SeriesUid, SopUid, StudyUid } from '../domain/identifiers.ts';
import { knownTransferSyntax } from './transfer-syntax.ts';

/** What one frame's header says about it, checked; a single-frame image has one. */
export interface ImageDescription {
  readonly studyUid: StudyUid;
  readonly seriesUid: SeriesUid;
  readonly sopUid: SopUid;
  readonly sopClassUid: string;
  /** From 1. */
  readonly frameNumber: number;
  readonly numberOfFrames: number;
  readonly instanceNumber?: number;
  readonly seriesNumber?: number;
  readonly acquisitionNumber?: number;
  readonly modality: string;
  readonly manufacturer: string;
  readonly facility: string;
  readonly seriesDescription: string;
  readonly protocolName: string;
  /** Body Part Examined, else the anatomic region's meaning; as written. */
  readonly bodyPart: string;
  readonly laterality: 'L' | 'R' | 'B' | 'U' | '';
  readonly viewPosition: string;
  readonly patientPosition: string;
  /** Which way rows and columns run in the patient, to the nearest letters; what radiographs have instead of a plane. */
  readonly patientOrientation?: Pick<ImagePlane, 'rowDirection' | 'columnDirection'>;
  readonly patientSex: string;
  readonly ageAtExamination?: Age;
  /** Milliseconds since 1970 without time zone: only differences have a meaning. */
  readonly acquiredAtMs?: number;

  readonly imageType: readonly string[];
  readonly component?: ComplexComponent;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  readonly bitsStored: number;
  readonly isColour: boolean;
  readonly plane?: ImagePlane;
  readonly frameOfReferenceUid: string;
  readonly spacing: PixelSpacing;
  readonly ultrasoundRegions: readonly UltrasoundRegion[];
  readonly sliceThicknessMm?: number;
  readonly spacingBetweenSlicesMm?: number;
  /** Gantry/Detector Tilt as written: its sign is not reliable, the positions are. */
  readonly gantryTiltDeg?: number;

  readonly kernel: string;
  readonly contrast?: Contrast;
  readonly diffusion?: Diffusion;
  readonly echo?: Echo;
  readonly sequence?: MagneticSequence;
  readonly temporalPosition?: TemporalPosition;
  readonly cardiac?: Cardiac;
  readonly nuclear?: NuclearFrame;
  readonly frameTimeMs?: number;

  readonly voi: VoiDescription;
  /** The smallest value is white: MONOCHROME1, or Presentation LUT Shape INVERSE. */
  readonly isInverted: boolean;
  /** Modality values that are no image: one value, or a range up to and including `to`. */
  readonly padding?: { readonly from: number; readonly to: number };
  readonly lossy: LossyCompression;
  /** Unit of the modality values ("HU", "BQML"), empty if unknown. */
  readonly unit: string;
  readonly suv?: SuvFactor;
}

export interface Age {
  readonly value: number;
  readonly unit: 'years' | 'months' | 'weeks' | 'days';
}

export interface LossyCompression {
  readonly isLossy: boolean;
  /** Original to compressed size, one per compression; empty if the file does not say. */
  readonly ratios: readonly number[];
  readonly methods: readonly string[];
}

/** Every frame of an instance, in file order; none if it has no pixels. */
export function describeImages(json: DicomJson): ImageDescription[] {
  const rows = firstNumber(json, '00280010') ?? 0;
  const columns = firstNumber(json, '00280011') ?? 0;
  if (rows < 1 || columns < 1) return [];
  const frames = attributesOfFrames(json);
  const frameTimes = frameTimesMs(json, frames.length);
  const nuclear = json['00540010'] || json['00540020'] ? nuclearFrames(json, frames.length) : undefined;
  const common = instancePart(json, frames.length);
  // Frames without groups of their own are all described by the same attributes.
  const parts = new Map<DicomJson, ReturnType<typeof framePart>>();
  const partOf = (frame: DicomJson) => {
    const part = parts.get(frame) ?? framePart(frame, common.modality);
    parts.set(frame, part);
    return part;
  };
  return frames.map((frame, index) => {
    const vectors = nuclear?.[index];
    const plane = (vectors && nuclearPlane(json, vectors)) ?? planeOf(frame, index);
    const frameTimeMs = frameTimes?.[index];
    return {
      ...common,
      ...partOf(frame),
      frameNumber: index + 1,
      ...(plane && { plane }),
      ...(vectors && { nuclear: vectors }),
      ...(frameTimeMs !== undefined && { frameTimeMs }),
    };
  });
}

type InstancePart = ReturnType<typeof instancePart>;

function instancePart(json: DicomJson, numberOfFrames: number) {
  const text = (tag: string) => firstText(json, tag)?.trim() ?? '';
  const samplesPerPixel = firstNumber(json, '00280002') ?? 1;
  const photometricInterpretation = text('00280004').toUpperCase();
  const age = ageAtExamination(json);
  return {
    studyUid: text('0020000D') as StudyUid,
    seriesUid: text('0020000E') as SeriesUid,
    sopUid: text('00080018') as SopUid,
    sopClassUid: text('00080016'),
    numberOfFrames,
    ...optional('instanceNumber', firstNumber(json, '00200013')),
    ...optional('seriesNumber', firstNumber(json, '00200011')),
    modality: text('00080060'),
    manufacturer: text('00080070'),
    facility: text('00080080'),
    seriesDescription: text('0008103E'),
    protocolName: text('00181030'),
    patientSex: text('00100040'),
    ...(age && { ageAtExamination: age }),
    rows: firstNumber(json, '00280010') ?? 0,
    columns: firstNumber(json, '00280011') ?? 0,
    samplesPerPixel,
    photometricInterpretation,
    bitsStored: firstNumber(json, '00280101') ?? firstNumber(json, '00280100') ?? 16,
    isColour: samplesPerPixel > 1 || photometricInterpretation === 'PALETTE COLOR',
    lossy: lossyCompression(json),
  };
}

function framePart(frame: DicomJson, modality: InstancePart['modality']) {
  const text = (tag: string) => firstText(frame, tag)?.trim() ?? '';
  const imageType = textValues(frame, '00089007') ?? textValues(frame, '00080008') ?? [];
  const isMagnetic = modality === 'MR';
  const padding = paddingOf(frame);
  return {
    ...optional('acquisitionNumber', firstNumber(frame, '00200012')),
    ...optional('acquiredAtMs', acquiredAtMs(frame)),
    bodyPart: text('00180015') || anatomicRegion(frame),
    laterality: lateralityOf(text('00209072') || text('00200062') || text('00200060')),
    viewPosition: text('00185101'),
    patientPosition: text('00185100'),
    ...optional('patientOrientation', patientOrientationOf(frame)),
    imageType,
    ...(isMagnetic && optional('component', complexComponent(frame, imageType))),
    frameOfReferenceUid: text('00200052'),
    spacing: pixelSpacing(frame, modality),
    ultrasoundRegions: ultrasoundRegions(frame),
    ...optional('sliceThicknessMm', positive(firstNumber(frame, '00180050'))),
    ...optional('spacingBetweenSlicesMm', firstNumber(frame, '00180088')),
    ...optional('gantryTiltDeg', firstNumber(frame, '00181120')),
    kernel: (textValues(frame, '00181210') ?? []).join('/'),
    ...optional('contrast', contrast(frame)),
    ...(isMagnetic && optional('diffusion', diffusion(frame))),
    ...(isMagnetic && optional('echo', echo(frame))),
    ...(isMagnetic && { sequence: magneticSequence(frame) }),
    ...optional('temporalPosition', temporalPosition(frame)),
    ...optional('cardiac', cardiac(frame)),
    voi: voiDescription(frame),
    isInverted: text('00280004') === 'MONOCHROME1' || text('20500020') === 'INVERSE',
    ...(padding && { padding }),
    unit: unitOf(frame, modality, imageType[0] === 'DERIVED'),
    ...(modality === 'PT' && { suv: suvFactor(frame) }),
  };
}

function planeOf(frame: DicomJson, index: number): ImagePlane | undefined {
  const position = toVector3(numbers(frame, '00200032'));
  const orientation = numbers(frame, '00200037');
  const plane = position && orientation && imagePlane(position, orientation);
  // Dose grids give one position and the distance of every further frame (PS3.3 section C.8.8.3.2).
  const offsets = numbers(frame, '3004000C');
  const offsetMm = offsets?.[index];
  if (!plane || offsetMm === undefined || offsets?.[0] !== 0) return plane;
  return { ...plane, positionMm: along(plane.positionMm, normalOf(plane), offsetMm) };
}

function acquiredAtMs(frame: DicomJson): number | undefined {
  return (
    instantMs(firstText(frame, '00189074') ?? firstText(frame, '0008002A'), undefined) ??
    instantMs(firstText(frame, '00080022') ?? firstText(frame, '00080023'), firstText(frame, '00080032')) ??
    instantMs(firstText(frame, '00080023'), firstText(frame, '00080033'))
  );
}

function anatomicRegion(frame: DicomJson): string {
  const [region] = items(frame, '00082218');
  return (region && firstText(region, '00080104')) ?? '';
}

function patientOrientationOf(frame: DicomJson): ImageDescription['patientOrientation'] {
  const [row = '', column = ''] = textValues(frame, '00200020') ?? [];
  const [rowDirection, columnDirection] = [directionOfLetters(row), directionOfLetters(column)];
  return rowDirection && columnDirection && { rowDirection, columnDirection };
}

function lateralityOf(text: string): ImageDescription['laterality'] {
  return text === 'L' || text === 'R' || text === 'B' || text === 'U' ? text : '';
}

function unitOf(frame: DicomJson, modality: string, isDerived: boolean): string {
  const named = firstText(frame, '00281054') ?? '';
  if (modality === 'PT') return firstText(frame, '00541001') ?? named;
  // A CT without Rescale Type is in Hounsfield units (PS3.3 section C.8.2.1.1.2) unless it is no tomogram.
  // Some equipment writes "unspecified" for them too; in what was derived (perfusion maps ...) it means that.
  if (modality === 'CT' && (named === '' || (named === 'US' && !isDerived))) {
    return frame['00281052'] ? 'HU' : '';
  }
  return named === 'US' ? '' : named;
}

/**
 * Pixel Padding Value and Range Limit, as modality values. The value may be written unsigned although the
 * pixels are signed; through a Modality LUT it cannot be followed.
 */
function paddingOf(frame: DicomJson): { from: number; to: number } | undefined {
  const isSigned = firstNumber(frame, '00280103') === 1;
  const value = firstNumber(frame, '00280120');
  if (value === undefined || frame['00283000']) return undefined;
  const slope = firstNumber(frame, '00281053') || 1;
  const intercept = firstNumber(frame, '00281052') ?? 0;
  const [a, b] = [value, firstNumber(frame, '00280121') ?? value]
    .map((stored) => (isSigned && stored > 32_767 ? stored - 65_536 : stored))
    .map((stored) => stored * slope + intercept);
  return a === undefined || b === undefined ? undefined : { from: Math.min(a, b), to: Math.max(a, b) };
}

function lossyCompression(json: DicomJson): LossyCompression {
  const syntax = knownTransferSyntax(firstText(json, '00083002') ?? '');
  return {
    // Once lossy, always lossy, whatever the present encoding is (PS3.3 section C.7.6.1.1.5).
    isLossy: firstText(json, '00282110') === '01' || syntax?.lossy === true,
    ratios: (numbers(json, '00282112') ?? []).filter((ratio) => ratio > 0),
    methods: textValues(json, '00282114') ?? [],
  };
}

function ageAtExamination(json: DicomJson): Age | undefined {
  const written = /^(\d{1,3})([YMWD])$/.exec(firstText(json, '00101010')?.trim() ?? '');
  if (written) {
    const unit = ({ Y: 'years', M: 'months', W: 'weeks', D: 'days' } as const)[
      written[2] as 'Y' | 'M' | 'W' | 'D'
    ];
    return { value: Number(written[1]), unit };
  }
  const birth = /^(\d{4})(\d{2})(\d{2})$/.exec(firstText(json, '00100030') ?? '');
  const study = /^(\d{4})(\d{2})(\d{2})$/.exec(firstText(json, '00080020') ?? '');
  if (!birth || !study) return undefined;
  const months =
    (Number(study[1]) - Number(birth[1])) * 12 +
    Number(study[2]) -
    Number(birth[2]) -
    (Number(study[3]) < Number(birth[3]) ? 1 : 0);
  if (months < 0) return undefined;
  return months < 24 ? { value: months, unit: 'months' } : { value: Math.floor(months / 12), unit: 'years' };
}

function textValues(json: DicomJson, tag: string): string[] | undefined {
  const values = json[tag]?.Value;
  if (!values || values.length === 0) return undefined;
  return values.map((value) => (typeof value === 'object' ? '' : String(value).trim()));
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}
