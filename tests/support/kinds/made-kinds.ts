// Images of every kind, made here: none depends on a file from elsewhere.
import type { DataElement } from '#shared/dicom/write-data-set.ts';
import { aFile, element } from '../dicom-files.ts';
import { bitPixels, colourPixels, greyPixels, paletteEntries, palettePixels } from './drawing.ts';
import type { GreyForm } from './drawing.ts';
import type { Kind, Looks } from './kind.ts';
import {
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
  withOwn,
} from './made-image.ts';

const square: Looks = SQUARE;
const inColour: Looks = { ...SQUARE, inColour: true };
const uncalibrated = ['uncalibrated'];

type Single = Omit<Kind, 'name' | 'belonging' | 'files'> & {
  readonly modality?: string;
  readonly elements: readonly DataElement[];
};

/** A kind that one image is enough for. */
function single(name: string, { modality = 'OT', elements, ...expected }: Single): Kind {
  const belonging = aBelonging(name, modality);
  return { name, belonging, files: [anImage(belonging, 1, elements)], looks: square, ...expected };
}

function grey(name: string, form: GreyForm & { readonly stored?: number }, own: DataElement[] = []): Kind {
  const { bits, stored = bits, isSigned = false } = form;
  const bytes = greyPixels(SQUARE, form);
  const elements = [...bitsOf(bits, stored, isSigned), pixels(bytes, bits === 8 ? 'OB' : 'OW'), ...own];
  return single(name, { elements, findings: uncalibrated });
}

const stored: readonly Kind[] = [
  grey('8 bit unsigned', { bits: 8, black: 0, white: 255 }),
  grey('8 bit signed', { bits: 8, isSigned: true, black: -120, white: 120 }),
  grey('10 bit in 16', { bits: 16, stored: 10, black: 0, white: 1023 }),
  grey('12 bit unsigned', { bits: 16, stored: 12, black: 0, white: 4095 }),
  grey('12 bit signed', { bits: 16, stored: 12, isSigned: true, black: -2000, white: 2000 }),
  grey('16 bit unsigned', { bits: 16, black: 0, white: 65_535 }),
  grey('16 bit signed', { bits: 16, isSigned: true, black: -30_000, white: 30_000 }),
  grey('32 bit unsigned', { bits: 32, black: 0, white: 4_000_000_000 }),
  grey('32 bit signed', { bits: 32, isSigned: true, black: -2_000_000_000, white: 2_000_000_000 }),
  single('1 bit', {
    looks: undefined,
    elements: [...bitsOf(1), pixels(bitPixels(SQUARE))],
    findings: uncalibrated,
  }),
  grey('MONOCHROME1', { bits: 16, black: 1000, white: 0 }, [element('00280004', 'CS', 'MONOCHROME1')]),
  grey('inverse presentation shape', { bits: 16, black: 1000, white: 0 }, [
    element('20500020', 'CS', 'INVERSE'),
  ]),
];

const scales: readonly Kind[] = [
  single('window', { elements: windowOf(500, 1000), shows: ['WW 1000 / WL 500'], findings: uncalibrated }),
  single('window of nothing', {
    elements: windowOf(0, 0),
    hides: ['WW 0'],
    findings: uncalibrated,
  }),
  single('sigmoid', {
    elements: windowOf(500, 500, 'SIGMOID'),
    shows: ['WW 500 / WL 500'],
    findings: uncalibrated,
  }),
  single('linear exact', {
    elements: windowOf(500, 1000, 'LINEAR_EXACT'),
    shows: ['WW 1000 / WL 500'],
    findings: uncalibrated,
  }),
  single('VOI LUT', {
    modality: 'DX',
    elements: [
      sequence('00283010', [
        element('00283002', 'US', [1001, 0, 16]),
        element(
          '00283006',
          'US',
          Array.from({ length: 1001 }, (_, value) => Math.round(value * 65.535)),
        ),
      ]),
    ],
    shows: ['VOI LUT'],
    findings: uncalibrated,
  }),
  single('modality LUT', {
    elements: [
      sequence('00283000', [
        element('00283002', 'US', [1001, 0, 16]),
        element('00283004', 'LO', 'US'),
        element(
          '00283006',
          'US',
          Array.from({ length: 1001 }, (_, value) => value * 3),
        ),
      ]),
      ...windowOf(1500, 3000),
    ],
    shows: ['WW 3000 / WL 1500'],
    findings: uncalibrated,
  }),
  single('pixel padding', {
    modality: 'CT',
    elements: [
      ...bitsOf(16, 16, true),
      pixels(greyPixels(SQUARE, { bits: 16, isSigned: true, black: -2000, white: 3000 }), 'OW'),
      element('00280120', 'SS', -2000),
      element('00281052', 'DS', '0'),
      element('00281053', 'DS', '1'),
      ...windowOf(1250, 3500),
      spacingOf(1),
    ],
    shows: ['WW 3500 / WL 1250'],
    findings: ['position-unknown'],
  }),
];

