/** What the phantoms' files say in words, in the language of the workstation that made them. */
export interface PhantomTexts {
  readonly headCt: string;
  readonly brainMr: string;
  readonly chestRadiograph: string;
  headCtSeries(kernel: 'standard' | 'bone', thicknessMm: number): string;
  brainMrSeries(name: BrainMrSeries): string;
}

export type BrainMrSeries = 'T1' | 'T2' | 'FLAIR' | 'DWI' | 'ADC' | 'T2*';

export type PhantomLanguage = 'ja' | 'en';

export const phantomTexts: Readonly<Record<PhantomLanguage, PhantomTexts>> = {
  ja: {
    headCt: '頭部CT 単純（模擬）',
    brainMr: '頭部MRI（模擬）',
    chestRadiograph: '胸部正面（模擬）',
    headCtSeries: (kernel, thicknessMm) =>
      `頭部 単純 ${thicknessMm} mm ${kernel === 'standard' ? '標準' : '骨'}`,
    brainMrSeries: (name) => `${name} 横断`,
  },
  en: {
    headCt: 'Head CT plain (phantom)',
    brainMr: 'Brain MR (phantom)',
    chestRadiograph: 'Chest PA (phantom)',
    headCtSeries: (kernel, thicknessMm) =>
      `Head plain ${thicknessMm} mm ${kernel === 'standard' ? 'standard' : 'bone'}`,
    brainMrSeries: (name) => `${name} axial`,
  },
};
