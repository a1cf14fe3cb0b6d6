import { writeFile } from '#shared/dicom/write-file.ts';
import { FIELD_OF_VIEW_MM, INTERVAL_MM, THICKNESS_MM, scanBrain } from './brain-mr.ts';
import type { BrainMrOptions, MrSequence, MrSlice } from './brain-mr.ts';
import {
  axialPlaneModule,
  decimal,
  element,
  equipmentModule,
  imageModule,
  patientModule,
  pixelModule,
  seriesModule,
  studyModule,
} from './modules.ts';
import type { PhantomFile, PhantomPatient, PhantomSeries, PhantomStudy } from './modules.ts';
import type { BrainMrSeries, PhantomTexts } from './phantom-texts.ts';
import type { PhantomUids } from './phantom-uid.ts';

const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';

export interface BrainMrStudy {
  readonly patient: PhantomPatient;
  readonly study: PhantomStudy;
  readonly uids: PhantomUids;
  readonly texts: PhantomTexts;
  readonly images: BrainMrOptions;
}

const seriesNumbers: Readonly<Record<BrainMrSeries, number>> = {
  DWI: 2,
  ADC: 3,
  T1: 4,
  T2: 5,
  FLAIR: 6,
  'T2*': 7,
};

/** Window centre and width that show a series well; of diffusion and T2*, the first image and the second. */
const windows: Readonly<Record<BrainMrSeries, readonly (readonly [centre: number, width: number])[]>> = {
  DWI: [
    [1000, 2000],
    [420, 840],
  ],
  ADC: [[1000, 2000]],
  T1: [[520, 960]],
  T2: [[800, 1600]],
  FLAIR: [[460, 920]],
  'T2*': [
    [650, 1200],
    [480, 900],
  ],
};

function windowOf({ series, bValue = 0, echoNumber = 1 }: MrSequence): readonly [number, number] {
  return windows[series][bValue > 0 || echoNumber > 1 ? 1 : 0] ?? [800, 1600];
}

/** A brain MR: T1, T2, FLAIR, two echoes of T2*, diffusion at b 0 and 1000 with its ADC map. */
export function* brainMrFiles(examination: BrainMrStudy): Generator<PhantomFile> {
  const { study, uids, texts } = examination;
  const counts = new Map<BrainMrSeries, number>();
  for (const slice of scanBrain(examination.images)) {
    const name = slice.sequence.series;
    const number = (counts.get(name) ?? 0) + 1;
    counts.set(name, number);
    const series: PhantomSeries = {
      uid: uids(study.id, 'series', name),
      number: seriesNumbers[name],
      modality: 'MR',
      description: texts.brainMrSeries(name),
      bodyPart: 'BRAIN',
      protocol: name,
      frameOfReferenceUid: uids(study.id, 'frame of reference'),
      patientPosition: 'HFS',
    };
    yield {
      name: `${study.id}-${series.number}-${String(number).padStart(4, '0')}.dcm`,
      pieces: writeFile(elementsOf(slice, series, number, examination)),
    };
  }
}

function elementsOf(slice: MrSlice, series: PhantomSeries, number: number, examination: BrainMrStudy) {
  const { patient, study, uids } = examination;
  const { sequence, size } = slice;
  const isMap = sequence.series === 'ADC';
  const spacingMm = FIELD_OF_VIEW_MM / size;
  const cornerMm = -FIELD_OF_VIEW_MM / 2 + spacingMm / 2;
  const [centre, width] = windowOf(sequence);
  const image = {
    sopClassUid: MR_IMAGE_STORAGE,
    sopUid: uids(study.id, 'image', sequence.series, number),
    number,
    imageType: isMap ? ['DERIVED', 'PRIMARY', 'OTHER', 'ADC'] : ['ORIGINAL', 'PRIMARY', 'OTHER'],
    ...(isMap && { comments: 'ADC, 10^-6 mm2/s' }),
  };
  return [
    ...patientModule(patient),
    ...studyModule(study),
    ...seriesModule(series, study),
    ...equipmentModule('MR Phantom'),
    ...imageModule(image, study),
    ...axialPlaneModule({
      positionMm: [cornerMm, cornerMm, slice.zMm],
      pixelSpacingMm: spacingMm,
      thicknessMm: THICKNESS_MM,
    }),
    ...acquisitionOf(sequence),
    ...pixelModule({ rows: size, columns: size, bitsStored: 12, pixels: slice.pixels }),
    element('00200012', 'IS', '1'),
    element('00281050', 'DS', String(centre)),
    element('00281051', 'DS', String(width)),
  ];
}

/** MR Image module, PS3.3 section C.8.3.1, with the b-value of section C.8.13.5.9 where there is one. */
function acquisitionOf(sequence: MrSequence) {
  const { inversionMs, bValue, series, echoNumber = 1 } = sequence;
  const isDiffusion = series === 'DWI' || series === 'ADC';
  return [
    element('00180020', 'CS', scanningSequence(sequence)),
    element('00180021', 'CS', series === 'T1' || isDiffusion ? 'NONE' : 'SK'),
    element('00180022', 'CS'),
    element('00180023', 'CS', '2D'),
    element('00180080', 'DS', decimal(sequence.repetitionMs)),
    element('00180081', 'DS', decimal(sequence.echoMs)),
    ...(inversionMs === undefined ? [] : [element('00180082', 'DS', decimal(inversionMs))]),
    element('00180086', 'IS', String(echoNumber)),
    element('00180087', 'DS', '1.5'),
    element('00180088', 'DS', decimal(INTERVAL_MM)),
    element('00180091', 'IS', series === 'T2' || series === 'FLAIR' ? '13' : '1'),
    ...(bValue === undefined ? [] : [element('00189087', 'FD', bValue)]),
  ];
}

function scanningSequence({ inversionMs, isGradientEcho, series }: MrSequence): string {
  if (inversionMs !== undefined) return 'IR';
  if (isGradientEcho) return 'GR';
  return series === 'DWI' || series === 'ADC' ? 'EP' : 'SE';
}