const colours: readonly Kind[] = [
  ...(['RGB', 'RGB by plane', 'YBR_FULL', 'YBR_FULL_422'] as const).map((form) =>
    single(form, {
      modality: 'XC',
      looks: inColour,
      elements: [
        ...bitsOf(8),
        element('00280002', 'US', 3),
        element('00280004', 'CS', form === 'RGB by plane' ? 'RGB' : form),
        element('00280006', 'US', form === 'RGB by plane' ? 1 : 0),
        pixels(colourPixels(SQUARE, form)),
      ],
      hides: ['WW'],
      findings: ['uncalibrated'],
    }),
  ),
  single('palette', {
    modality: 'US',
    looks: inColour,
    elements: [
      ...bitsOf(8),
      element('00280004', 'CS', 'PALETTE COLOR'),
      ...([0, 1, 2] as const).flatMap((channel) => [
        element(`0028110${channel + 1}`, 'US', [paletteEntries(channel).length, 0, 16]),
        element(
          `0028120${channel + 1}`,
          'OW',
          new Uint8Array(Uint16Array.from(paletteEntries(channel)).buffer),
        ),
      ]),
      pixels(palettePixels(SQUARE)),
    ],
    hides: ['WW'],
    findings: ['uncalibrated'],
  }),
];

const oblong: Looks = { columns: 96, rows: 48, spacing: [2, 1] };

const places: readonly Kind[] = [
  single('pixels twice as high as wide', {
    modality: 'MR',
    looks: oblong,
    elements: [
      element('00280010', 'US', 48),
      spacingOf(2, 1),
      pixels(greyPixels(oblong, { bits: 16, black: 0, white: 1000 }), 'OW'),
    ],
    findings: ['position-unknown', 'non-square-pixels'],
  }),
  single('pixel aspect ratio', {
    looks: oblong,
    elements: [
      element('00280010', 'US', 48),
      element('00280034', 'IS', ['2', '1']),
      pixels(greyPixels(oblong, { bits: 16, black: 0, white: 1000 }), 'OW'),
    ],
    findings: ['uncalibrated', 'non-square-pixels'],
  }),
  single('CR', {
    modality: 'CR',
    elements: [
      element('00181164', 'DS', ['0.2', '0.2']),
      element('00200020', 'CS', ['L', 'F']),
      element('00200060', 'CS', 'R'),
      element('00185101', 'CS', 'PA'),
      ...windowOf(500, 1000),
    ],
    shows: ['検出器面の長さ', 'R PA'],
    letters: 'HLFR',
    findings: ['detector-spacing'],
  }),
  single('DX with a magnification', {
    modality: 'DX',
    elements: [element('00181164', 'DS', ['0.2', '0.2']), element('00181114', 'DS', '1.25')],
  }),
  single('MG', {
    modality: 'MG',
    elements: [
      element('00181164', 'DS', ['0.1', '0.1']),
      element('00280030', 'DS', ['0.09', '0.09']),
      element('00280A02', 'CS', 'GEOMETRY'),
      element('00200062', 'CS', 'L'),
      element('00185101', 'CS', 'MLO'),
      element('00200020', 'CS', ['P', 'FR']),
    ],
    shows: ['L MLO'],
    letters: 'HLPFRA',
  }),
  single('overlay', {
    modality: 'MR',
    elements: [
      spacingOf(1),
      element('60000010', 'US', SQUARE.rows),
      element('60000011', 'US', SQUARE.columns),
      element('60000040', 'CS', 'G'),
      element('60000050', 'SS', [1, 1]),
      element('60000100', 'US', 1),
      element('60000102', 'US', 0),
      element('60003000', 'OW', bitPixels(SQUARE)),
    ],
    findings: ['position-unknown'],
  }),
];

/** 370 MBq with a half-life of 6588 s, injected an hour before the scan, into 70 kg. */
const activity = (own: readonly DataElement[] = []): DataElement[] => [
  element('00080021', 'DA', '20260102'),
  element('00080022', 'DA', '20260102'),
  element('00080031', 'TM', '110000'),
  element('00080032', 'TM', '110000'),
  element('00280051', 'CS', ['DECY', 'ATTN']),
  element('00281052', 'DS', '0'),
  element('00281053', 'DS', '50'),
  element('00541001', 'CS', 'BQML'),
  element('00541102', 'CS', 'START'),
  sequence('00540016', [
    element('00181072', 'TM', '100000'),
    element('00181074', 'DS', '370000000'),
    element('00181075', 'DS', '6588'),
  ]),
  spacingOf(4),
  ...own,
];

