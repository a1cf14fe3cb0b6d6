import type { ImageGrid } from '#shared/dicom/geometry/plane.ts';
import { combineSlices } from '#shared/dicom/volume/combine-slices.ts';
import { samplePlane } from '#shared/dicom/volume/sample-plane.ts';
import type { SlabMode, SlabSampling } from '#shared/dicom/volume/sample-plane.ts';
import type { VolumeGeometry } from '#shared/dicom/volume/volume-geometry.ts';
import { canSharePixels } from '../decode/shared-pixels.ts';
import type { ComputedPixels, FromVolumeWorker, ToVolumeWorker, VolumePixels } from './volume-messages.ts';

export interface Volume {
  readonly id: string;
  readonly geometry: VolumeGeometry;
  /** By place in the geometry; undefined where a slice could not be loaded. */
  readonly slices: readonly (VolumePixels | undefined)[];
}

interface Pending {
  readonly resolve: (pixels: ComputedPixels) => void;
  readonly reject: (error: Error) => void;
}

/** Volumes a worker keeps at hand. */
const OPEN_VOLUMES = 3;

/**
 * Computes planes and slabs in a worker that reads the page's own pixels. Where memory cannot be shared,
 * the page computes them itself: slower to the hand, but no second copy of the volume either.
 */
export class VolumeEngine {
  #worker: Worker | undefined;
  readonly #pending = new Map<number, Pending>();
  /** Oldest first. */
  readonly #open = new Map<string, readonly (VolumePixels | undefined)[]>();
  #nextId = 1;

  plane(volume: Volume, grid: ImageGrid, slab: SlabSampling): Promise<ComputedPixels> {
    if (!canSharePixels) return later(() => samplePlane(volume.geometry, volume.slices, grid, slab));
    this.#ensureOpen(volume);
    return this.#ask((id) => ({ type: 'plane', id, volumeId: volume.id, grid, slab }));
  }

  combine(
    volume: Volume,
    place: number,
    members: readonly number[],
    mode: SlabMode,
  ): Promise<ComputedPixels> {
    const { geometry, slices } = volume;
    if (!canSharePixels) return later(() => combineSlices(geometry, slices, place, members, mode));
    const needed = slices.map((slice, at) => (members.includes(at) ? slice : undefined));
    return this.#ask((id) => ({ type: 'combine', id, geometry, slices: needed, place, members, mode }));
  }

  /** Lets go of a volume's pixels, so that their memory can be used again. */
  close(volumeId: string): void {
    if (this.#open.delete(volumeId)) this.#send({ type: 'close', volumeId });
  }

  #ensureOpen({ id, geometry, slices }: Volume): void {
    const known = this.#open.get(id);
    if (known && known.length === slices.length && known.every((slice, at) => slice === slices[at])) return;
    this.#open.delete(id);
    this.#open.set(id, slices);
    this.#send({ type: 'open', volumeId: id, geometry, slices });
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= OPEN_VOLUMES) break;
      this.close(oldest);
    }
  }

  #ask(order: (id: number) => ToVolumeWorker): Promise<ComputedPixels> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#send(order(id));
    });
  }

  #send(message: ToVolumeWorker): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message, []);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./volume-worker.ts', import.meta.url), {
      type: 'module',
      name: 'volumes',
    });
    worker.addEventListener('message', ({ data }: MessageEvent<FromVolumeWorker>) => {
      const pending = this.#pending.get(data.id);
      this.#pending.delete(data.id);
      if (data.type === 'computed') pending?.resolve(data);
      else pending?.reject(new Error(data.detail));
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      worker.terminate();
      this.#worker = undefined;
      this.#open.clear();
      const failed = [...this.#pending.values()];
      this.#pending.clear();
      for (const { reject } of failed) reject(new Error(event.message || 'the worker stopped'));
    });
    return worker;
  }
}

/** After the events that are waiting: the page stays usable between two planes. */
async function later(compute: () => ComputedPixels): Promise<ComputedPixels> {
  await new Promise((resolve) => setTimeout(resolve));
  return compute();
}
