/** One byte (0 or 1) per bit, lowest bit of a byte first (PS3.5 section 8.1.1, annex D). */
export function unpackBits(bytes: Uint8Array, bitOffset: number, count: number): Uint8Array {
  const unpacked = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const bit = bitOffset + index;
    unpacked[index] = ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1;
  }
  return unpacked;
}

/** The opposite: values other than 0 become 1; bits after the last are 0. */
export function packBits(values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(Math.ceil(values.length / 8));
  for (let index = 0; index < values.length; index++) {
    if (values[index] !== 0) packed[index >> 3] = (packed[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return packed;
}

/** Bits from `bitOffset` on moved to bit 0 of the first byte; bits after the last are 0. */
export function alignBits(bytes: Uint8Array, bitOffset: number, count: number): Uint8Array<ArrayBuffer> {
  const target = new Uint8Array(Math.ceil(count / 8));
  for (let index = 0; index < target.length; index++) {
    target[index] = ((bytes[index] ?? 0) >> bitOffset) | ((bytes[index + 1] ?? 0) << (8 - bitOffset));
  }
  const usedBits = count % 8;
  const last = target.length - 1;
  if (usedBits > 0) target[last] = (target[last] ?? 0) & ((1 << usedBits) - 1);
  return target;
}

/** A copy in the other byte order. */
export function swapBytes(bytes: Uint8Array, bytesPerElement: number): Uint8Array<ArrayBuffer> {
  const swapped = new Uint8Array(bytes.length);
  if (bytesPerElement <= 1) {
    swapped.set(bytes);
    return swapped;
  }
  for (let start = 0; start + bytesPerElement <= bytes.length; start += bytesPerElement) {
    for (let index = 0; index < bytesPerElement; index++) {
      swapped[start + index] = bytes[start + bytesPerElement - 1 - index] ?? 0;
    }
  }
  return swapped;
}

/**
 * A big-endian frame in little-endian order. Words are 16 bit wide where the VR is OW, even for pixels of 8 or
 * 1 bit (PS3.5 annex D); wider pixels are turned as a whole, as all readers and writers in use do.
 * `bytes` have to begin at an even offset of the pixel data if `bitsAllocated` is 8 or less.
 */
export function toLittleEndian(
  bytes: Uint8Array,
  bitsAllocated: number,
  vr: string,
): Uint8Array<ArrayBuffer> {
  const bytesPerElement = bitsAllocated > 8 ? bitsAllocated / 8 : vr === 'OW' ? 2 : 1;
  return swapBytes(bytes, bytesPerElement);
}
