const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const valueOfCharacter = new Map(ALPHABET.split('').map((character, value) => [character, value]));

/** Bytes of an `InlineBinary` of DICOM JSON (base64); neither Node's nor the browser's decoder exists here. */
export function decodeInlineBinary(text: string): Uint8Array {
  const characters = text.replace(/[^A-Za-z0-9+/]/g, '');
  const bytes = new Uint8Array(Math.floor((characters.length * 3) / 4));
  let bits = 0;
  let bitCount = 0;
  let length = 0;
  for (const character of characters) {
    bits = ((bits << 6) | (valueOfCharacter.get(character) ?? 0)) & 0xffffff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[length++] = (bits >> bitCount) & 0xff;
    }
  }
  return bytes;
}
