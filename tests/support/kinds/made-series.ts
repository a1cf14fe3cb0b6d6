// Series of several images: geometry to be careful with, and what must not be mixed.
import type { DataElement } from '#shared/dicom/write-data-set.ts';
import { aFile, element } from '../dicom-files.ts';
import { greyPixels } from './drawing.ts';
import type { Kind, Looks } from './kind.ts';
import {
  AXIAL,
  CORONAL,
  SAGITTAL,
  SQUARE,
  aBelonging,
  anImage,
  bitsOf,
  common,
  framesOf,
  pixels,
  placeOf,
  repeated,
  sequence,
  spacingOf,
  windowOf,
} from './made-image.ts';
import type { Belonging } from './made-image.ts';

const looks: Looks = SQUARE;
const TILT = Math.tan((20 * Math.PI) / 180);
const JPEG_LS_LOSSLESS = '1.2.840.10008.1.2.4.80';

type Expected = Omit<Kind, 'name' | 'belonging' | 'files'>;

/** A series of slices, each of which says what it is. */
function series(
  name: string,
  modality: string,
  slices: readonly ((belonging: Belonging) => readonly DataElement[])[],
  expected: Expected,
): Kind {
  const belonging = aBelonging(name, modality);
  const files = slices.map((elementsOf, index) => anImage(belonging, index + 1, elementsOf(belonging)));
  return { name, belonging, files, looks, ...expected };
}

