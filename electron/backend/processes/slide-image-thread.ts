// A thread of the backend: takes a PNG apart and writes the DICOM file, while the microscope goes on being steered.
import { readFileSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { decode } from 'fast-png';
import { writeFile } from '#shared/dicom/write-file.ts';
import { slideImage } from './slide-image.ts';
import type { SlideImageOrder } from './write-slide-image.ts';

const { facts, patient, losslessPath, targetPath } = workerData as SlideImageOrder;
const { width, height, channels, data } = decode(readFileSync(losslessPath));
const rgb = new Uint8Array(width * height * 3);
for (let pixel = 0; pixel < width * height; pixel++) {
  for (let channel = 0; channel < 3; channel++)
    rgb[pixel * 3 + channel] = data[pixel * channels + channel] ?? 0;
}
const pieces = writeFile(slideImage(facts, patient, { widthPixels: width, heightPixels: height, rgb }));
writeFileSync(targetPath, Buffer.concat(pieces), { flag: 'wx', mode: 0o600 });
parentPort?.postMessage('written');
