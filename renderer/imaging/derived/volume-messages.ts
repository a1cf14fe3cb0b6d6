import type { ImageGrid } from '#shared/dicom/geometry/plane.ts';
import type { SampledPlane, SlabMode, SlabSampling } from '#shared/dicom/volume/sample-plane.ts';
import type { VolumeGeometry } from '#shared/dicom/volume/volume-geometry.ts';

export type VolumePixels = ArrayLike<number>;

export type ToVolumeWorker =
  | {
      readonly type: 'open';
      readonly volumeId: string;
      readonly geometry: VolumeGeometry;
      /** By place in the geometry; in shared memory. */
      readonly slices: readonly (VolumePixels | undefined)[];
    }
  | { readonly type: 'close'; readonly volumeId: string }
  | {
      readonly type: 'plane';
      readonly id: number;
      readonly volumeId: string;
      readonly grid: ImageGrid;
      readonly slab: SlabSampling;
    }
  | {
      readonly type: 'combine';
      readonly id: number;
      readonly geometry: VolumeGeometry;
      readonly slices: readonly (VolumePixels | undefined)[];
      readonly place: number;
      readonly members: readonly number[];
      readonly mode: SlabMode;
    };

export interface ComputedPixels {
  readonly pixels: SampledPlane['pixels'] | Uint16Array;
  readonly minimum: number;
  readonly maximum: number;
}

export type FromVolumeWorker =
  | ({ readonly type: 'computed'; readonly id: number } & ComputedPixels)
  | { readonly type: 'failed'; readonly id: number; readonly detail: string };