const computed: readonly DataElement[] = [
  element('00080008', 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL']),
  ...bitsOf(16, 16, true),
  pixels(greyPixels(SQUARE, { bits: 16, isSigned: true, black: 1024, white: 1104 }), 'OW'),
  element('00180015', 'CS', 'HEAD'),
  element('00180050', 'DS', '2'),
  element('00181210', 'SH', 'FC21'),
  element('00281052', 'DS', '-1024'),
  element('00281053', 'DS', '1'),
  spacingOf(1),
];

/** A head CT with slices at these places along the body, sheared by the gantry where `perMm` is not zero. */
const ct = (name: string, depthsMm: readonly number[], expected: Expected, perMm = 0) =>
  series(
    name,
    'CT',
    depthsMm.map((z) => (belonging) => [...computed, ...placeOf(belonging, [-48, -48 + z * perMm, z])]),
    { letters: 'ALPR', shows: ['WW 80 / WL 40', '関数 FC21'], ...expected },
  );

const every2mm = (count: number) => Array.from({ length: count }, (_, index) => index * 2);

const geometry: readonly Kind[] = [
  ct('CT', every2mm(11), {
    shows: ['厚 2 / 間隔 2 mm', 'Im 6/11', 'WW 80 / WL 40', '関数 FC21', '検査時 63歳', '試験病院'],
  }),
  ct(
    'CT with a tilted gantry',
    every2mm(11),
    { findings: ['gantry-tilt'], shows: ['ガントリ傾斜 20°'] },
    TILT,
  ),
  ct('CT with a missing slice', [0, 2, 6, 8, 10, 12, 14, 16, 18], {
    findings: ['missing-slices'],
    shows: ['スライス欠落 1枚'],
  }),
  ct('CT with uneven slices', [0, 2, 4, 6.5, 8, 11.2, 12, 15.1, 16], {
    findings: ['uneven-spacing'],
    shows: ['スライス間隔が不均一'],
  }),
  ct('CT with a slice twice', [0, 2, 4, 4, 6, 8, 10, 12], {
    findings: ['duplicate-positions'],
    shows: ['同一位置のスライス 1組'],
  }),
];

const magnetic = (own: readonly DataElement[]) => (z: number) => (belonging: Belonging) => [
  element('00080008', 'CS', ['ORIGINAL', 'PRIMARY', 'M']),
  element('00180050', 'DS', '5'),
  element('00180080', 'DS', '3000'),
  spacingOf(1),
  ...windowOf(500, 1000),
  ...placeOf(belonging, [-48, -48, z]),
  ...own,
];

const atPlaces = (own: readonly DataElement[]) => [0, 5, 10].map(magnetic(own));

const turned = (orientation: readonly number[], offsets: readonly number[]) =>
  offsets.map((offset) => (belonging: Belonging) => [
    element('00080008', 'CS', ['ORIGINAL', 'PRIMARY', 'M']),
    spacingOf(1),
    ...windowOf(500, 1000),
    ...placeOf(
      belonging,
      orientation === AXIAL
        ? [-48, -48, offset]
        : orientation === CORONAL
          ? [-48, offset, 48]
          : [offset, -48, 48],
      orientation,
    ),
  ]);

const mixed: readonly Kind[] = [
  series('MR', 'MR', atPlaces([element('00180081', 'DS', '12')]), {
    letters: 'ALPR',
    shows: ['TR 3000 ms TE 12 ms', 'WW 1000 / WL 500', 'Im 2/3'],
  }),
  series(
    'MR of two echoes',
    'MR',
    ['10', '80'].flatMap((time) => atPlaces([element('00180081', 'DS', time)])),
    { letters: 'ALPR', stacks: ['TE 10 ms', 'TE 80 ms'] },
  ),
  series(
    'MR of two b-values',
    'MR',
    [0, 1000].flatMap((value) => atPlaces([element('00189087', 'FD', value)])),
    { letters: 'ALPR', stacks: ['b=0', 'b=1000'] },
  ),
  series(
    'MR in three orientations',
    'MR',
    [...turned(AXIAL, [0, 10]), ...turned(CORONAL, [0, 10]), ...turned(SAGITTAL, [0, 10])],
    { letters: 'ALPR', stacks: ['横断', '冠状断', '矢状断'] },
  ),
  series(
    'MR over time',
    'MR',
    ['1', '2', '3'].flatMap((position) =>
      atPlaces([element('00200100', 'IS', position), element('00200105', 'IS', '3')]),
    ),
    { letters: 'ALPR', stacks: ['時相 1', '時相 2', '時相 3'] },
  ),
];

/** Frames with groups of their own, as enhanced objects have them. */
function enhanced(modality: 'CT' | 'MR', own: readonly DataElement[], expected: Expected): Kind {
  const belonging = aBelonging(`enhanced ${modality}`, modality);
  const depths = every2mm(9);
  // A CT of no known region is hung with the window of soft tissue.
  const [black, white] = modality === 'CT' ? [840, 1240] : [1000, 2000];
  const frame = greyPixels(SQUARE, { bits: 16, black, white });
  const place = (z: number) => [
    sequence('00209113', [element('00200032', 'DS', ['-48', '-48', String(z)])]),
    sequence('00289132', windowOf(500, 1000)),
  ];
  const elements = [
    element(
      '00080016',
      'UI',
      modality === 'CT' ? '1.2.840.10008.5.1.4.1.1.2.1' : '1.2.840.10008.5.1.4.1.1.4.1',
    ),
    framesOf(depths.length),
    element('00200052', 'UI', belonging.frameOfReferenceUid),
    sequence('52009229', [
      sequence('00209116', [element('00200037', 'DS', AXIAL.map(String))]),
      sequence('00289110', [element('00180050', 'DS', '2'), spacingOf(1)]),
      sequence('00289145', [
        element('00281052', 'DS', '-1000'),
        element('00281053', 'DS', '1'),
        element('00281054', 'LO', modality === 'CT' ? 'HU' : 'US'),
      ]),
      ...own,
    ]),
    sequence('52009230', ...depths.map(place)),
    pixels(repeated(frame, depths.length), 'OW'),
  ];
  return {
    name: belonging.title,
    belonging,
    files: [anImage(belonging, 1, elements)],
    looks,
    letters: 'ALPR',
    ...expected,
  };
}

const multiFrame: readonly Kind[] = [
  enhanced('CT', [], { shows: ['厚 2 / 間隔 2 mm', 'Im 5/9', 'WW 350 / WL 40'] }),
  enhanced('MR', [sequence('00189114', [element('00189082', 'FD', 30)])], {
    shows: ['厚 2 / 間隔 2 mm', 'Im 5/9', 'TE 30 ms', 'WW 1000 / WL 500'],
  }),
];

const noise = Uint8Array.from({ length: 600 }, (_, at) => (at * 151 + 7) % 256);

/** Three slices, of which the middle one is no image that can be decoded. */
function broken(): Kind {
  const belonging = aBelonging('MR with a broken slice', 'MR');
  const [first, second, third] = [0, 5, 10].map((z) => magnetic([])(z)(belonging));
  const garbage = [...(second ?? []), element('7FE00010', 'OB', { fragments: [noise] })];
  return {
    name: belonging.title,
    belonging,
    files: [
      anImage(belonging, 1, first),
      anImage(belonging, 2, garbage, { transferSyntaxUid: JPEG_LS_LOSSLESS }),
      anImage(belonging, 3, third),
    ],
    sentence: '画像データが壊れているか、ヘッダーの記載と一致しません。',
  };
}

/** Rows and columns, but no pixels. */
function empty(): Kind {
  const belonging = aBelonging('MR without pixels', 'MR');
  const size = [element('00280010', 'US', SQUARE.rows), element('00280011', 'US', SQUARE.columns)];
  const file = aFile([...common(belonging, 1), ...size, ...bitsOf(16)]);
  return {
    name: belonging.title,
    belonging,
    files: [file],
    sentence: 'この画像には画素データが含まれていません。',
  };
}

/** The file of its only image is taken away by the test. */
export const lostFile: Kind = series('MR whose file is gone', 'MR', [magnetic([])(0)], {
  sentence: '画像データを取り出せません。',
});

export const brokenSlice = broken();

/** Two hospitals that gave one study and series UID to their own patients. */
function sameStudyUid(): readonly Kind[] {
  const first = aBelonging('MR under a study UID of one hospital', 'MR');
  const second = { ...first, patientId: 'KIND-other-hospital', title: 'MR under the same one of another' };
  return [first, second].map((belonging, at) => ({
    name: belonging.title,
    belonging,
    files: [0, 5, 10]
      .slice(0, at + 2)
      .map((z, index) => anImage(belonging, index + 1, magnetic([])(z)(belonging))),
    looks,
    letters: 'ALPR',
    shows: [`/${at + 2}`, belonging.patientId],
  }));
}

export const seriesKinds: readonly Kind[] = [
  ...geometry,
  ...mixed,
  ...multiFrame,
  ...sameStudyUid(),
  brokenSlice,
  empty(),
  lostFile,
];
