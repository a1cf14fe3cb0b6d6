/** What a point of a phantom consists of. */
export const tissue = {
  air: 0,
  skin: 1,
  fat: 2,
  muscle: 3,
  corticalBone: 4,
  spongyBone: 5,
  cerebrospinalFluid: 6,
  greyMatter: 7,
  whiteMatter: 8,
  deepGreyMatter: 9,
  dura: 10,
  calcification: 11,
  eyeball: 12,
  lens: 13,
  mucosa: 14,
  blood: 15,
  haematoma: 16,
  oedema: 17,
  infarct: 18,
  tableShell: 19,
  tableFoam: 20,
} as const;

export type Tissue = (typeof tissue)[keyof typeof tissue];

/** How many kinds there are. */
export const TISSUES = 21;