/** What 50 000 Bq/ml (white) is in SUV: per decayed dose and gram. */
export const whiteSuv = (1000 * 50 * 70_000) / (370_000_000 * 2 ** (-3600 / 6588));

function nuclear(): Kind {
  const belonging = aBelonging('NM of two windows', 'NM');
  const bytes = repeated(greyPixels(SQUARE, { bits: 16, black: 0, white: 1000 }), 4);
  const elements = [
    framesOf(4),
    element('00540010', 'US', [1, 1, 2, 2]),
    element('00540011', 'US', 2),
    spacingOf(4),
    pixels(bytes, 'OW'),
  ];
  return {
    name: belonging.title,
    belonging,
    files: [anImage(belonging, 1, elements)],
    looks: square,
    stacks: ['エネルギー窓 1', 'エネルギー窓 2'],
    findings: ['position-unknown'],
  };
}

const functional: readonly Kind[] = [
  single('PET in SUV', {
    modality: 'PT',
    elements: activity([element('00101030', 'DS', '70')]),
    looks: undefined,
    shows: ['WW 5 / WL 2.5', 'SUVbw'],
    findings: ['position-unknown'],
  }),
  single('PET without weight', {
    modality: 'PT',
    elements: activity(),
    shows: ['SUV計算不可：体重の記録なし'],
    hides: ['SUVbw'],
    findings: ['position-unknown'],
  }),
  nuclear(),
];

const US_REGION = [
  element('00186012', 'US', 1),
  element('00186014', 'US', 1),
  element('00186018', 'UL', 0),
  element('0018601A', 'UL', 0),
  element('0018601C', 'UL', SQUARE.columns - 1),
  element('0018601E', 'UL', SQUARE.rows - 1),
  element('00186024', 'US', 3),
  element('00186026', 'US', 3),
  element('0018602C', 'FD', 0.1),
  element('0018602E', 'FD', 0.1),
];

const films: readonly Kind[] = [
  single('US film in colour', {
    modality: 'US',
    looks: inColour,
    elements: [
      framesOf(6),
      ...bitsOf(8),
      element('00280002', 'US', 3),
      element('00280004', 'CS', 'RGB'),
      element('00280006', 'US', 0),
      element('00181063', 'DS', '40'),
      element('00280009', 'AT', [0x00181063]),
      sequence('00186011', US_REGION),
      pixels(repeated(colourPixels(SQUARE, 'RGB'), 6)),
    ],
    shows: ['Im 1/6'],
  }),
  single('XA film', {
    modality: 'XA',
    elements: [
      framesOf(12),
      ...bitsOf(8),
      element('00181063', 'DS', '66.7'),
      element('00181164', 'DS', ['0.3', '0.3']),
      pixels(repeated(greyPixels(SQUARE, { bits: 8, black: 0, white: 255 }), 12)),
    ],
    shows: ['Im 1/12', '検出器面の長さ'],
    findings: ['detector-spacing'],
  }),
];

/** Not images: the series says what it is. */
const objects = (
  [
    ['SR', '1.2.840.10008.5.1.4.1.1.88.11', '構造化レポート'],
    ['PR', '1.2.840.10008.5.1.4.1.1.11.1', '表示状態'],
    ['KO', '1.2.840.10008.5.1.4.1.1.88.59', 'キーオブジェクト選択'],
    ['DOC', '1.2.840.10008.5.1.4.1.1.104.1', '文書'],
  ] as const
).map(([modality, sopClassUid, words]): Kind => {
  const belonging = aBelonging(`object ${modality}`, modality);
  const own = [
    element('00080016', 'UI', sopClassUid),
    ...(modality === 'DOC' ? [element('00420011', 'OB', Buffer.from('%PDF-1.4\n%%EOF\n'))] : []),
  ];
  return {
    name: belonging.title,
    belonging,
    files: [aFile(withOwn(common(belonging, 1), own), { sopClassUid })],
    sentence: `このシリーズには画像がありません（${words}）。`,
  };
});

function segmentation(): Kind {
  const belonging = aBelonging('object SEG', 'SEG');
  const elements = [
    element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.66.4'),
    ...bitsOf(1),
    ...placeOf(belonging, [0, 0, 0]),
    spacingOf(1),
    pixels(bitPixels(SQUARE)),
  ];
  return {
    name: belonging.title,
    belonging,
    files: [anImage(belonging, 1, elements)],
    shows: ['セグメンテーション'],
    letters: 'ALPR',
  };
}

export const singleKinds: readonly Kind[] = [
  ...stored,
  ...scales,
  ...colours,
  ...places,
  ...functional,
  ...films,
  ...objects,
  segmentation(),
];
