// The same small images in every transfer syntax that is decoded, made with other people's encoders.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import dcmjsCodecs from 'dcmjs-codecs';
import type { DataElement } from '#shared/dicom/write-data-set.ts';
import { aFile, element, identity, imageShape } from './dicom-files.ts';

const { Context, NativeCodecs } = dcmjsCodecs;

/** Odd, so that nothing fits a block or a word by chance. */
const COLUMNS = 61;
const ROWS = 47;

export interface SourceImage {
  readonly name: string;
  readonly bitsStored: number;
  readonly isSigned: boolean;
  readonly samples: 1 | 3;
  /** Stored values, three per pixel for colours. */
  readonly pixels: Uint8Array | Uint16Array | Int16Array;
}

/** A slope with noise on it that reaches both ends of what the bits can hold. */
function sourceImage(name: string, bitsStored: number, isSigned: boolean, samples: 1 | 3 = 1): SourceImage {
  const count = COLUMNS * ROWS * samples;
  const pixels =
    bitsStored <= 8 ? new Uint8Array(count) : isSigned ? new Int16Array(count) : new Uint16Array(count);
  const lowest = isSigned ? -(2 ** (bitsStored - 1)) : 0;
  const range = 2 ** bitsStored - 1;
  let seed = bitsStored * 31 + samples;
  for (let at = 0; at < count; at++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const noise = ((seed >>> 16) / 65_535 - 0.5) * 0.04;
    pixels[at] = lowest + Math.round(range * Math.min(1, Math.max(0, (at / count) * 1.04 - 0.02 + noise)));
  }
  pixels[0] = lowest;
  pixels[count - 1] = lowest + range;
  return { name, bitsStored, isSigned, samples, pixels };
}

const byte = sourceImage('8 bit', 8, false);
const twelve = sourceImage('12 bit', 12, false);
const sixteen = sourceImage('16 bit', 16, false);
const signedTwelve = sourceImage('12 bit signed', 12, true);
const signedSixteen = sourceImage('16 bit signed', 16, true);
const colour = sourceImage('colour', 8, false, 3);
const greys = [byte, twelve, sixteen, signedTwelve, signedSixteen];
const all = [...greys, colour];

export interface EncodedFile {
  readonly source: SourceImage;
  readonly transferSyntaxUid: string;
  /** Path of the file. */
  readonly file: string;
  /** By how much a decoder may differ from the source at most; Infinity where only the encoder knows. */
  readonly tolerance: number;
}

type Encode = (source: SourceImage, plain: string, target: string) => void;

const dcmtk =
  (tool: string, ...options: string[]): Encode =>
  (_, plain, target) =>
    void execFileSync(tool, [...options, plain, target], { stdio: 'pipe' });

/** Code streams in our own file, where no tool of DCMTK's 3.6.7 writes one. */
const wrapped =
  (
    transferSyntaxUid: string,
    photometric: string,
    encode: (source: SourceImage, work: string) => Uint8Array,
  ): Encode =>
  (source, plain, target) => {
    const fragments = [encode(source, plain)];
    const elements = elementsOf(source, source.samples === 3 ? photometric : 'MONOCHROME2');
    writeFileSync(
      target,
      aFile([...elements, element('7FE00010', 'OB', { fragments })], { transferSyntaxUid }),
    );
  };

function openJpeg(...options: string[]): (source: SourceImage, work: string) => Uint8Array {
  return ({ pixels, bitsStored, isSigned, samples }, work) => {
    const raw = `${work}.rawl`;
    const codestream = `${work}.j2k`;
    writeFileSync(raw, samples === 3 ? planes(pixels) : new Uint8Array(pixels.buffer));
    const format = `${COLUMNS},${ROWS},${samples},${bitsStored},${isSigned ? 's' : 'u'}`;
    execFileSync('opj_compress', ['-i', raw, '-o', codestream, '-F', format, ...options], { stdio: 'pipe' });
    return readFileSync(codestream);
  };
}

function highThroughput(options: { lossy: boolean; progressionOrder: number }) {
  return ({ pixels, bitsStored, isSigned, samples }: SourceImage): Uint8Array => {
    const context = new Context({
      width: COLUMNS,
      height: ROWS,
      bitsAllocated: bitsStored <= 8 ? 8 : 16,
      bitsStored,
      samplesPerPixel: samples,
      pixelRepresentation: isSigned ? 1 : 0,
      planarConfiguration: 0,
      photometricInterpretation: samples === 3 ? 'RGB' : 'MONOCHROME2',
      decodedBuffer: new Uint8Array(pixels.buffer.slice(0)),
    });
    return NativeCodecs.encodeHtJpeg2000(context, options).getEncodedBuffer() ?? new Uint8Array();
  };
}

const RPCL = 2;
const SYNTAX = '1.2.840.10008.1.2';

