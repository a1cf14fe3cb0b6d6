import { writeFile } from '#shared/dicom/write-file.ts';
import { BITS_STORED, WIDTH_MM, chestVoiLut, exposeChest } from './chest-radiograph.ts';
import type { ChestRadiographOptions } from './chest-radiograph.ts';
import {
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
import type { PhantomUids } from './phantom-uid.ts';

const CR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.1';

export interface ChestRadiographStudy {
  readonly patient: PhantomPatient;
  readonly study: PhantomStudy;
  readonly uids: PhantomUids;
  readonly image: ChestRadiographOptions;
}

/** One chest radiograph: MONOCHROME1, a VOI LUT instead of a window, spacing at the plate. */
export function* chestRadiographFiles({
  patient,
  study,
  uids,
  image,
}: ChestRadiographStudy): Generator<PhantomFile> {
  const { rows, columns, pixels } = exposeChest(image);
  const series: PhantomSeries = {
    uid: uids(study.id, 'series'),
    number: 1,
    modality: 'CR',
    description: study.description,
    bodyPart: 'CHEST',
    protocol: 'CHEST PA',
  };
  const spacing = decimal(WIDTH_MM / columns);
  const lut = chestVoiLut();
  const elements = [
    ...patientModule(patient),
    ...studyModule(study),
    ...seriesModule(series, study),
    ...equipmentModule('CR Phantom'),
    ...imageModule(
      {
        sopClassUid: CR_IMAGE_STORAGE,
        sopUid: uids(study.id, 'image'),
        number: 1,
        imageType: ['ORIGINAL', 'PRIMARY'],
      },
      study,
    ),
    ...pixelModule({ rows, columns, bitsStored: BITS_STORED, pixels, photometric: 'MONOCHROME1' }),
    element('00180060', 'DS', '120'),
    element('00181164', 'DS', [spacing, spacing]),
    element('00185101', 'CS', 'PA'),
    element('00200020', 'CS', ['L', 'F']),
    element('00283010', 'SQ', {
      items: [
        [
          element('00283002', 'US', [lut.length, 0, 16]),
          element('00283003', 'LO', 'CHEST'),
          element('00283006', 'OW', new Uint8Array(lut.buffer)),
        ],
      ],
    }),
  ];
  yield { name: `${study.id}-1-0001.dcm`, pieces: writeFile(elements) };
}
