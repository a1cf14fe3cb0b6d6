import { bodyRegionOf } from '#shared/dicom/series/body-region.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import { kernelSharpness } from '#shared/dicom/series/kernel.ts';
import type { BodyRegion } from '#shared/domain/series-facts.ts';
import type { ImageStack, VoiChoice } from '#renderer/imaging/index.ts';
import { windowPresets } from '../window-presets.ts';

/** What a CT of a region is looked at with first: soft kernels, then sharp ones. */
const byRegion: Partial<Readonly<Record<BodyRegion, readonly [soft: string, sharp: string]>>> = {
  head: ['brain', 'bone'],
  neck: ['soft-tissue', 'bone'],
  chest: ['soft-tissue', 'lung'],
  heart: ['soft-tissue', 'lung'],
  abdomen: ['abdomen', 'bone'],
  pelvis: ['abdomen', 'bone'],
  spine: ['soft-tissue', 'bone'],
  extremity: ['soft-tissue', 'bone'],
};

/** Only there the presets mean what they say: not on perfusion maps, nor on pictures of rendered surfaces. */
export function isInHounsfieldUnits({ modality, unit, plane }: ImageDescription): boolean {
  return modality === 'CT' && unit === 'HU' && plane !== undefined;
}

/**
 * The grey scale a stack is opened with. The body part chooses it for CT, and only then: the keys mean
 * the same on every study. All other images start with what their file says, or what their values suggest.
 */
export function initialVoi({ images: [first] }: ImageStack): VoiChoice | undefined {
  if (!first || !isInHounsfieldUnits(first.description)) return undefined;
  const { bodyPart, protocolName, seriesDescription, kernel } = first.description;
  const written = bodyRegionOf(bodyPart);
  const region = written === 'unknown' ? bodyRegionOf(`${protocolName} ${seriesDescription}`) : written;
  const [soft, sharp] = byRegion[region] ?? [];
  const presetId = kernelSharpness(kernel) === 'sharp' ? sharp : soft;
  const preset = windowPresets.find(({ id }) => id === presetId);
  return preset && { kind: 'window', window: { width: preset.width, centre: preset.centre } };
}
