import { numbers } from '../attributes.ts';
import type { DicomJson } from '../dicom-json.ts';
import { groupItem } from './functional-groups.ts';

/**
 * How many times as high as wide a pixel is. From the first of Pixel Spacing (functional groups followed),
 * Imager Pixel Spacing, Nominal Scanned Pixel Spacing and Pixel Aspect Ratio; 1 if there is none.
 */
export function pixelHeightToWidth(json: DicomJson, frameNumber = 1): number {
  const measures = groupItem(json, frameNumber, '00289110') ?? json;
  const spacings = [
    numbers(measures, '00280030'),
    numbers(json, '00181164'),
    numbers(json, '00182010'),
    numbers(json, '00280034'),
  ];
  for (const [vertical = 0, horizontal = 0] of spacings.map((spacing) => spacing ?? [])) {
    // Outside of this, it is a writing error and would only make a picture that no memory holds.
    if (vertical > 0 && horizontal > 0 && vertical / horizontal <= 20 && horizontal / vertical <= 20) {
      return vertical / horizontal;
    }
  }
  return 1;
}
