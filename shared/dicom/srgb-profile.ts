/** Colorants of sRGB (IEC 61966-2-1) adapted to the profile connection space's D50, as ICC.1:2001-04 wants them. */
const colorants = {
  rXYZ: [0.43607, 0.22249, 0.01392],
  gXYZ: [0.38515, 0.71687, 0.09708],
  bXYZ: [0.14307, 0.06061, 0.7141],
} as const;
const D50 = [0.9642, 1, 0.8249] as const;
const CURVE_ENTRIES = 1024;
const HEADER_BYTES = 128;

/** An ICC matrix profile of sRGB, version 2.1, input device class: what DICOM's ICC Profile (PS3.3 C.11.15) holds. */
export function srgbProfile(): Uint8Array<ArrayBuffer> {
  const curve = curveTag();
  const tags: readonly (readonly [string, Uint8Array])[] = [
    ['desc', descriptionTag('sRGB')],
    ['cprt', typed('text', ascii('no copyright\0'))],
    ['wtpt', xyzTag(D50)],
    ['rXYZ', xyzTag(colorants.rXYZ)],
    ['gXYZ', xyzTag(colorants.gXYZ)],
    ['bXYZ', xyzTag(colorants.bXYZ)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  const tableBytes = 4 + tags.length * 12;
  const places = new Map<Uint8Array, number>();
  let end = HEADER_BYTES + tableBytes;
  for (const [, bytes] of tags) {
    if (places.has(bytes)) continue;
    places.set(bytes, end);
    end += Math.ceil(bytes.length / 4) * 4;
  }
  const profile = new Uint8Array(end);
  const view = new DataView(profile.buffer);
  writeHeader(profile, view, end);
  view.setUint32(HEADER_BYTES, tags.length);
  tags.forEach(([name, bytes], index) => {
    const at = HEADER_BYTES + 4 + index * 12;
    const place = places.get(bytes) ?? 0;
    profile.set(ascii(name), at);
    view.setUint32(at + 4, place);
    view.setUint32(at + 8, bytes.length);
    profile.set(bytes, place);
  });
  return profile;
}

function writeHeader(profile: Uint8Array, view: DataView, size: number): void {
  view.setUint32(0, size);
  view.setUint32(8, 0x02100000);
  profile.set(ascii('scnrRGB XYZ '), 12);
  // A fixed date: the same profile is the same bytes.
  [2026, 1, 1].forEach((value, index) => view.setUint16(24 + index * 2, value));
  profile.set(ascii('acsp'), 36);
  D50.forEach((value, index) => view.setInt32(68 + index * 4, Math.round(value * 65536)));
}

function curveTag(): Uint8Array {
  const content = new Uint8Array(4 + CURVE_ENTRIES * 2);
  const view = new DataView(content.buffer);
  view.setUint32(0, CURVE_ENTRIES);
  for (let entry = 0; entry < CURVE_ENTRIES; entry++) {
    const value = entry / (CURVE_ENTRIES - 1);
    const linear = value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    view.setUint16(4 + entry * 2, Math.round(linear * 65535));
  }
  return typed('curv', content);
}

function xyzTag(xyz: readonly [number, number, number]): Uint8Array {
  const content = new Uint8Array(12);
  const view = new DataView(content.buffer);
  xyz.forEach((value, index) => view.setInt32(index * 4, Math.round(value * 65536)));
  return typed('XYZ ', content);
}

/** ICC.1:2001-04 section 6.5.17: ASCII, then empty Unicode and ScriptCode descriptions. */
function descriptionTag(text: string): Uint8Array {
  const content = new Uint8Array(4 + text.length + 1 + 8 + 70);
  new DataView(content.buffer).setUint32(0, text.length + 1);
  content.set(ascii(text), 4);
  return typed('desc', content);
}

function typed(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + content.length);
  bytes.set(ascii(type));
  bytes.set(content, 8);
  return bytes;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
