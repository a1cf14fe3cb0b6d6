import type { BodyRegion } from '../../domain/series-facts.ts';

/** Short words that are also parts of others (LINEAR, WARM, SURFACE) only count alone. */
const alone = (...words: readonly string[]) => `(?<![A-Z])(?:${words.join('|')})S?(?![A-Z])`;

/** First match wins: more particular words stand before those they contain or are taken for. */
const patterns: readonly (readonly [BodyRegion, RegExp])[] = [
  ['whole-body', /WHOLE.?BODY|全身/],
  ['heart', /HEART|CARDIAC|CORONARY|心臓|冠動脈/],
  ['breast', /BREAST|MAMM|乳/],
  ['spine', /SPINE|VERTEBRA|CERVICAL|LUMBAR|SACRUM|COCCYX|脊|椎/],
  ['neck', /NECK|THYROID|LARYNX|頸|頚/],
  [
    'head',
    new RegExp(
      `HEAD|BRAIN|SKULL|ORBIT|SINUS|TEMPORAL|FACIAL|PITUITARY|CEREB|頭|脳|顔|副鼻腔|眼窩|側頭骨|中耳|下垂体|${alone('FACE', 'EAR', 'IAC')}`,
    ),
  ],
  ['chest', new RegExp(`CHEST|THORA|LUNG|STERN|MEDIASTIN|胸|肺|肋骨|${alone('RIB')}`)],
  ['abdomen', new RegExp(`ABD|LIVER|PANCREA|KIDNEY|GALL|SPLEEN|MRCP|腹|肝|膵|腎|胆|脾|${alone('BILE')}`)],
  [
    'pelvis',
    new RegExp(`PELVI|PROSTATE|UTERUS|BLADDER|OVARY|骨盤|前立腺|子宮|膀胱|卵巣|股関節|${alone('HIP')}`),
  ],
  [
    'extremity',
    new RegExp(
      `KNEE|ANKLE|FEMUR|TIBIA|WRIST|ELBOW|SHOULDER|FINGER|EXTREMIT|膝|足|肩|手関節|手部|手指|肘|上肢|下肢|大腿|下腿|${alone('FOOT', 'FEET', 'LEG', 'HAND', 'ARM', 'TOE')}`,
    ),
  ],
];

/** The region a written body part or description means. */
export function bodyRegionOf(text: string): BodyRegion {
  const upper = text.normalize('NFKC').toUpperCase();
  return patterns.find(([, pattern]) => pattern.test(upper))?.[0] ?? 'unknown';
}
