// Runs in a web worker: reformats and slabs, read straight from the page's shared pixels.
import { combineSlices } from '#shared/dicom/volume/combine-slices.ts';
import { samplePlane } from '#shared/dicom/volume/sample-plane.ts';
import type { ComputedPixels, FromVolumeWorker, ToVolumeWorker } from './volume-messages.ts';

const volumes = new Map<string, Extract<ToVolumeWorker, { type: 'open' }>>();

addEventListener('message', ({ data }: MessageEvent<ToVolumeWorker>) => {
  if (data.type === 'open') volumes.set(data.volumeId, data);
  else if (data.type === 'close') volumes.delete(data.volumeId);
  else answer(data);
});

function answer(order: Extract<ToVolumeWorker, { id: number }>): void {
  try {
    const { pixels, minimum, maximum } = compute(order);
    reply({ type: 'computed', id: order.id, pixels, minimum, maximum }, [pixels.buffer as ArrayBuffer]);
  } catch (error) {
    reply({ type: 'failed', id: order.id, detail: error instanceof Error ? error.message : String(error) });
  }
}

function compute(order: Extract<ToVolumeWorker, { id: number }>): ComputedPixels {
  if (order.type === 'combine') {
    return combineSlices(order.geometry, order.slices, order.place, order.members, order.mode);
  }
  const volume = volumes.get(order.volumeId);
  if (!volume) throw new Error(`volume ${order.volumeId} is not open`);
  return samplePlane(volume.geometry, volume.slices, order.grid, order.slab);
}

function reply(message: FromVolumeWorker, transfer: ArrayBuffer[] = []): void {
  postMessage(message, { transfer });
}
