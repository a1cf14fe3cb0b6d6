import { knownTransferSyntax } from '../transfer-syntax.ts';

export const RLE_LOSSLESS = '1.2.840.10008.1.2.5';
/** Every frame deflated on its own, PS3.5 section A.4.13. */
export const DEFLATED_IMAGE_FRAME = '1.2.840.10008.1.2.8.1';
const ENCAPSULATED_UNCOMPRESSED = '1.2.840.10008.1.2.1.98';

/** Whether a frame of this transfer syntax is plain pixels, be it in fragments or not. */
export function isNativeFrame(transferSyntaxUid: string): boolean {
  if (transferSyntaxUid === ENCAPSULATED_UNCOMPRESSED) return true;
  return knownTransferSyntax(transferSyntaxUid)?.encapsulated === false;
}

/** Whether decoding gives back exactly what was encoded. Unknown syntaxes promise nothing. */
export function isLosslessFrame(transferSyntaxUid: string): boolean {
  return knownTransferSyntax(transferSyntaxUid)?.lossy === false;
}
