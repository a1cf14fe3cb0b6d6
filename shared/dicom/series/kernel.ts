/** GE and others name their kernels. */
const words: Readonly<Record<string, 'soft' | 'sharp'>> = {
  SOFT: 'soft',
  STANDARD: 'soft',
  'STD+': 'soft',
  STD: 'soft',
  DETAIL: 'soft',
  CHST: 'soft',
  BRAIN: 'soft',
  LUNG: 'sharp',
  BONE: 'sharp',
  BONEPLUS: 'sharp',
  'BONE+': 'sharp',
  EDGE: 'sharp',
  ULTRA: 'sharp',
};

/** Siemens: letters say for what, the number how sharp; from about 50 on it is edges. */
const SIEMENS = /^[A-Z][a-z]?(?<number>\d{2})[a-z]?(?:[\\/\s_-].*)?$/;
const SIEMENS_SHARP_FROM = 50;
/** Canon: FC01-FC19 body, FC20-FC29 head, FC30-FC39 bone, FC50-FC59 lung, FC80 and up inner ear. */
const CANON = /^FC(?<number>\d{2})/;
/** Philips: one or two letters; the last one tells the sharpness, L is lung, D and E are edges. */
const PHILIPS = /^(?:[USYI]?(?<letter>[A-E])|(?<lung>L))$/;

/** How sharp a convolution kernel is, by the names the large makers give theirs. */
export function kernelSharpness(kernel: string): 'soft' | 'sharp' | 'unknown' {
  const name = kernel.trim();
  // GE's high-definition kernels are named after the plain ones.
  const word = words[name.toUpperCase().replace(/^HD\s?/, '')];
  if (word) return word;
  const canon = CANON.exec(name)?.groups?.['number'];
  if (canon !== undefined) return Number(canon) >= 30 && !canon.startsWith('4') ? 'sharp' : 'soft';
  const siemens = SIEMENS.exec(name)?.groups?.['number'];
  if (siemens !== undefined) return Number(siemens) >= SIEMENS_SHARP_FROM ? 'sharp' : 'soft';
  const philips = PHILIPS.exec(name)?.groups;
  if (!philips) return 'unknown';
  return philips['lung'] !== undefined || philips['letter'] === 'D' || philips['letter'] === 'E'
    ? 'sharp'
    : 'soft';
}