/** How each transfer syntax is made, of which images, and how far from them it may be. */
const recipes: readonly {
  readonly uid: string;
  readonly of: readonly SourceImage[];
  readonly tolerance: number;
  readonly encode: Encode;
}[] = [
  { uid: SYNTAX, of: all, tolerance: 0, encode: dcmtk('dcmconv', '+ti') },
  { uid: `${SYNTAX}.1`, of: all, tolerance: 0, encode: dcmtk('dcmconv', '+te') },
  { uid: `${SYNTAX}.2`, of: all, tolerance: 0, encode: dcmtk('dcmconv', '+tb') },
  { uid: `${SYNTAX}.1.99`, of: all, tolerance: 0, encode: dcmtk('dcmconv', '+td') },
  {
    uid: `${SYNTAX}.1.98`,
    of: all,
    tolerance: 0,
    encode: wrapped(`${SYNTAX}.1.98`, 'RGB', ({ pixels }) => new Uint8Array(pixels.buffer)),
  },
  {
    uid: `${SYNTAX}.8.1`,
    of: all,
    tolerance: 0,
    encode: wrapped(`${SYNTAX}.8.1`, 'RGB', ({ pixels }) => deflateRawSync(new Uint8Array(pixels.buffer))),
  },
  { uid: `${SYNTAX}.5`, of: all, tolerance: 0, encode: dcmtk('dcmcrle') },
  { uid: `${SYNTAX}.4.50`, of: [byte, colour], tolerance: Infinity, encode: dcmtk('dcmcjpeg', '+eb') },
  { uid: `${SYNTAX}.4.51`, of: [byte, twelve], tolerance: Infinity, encode: dcmtk('dcmcjpeg', '+ee') },
  { uid: `${SYNTAX}.4.53`, of: [byte, twelve], tolerance: Infinity, encode: dcmtk('dcmcjpeg', '+es') },
  { uid: `${SYNTAX}.4.55`, of: [byte, twelve], tolerance: Infinity, encode: dcmtk('dcmcjpeg', '+ep') },
  { uid: `${SYNTAX}.4.57`, of: all, tolerance: 0, encode: dcmtk('dcmcjpeg', '+el', '+sv', '6') },
  { uid: `${SYNTAX}.4.70`, of: all, tolerance: 0, encode: dcmtk('dcmcjpeg', '+e1') },
  { uid: `${SYNTAX}.4.80`, of: all, tolerance: 0, encode: dcmtk('dcmcjpls', '+el') },
  {
    uid: `${SYNTAX}.4.81`,
    of: [byte, twelve, sixteen, colour],
    tolerance: 2,
    encode: dcmtk('dcmcjpls', '+en', '+md', '2'),
  },
  { uid: `${SYNTAX}.4.90`, of: all, tolerance: 0, encode: wrapped(`${SYNTAX}.4.90`, 'YBR_RCT', openJpeg()) },
  {
    uid: `${SYNTAX}.4.91`,
    of: all,
    tolerance: Infinity,
    encode: wrapped(`${SYNTAX}.4.91`, 'YBR_ICT', openJpeg('-I', '-r', '8')),
  },
  {
    uid: `${SYNTAX}.4.201`,
    of: all,
    tolerance: 0,
    encode: wrapped(`${SYNTAX}.4.201`, 'YBR_RCT', highThroughput({ lossy: false, progressionOrder: 0 })),
  },
  {
    uid: `${SYNTAX}.4.202`,
    of: all,
    tolerance: 0,
    encode: wrapped(`${SYNTAX}.4.202`, 'YBR_RCT', highThroughput({ lossy: false, progressionOrder: RPCL })),
  },
  {
    uid: `${SYNTAX}.4.203`,
    of: all,
    tolerance: Infinity,
    encode: wrapped(`${SYNTAX}.4.203`, 'YBR_ICT', highThroughput({ lossy: true, progressionOrder: RPCL })),
  },
];

/** Writes one file for each transfer syntax and image into `folder`, steps in between into `workFolder`. Needs DCMTK and OpenJPEG. */
export async function writeEncodedFiles(folder: string, workFolder: string): Promise<EncodedFile[]> {
  if (!NativeCodecs.isInitialized()) await NativeCodecs.initializeAsync();
  return recipes.flatMap(({ uid, of, tolerance, encode }) =>
    of.map((source) => {
      const plain = path.join(workFolder, `${source.name}.dcm`);
      const vr = source.pixels.BYTES_PER_ELEMENT === 1 ? 'OB' : 'OW';
      const bytes = new Uint8Array(source.pixels.buffer);
      writeFileSync(plain, aFile([...elementsOf(source, 'RGB'), element('7FE00010', vr, bytes)]));
      const file = path.join(folder, `${uid} ${source.name}.dcm`);
      encode(source, plain, file);
      return { source, transferSyntaxUid: uid, file, tolerance };
    }),
  );
}

function elementsOf({ bitsStored, isSigned, samples }: SourceImage, colours: string): DataElement[] {
  const shape = imageShape({
    rows: ROWS,
    columns: COLUMNS,
    samples,
    bits: bitsStored <= 8 ? 8 : 16,
    photometric: samples === 3 ? colours : 'MONOCHROME2',
    isSigned,
  });
  const own = [
    ...(samples === 3 ? [element('00280006', 'US', 0)] : []),
    element('00280101', 'US', bitsStored),
    element('00280102', 'US', bitsStored - 1),
  ];
  const tags = new Set(own.map(({ tag }) => tag));
  return [...identity(), ...shape.filter(({ tag }) => !tags.has(tag)), ...own];
}

/** Red, then green, then blue. */
function planes(pixels: SourceImage['pixels']): Uint8Array {
  const count = pixels.length / 3;
  return Uint8Array.from(pixels, (_, at) => pixels[(at % count) * 3 + Math.floor(at / count)] ?? 0);
}
