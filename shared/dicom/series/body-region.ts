import type { BodyRegion } from '../../domain/series-facts.ts';

/** First match wins: more particular words stand before those they contain or are taken for. */
const patterns: readonly (readonly [BodyRegion, RegExp])[] = [
  ['whole-body', /WHOLE.?BODY|全身/],
  ['heart', /HEART|CARDIAC|CORONARY|心臓|冠動脈/],
  ['breast', /BREAST|MAMM|乳/],
  ['spine', /SPINE|VERTEBRA|CERVICAL|LUMBAR|SACRUM|COCCYX|脊|椎/],
  ['neck', /NECK|THYROID|LARYNX|頸|頚/],
  [
    'head',
    /HEAD|BRAIN|SKULL|ORBIT|SINUS|TEMPORAL|FACE|FACIAL|EAR|PITUITARY|CEREB|頭|脳|顔|副鼻腔|眼窩|側頭骨|下垂体/,
  ],
  ['chest', /CHEST|THORA|LUNG|RIB|STERN|MEDIASTIN|胸|肺/],
  ['abdomen', /ABD|LIVER|PANCREA|KIDNEY|GALL|SPLEEN|BILE|腹|肝|膵|腎|胆|上腹/],
  ['pelvis', /PELVI|HIP|PROSTATE|UTERUS|BLADDER|OVARY|骨盤|前立腺|子宮|股関節/],
  [
    'extremity',
    /KNEE|ANKLE|FOOT|LEG|FEMUR|TIBIA|HAND|WRIST|ELBOW|SHOULDER|ARM|FINGER|TOE|EXTREMIT|膝|足|肩|手|肘|上肢|下肢/,
  ],
];

/** The region a written body part or description means. */
export function bodyRegionOf(text: string): BodyRegion {
  const upper = text.normalize('NFKC').toUpperCase();
  return patterns.find(([, pattern]) => pattern.test(upper))?.[0] ?? 'unknown';
}
