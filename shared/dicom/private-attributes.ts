/**
 * VRs of the private attributes that reading needs and that implicit VR and UN leave unknown: b-values,
 * diffusion directions, rescaling, phase, mosaics. From the conformance statements of their makers;
 * by creator (gggg,00ee) and 'GGGGxxEE'.
 */
const privateVrs: Readonly<Record<string, string>> = {
  'GEMS_ACQU_01/0019xx9C': 'LO',
  'GEMS_ACQU_01/0019xxBB': 'DS',
  'GEMS_ACQU_01/0019xxBC': 'DS',
  'GEMS_ACQU_01/0019xxBD': 'DS',
  'GEMS_PARM_01/0043xx2F': 'SS',
  'GEMS_PARM_01/0043xx39': 'IS',
  'SIEMENS MR HEADER/0019xx0A': 'US',
  'SIEMENS MR HEADER/0019xx0C': 'IS',
  'SIEMENS MR HEADER/0019xx0D': 'CS',
  'SIEMENS MR HEADER/0019xx0E': 'FD',
  'Philips Imaging DD 001/2001xx03': 'FL',
  'Philips Imaging DD 001/2001xx04': 'CS',
  'Philips MR Imaging DD 001/2005xx0D': 'FL',
  'Philips MR Imaging DD 001/2005xx0E': 'FL',
  'Philips PET Private Group/7053xx00': 'DS',
  'Philips PET Private Group/7053xx09': 'DS',
  'TOSHIBA_MEC_MR3/700Dxx19': 'OB',
};

/**
 * VR of a private attribute whose file does not say it, or undefined.
 *
 * @param tag 'x00191039'
 * @param creatorOf text of a private creator, PS3.5 section 7.8.1
 */
export function privateVr(tag: string, creatorOf: (creatorTag: string) => string): string | undefined {
  const group = tag.slice(1, 5);
  const block = tag.slice(5, 7);
  const key = `${group}xx${tag.slice(7)}`.toUpperCase().replace('XX', 'xx');
  return privateVrs[`${creatorOf(`x${group}00${block}`)}/${key}`];
}
