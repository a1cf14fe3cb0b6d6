import { writeFile } from '#shared/dicom/write-file.ts';
import { FIELD_OF_VIEW_MM, RESCALE_INTERCEPT, imagePosition, reconstructHead } from './head-ct.ts';
import type { CtSlice, HeadCtOptions } from './head-ct.ts';
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
import type { PhantomTexts } from './phantom-texts.ts';
import type { PhantomUids } from './phantom-uid.ts';

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';

export interface HeadCtStudy {
  readonly patient: PhantomPatient;
  readonly study: PhantomStudy;
  readonly uids: PhantomUids;
  readonly texts: PhantomTexts;
  readonly images: HeadCtOptions;
  /** Leaves out the slices that are of no interest, a prior's thin ones. */
  readonly wants?: (slice: CtSlice) => boolean;
}

/** A head CT without contrast: standard and bone kernel, thin and thick. */
export function* headCtFiles(examination: HeadCtStudy): Generator<PhantomFile> {
  const { study, images, wants = () => true } = examination;
  for (const slice of reconstructHead(images)) {
    if (!wants(slice)) continue;
    const series = seriesOf(slice, examination);
    yield {
      name: `${study.id}-${series.number}-${String(slice.number).padStart(4, '0')}.dcm`,
      pieces: writeFile(elementsOf(slice, series, examination)),
    };
  }
}

function seriesOf(slice: CtSlice, { uids, study, texts }: HeadCtStudy): PhantomSeries {
  const { kernel, isThick, thicknessMm } = slice;
  return {
    uid: uids(study.id, 'series', kernel, isThick ? 'thick' : 'thin'),
    number: (kernel === 'standard' ? 2 : 4) + (isThick ? 0 : 1),
    modality: 'CT',
    description: texts.headCtSeries(kernel, thicknessMm),
    bodyPart: 'HEAD',
    protocol: 'HEAD PLAIN',
    frameOfReferenceUid: uids(study.id, 'frame of reference'),
    patientPosition: 'HFS',
  };
}

function elementsOf(slice: CtSlice, series: PhantomSeries, examination: HeadCtStudy) {
  const { patient, study, uids } = examination;
  const { kernel, isThick, number, pixels } = slice;
  const size = Math.sqrt(pixels.length);
  const [width, level] = kernel === 'standard' ? [80, 40] : [2000, 500];
  const image = {
    sopClassUid: CT_IMAGE_STORAGE,
    sopUid: uids(study.id, 'image', kernel, isThick ? 'thick' : 'thin', number),
    number,
    imageType: [isThick ? 'DERIVED' : 'ORIGINAL', 'PRIMARY', 'AXIAL'],
  };
  return [
    ...patientModule(patient),
    ...studyModule(study),
    ...seriesModule(series, study),
    ...equipmentModule('CT Phantom'),
    ...imageModule(image, study),
    ...axialPlaneModule({
      positionMm: imagePosition(slice.zMm, size),
      pixelSpacingMm: FIELD_OF_VIEW_MM / size,
      thicknessMm: slice.thicknessMm,
    }),
    ...acquisitionOf(kernel),
    ...pixelModule({ rows: size, columns: size, bitsStored: 12, pixels }),
    element('00200012', 'IS', '1'),
    element('00281050', 'DS', String(level)),
    element('00281051', 'DS', String(width)),
    element('00281052', 'DS', String(RESCALE_INTERCEPT)),
    element('00281053', 'DS', '1'),
    element('00281054', 'LO', 'HU'),
  ];
}

/** CT Image module, PS3.3 section C.8.2.1. No contrast: (0018,0010) is left out. */
function acquisitionOf(kernel: CtSlice['kernel']) {
  return [
    element('00180022', 'CS', 'HELICAL MODE'),
    element('00180060', 'DS', '120'),
    element('00180090', 'DS', decimal(FIELD_OF_VIEW_MM)),
    element('00181100', 'DS', decimal(FIELD_OF_VIEW_MM)),
    element('00181120', 'DS', '0'),
    element('00181130', 'DS', '150'),
    element('00181140', 'CS', 'CW'),
    element('00181150', 'IS', '750'),
    element('00181151', 'IS', '300'),
    element('00181152', 'IS', '225'),
    element('00181160', 'SH', 'HEAD'),
    element('00181210', 'SH', kernel === 'standard' ? 'H31s' : 'H70h'),
  ];
}
