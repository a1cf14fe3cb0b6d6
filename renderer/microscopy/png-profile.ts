import { srgbProfile } from '#shared/dicom/srgb-profile.ts';

const SIGNATURE_BYTES = 8;
/** What a browser may have said of colour itself; with a profile it has to be silent (PNG 11.3.2). */
const COLOUR_CHUNKS = new Set(['sRGB', 'gAMA', 'cHRM', 'iCCP', 'cICP']);

/** The same pixels with the colour profile they are in, as an iCCP chunk behind the header. */
export async function withColourProfile(png: Blob): Promise<Blob> {
  const bytes = new Uint8Array(await png.arrayBuffer());
  const pieces: Uint8Array<ArrayBuffer>[] = [bytes.slice(0, SIGNATURE_BYTES)];
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length;) {
    const length = new DataView(bytes.buffer, at, 4).getUint32(0);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!COLOUR_CHUNKS.has(type)) pieces.push(bytes.slice(at, at + length + 12));
    if (type === 'IHDR') pieces.push(await profileChunk());
    at += length + 12;
  }
  return new Blob(pieces, { type: 'image/png' });
}

let profile: Promise<Uint8Array<ArrayBuffer>> | undefined;

function profileChunk(): Promise<Uint8Array<ArrayBuffer>> {
  profile ??= makeProfileChunk();
  return profile;
}

async function makeProfileChunk(): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([srgbProfile()]).stream().pipeThrough(new CompressionStream('deflate'));
  const content = new Uint8Array(await new Response(packed).arrayBuffer());
  // Name, its end, and the only compression method there is.
  const name = new TextEncoder().encode('sRGB\0\0');
  const chunk = new Uint8Array(12 + name.length + content.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, name.length + content.length);
  chunk.set(new TextEncoder().encode('iCCP'), 4);
  chunk.set(name, 8);
  chunk.set(content, 8 + name.length);
  view.setUint32(chunk.length - 4, crc32(chunk.subarray(4, chunk.length - 4)));
  return chunk;
}

/** ISO 3309, as PNG uses it. */
function crc32(bytes: Uint8Array): number {
  let register = 0xffffffff;
  for (const byte of bytes) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) register = (register >>> 1) ^ (register & 1 ? 0xedb88320 : 0);
  }
  return (register ^ 0xffffffff) >>> 0;
}
