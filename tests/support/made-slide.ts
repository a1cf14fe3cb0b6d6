// Whole slides as scanners write them, with a picture that says where it is.
import { execFileSync } from 'node:child_process';
import { ftruncateSync, openSync, closeSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { DataElement } from '#shared/dicom/write-data-set.ts';
import { writeFile } from '#shared/dicom/write-file.ts';
import { element, imageShape } from './dicom-files.ts';

const WHOLE_SLIDE = '1.2.840.10008.5.1.4.1.1.77.1.6';
const PATCH_UM = 96;

export type Colour = readonly [red: number, green: number, blue: number];

/** The colour at a place of the slide, from its upper left corner: patches that differ from all around them. */
export function colourAt(xUm: number, yUm: number): Colour {
  const column = Math.floor(xUm / PATCH_UM);
  const row = Math.floor(yUm / PATCH_UM);
  return [60 + ((column * 47) % 180), 60 + ((row * 59) % 180), 60 + (((column + row) * 31) % 180)];
}

/** Whether all within this distance has one colour. */
export function isInsidePatch(xUm: number, yUm: number, marginUm: number): boolean {
  const isWithin = (um: number) => um % PATCH_UM >= marginUm && um % PATCH_UM <= PATCH_UM - marginUm;
  return isWithin(xUm) && isWithin(yUm);
}

export interface MadeLevel {
  readonly micrometresPerPixel: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly tileSide: number;
  /** Third value of Image Type. */
  readonly flavour?: 'VOLUME' | 'LABEL';
  readonly seriesUid?: string;
  /** Tiles that say where they lie: only these are there, in this order. */
  readonly sparse?: readonly (readonly [column: number, row: number])[];
  readonly planarConfiguration?: 0 | 1;
  readonly withoutScale?: boolean;
}

let instances = 0;

/** One level without compression. */
export function writeLevel(file: string, level: MadeLevel): void {
  const tiles = level.sparse ?? everyTile(level);
  const pixels = Buffer.concat(tiles.map(([column, row]) => tilePixels(level, column, row)));
  const bytes = writeFile([...levelElements(level, tiles.length), element('7FE00010', 'OB', pixels)]);
  writeFileSync(file, Buffer.concat(bytes));
}

/** One level with JPEG baseline, by DCMTK. */
export function writeJpegLevel(file: string, level: MadeLevel): void {
  const plain = `${file}.plain`;
  writeLevel(plain, level);
  // Without a table of offsets, as some scanners write it, and with all colour at full resolution.
  execFileSync('dcmcjpeg', ['+eb', '+q', '95', '+s4', '-ot', plain, file], { stdio: 'pipe' });
  rmSync(plain);
}

/** A level of so many bytes that nobody reads it as a whole: no pixel is written but those of the last tile. */
export function writeHugeLevel(file: string, level: MadeLevel): void {
  const tiles = everyTile(level);
  const [column, row] = tiles.at(-1) ?? [0, 0];
  const last = tilePixels(level, column, row);
  const length = last.byteLength * tiles.length;
  const header = Buffer.concat(writeFile(levelElements(level, tiles.length)));
  const pixelData = Buffer.from('e07f10004f42000000000000', 'hex');
  pixelData.writeUInt32LE(length, 8);
  const handle = openSync(file, 'w');
  writeSync(handle, header);
  writeSync(handle, pixelData);
  const start = header.byteLength + pixelData.byteLength;
  ftruncateSync(handle, start + length);
  writeSync(handle, last, 0, last.byteLength, start + length - last.byteLength);
  closeSync(handle);
}

/** Red, green and blue of one tile, with padding beyond the slide. */
export function tilePixels(level: MadeLevel, column: number, row: number): Buffer {
  const { tileSide, micrometresPerPixel: scale, planarConfiguration } = level;
  const count = tileSide * tileSide;
  const pixels = Buffer.alloc(count * 3);
  for (let at = 0; at < count; at += 1) {
    const x = column * tileSide + (at % tileSide) + 0.5;
    const y = row * tileSide + Math.floor(at / tileSide) + 0.5;
    const isPadding = x > level.widthPixels || y > level.heightPixels;
    const colour = isPadding ? [0, 0, 0] : colourAt(x * scale, y * scale);
    for (let channel = 0; channel < 3; channel += 1) {
      pixels[planarConfiguration === 1 ? channel * count + at : at * 3 + channel] = colour[channel] ?? 0;
    }
  }
  return pixels;
}

function everyTile({ widthPixels, heightPixels, tileSide }: MadeLevel): (readonly [number, number])[] {
  const columns = Math.ceil(widthPixels / tileSide);
  const rows = Math.ceil(heightPixels / tileSide);
  return Array.from({ length: columns * rows }, (_, at) => [at % columns, Math.floor(at / columns)] as const);
}

function levelElements(level: MadeLevel, frames: number): DataElement[] {
  const { micrometresPerPixel, widthPixels, heightPixels, tileSide, sparse } = level;
  const spacingMm = micrometresPerPixel / 1000;
  instances += 1;
  return [
    element('00080008', 'CS', ['ORIGINAL', 'PRIMARY', level.flavour ?? 'VOLUME', 'NONE']),
    element('00080016', 'UI', WHOLE_SLIDE),
    element('00080018', 'UI', `1.2.826.0.1.3680043.8.498.7.${instances}`),
    element('00080060', 'CS', 'SM'),
    element('0020000D', 'UI', '1.2.826.0.1.3680043.8.498.8'),
    element('0020000E', 'UI', level.seriesUid ?? '1.2.826.0.1.3680043.8.498.9'),
    element('00209311', 'CS', sparse ? 'TILED_SPARSE' : 'TILED_FULL'),
    ...imageShape({ rows: tileSide, columns: tileSide, samples: 3, bits: 8, frames, photometric: 'RGB' }),
    element('00280006', 'US', level.planarConfiguration ?? 0),
    element('00480006', 'UL', widthPixels),
    element('00480007', 'UL', heightPixels),
    ...(level.withoutScale
      ? []
      : [
          element('52009229', 'SQ', {
            items: [
              [
                element('00289110', 'SQ', {
                  items: [[element('00280030', 'DS', [String(spacingMm), String(spacingMm)])]],
                }),
              ],
            ],
          }),
        ]),
    ...(sparse
      ? [
          element('52009230', 'SQ', {
            items: sparse.map(([column, row]) => [
              element('0048021A', 'SQ', {
                items: [
                  [
                    element('0048021E', 'SL', column * tileSide + 1),
                    element('0048021F', 'SL', row * tileSide + 1),
                  ],
                ],
              }),
            ]),
          }),
        ]
      : []),
  ];
}

/** A slide of 3 × 2.2 mm in two levels, the finer one compressed. */
export function writeSlide(folder: string): MadeLevel {
  const finest = { micrometresPerPixel: 1, widthPixels: 3000, heightPixels: 2200, tileSide: 256 };
  writeJpegLevel(path.join(folder, 'finest.dcm'), finest);
  writeLevel(path.join(folder, 'coarse.dcm'), {
    micrometresPerPixel: 4,
    widthPixels: 750,
    heightPixels: 550,
    tileSide: 256,
  });
  return finest;
}
