/**
 * What two carrying pages say to each other on the bulk channel, ordered and reliable:
 *
 * 1 begin (sender): size, SHA-256 · 2 have (receiver): bytes it has, to begin or go on from ·
 * 3 data (sender): offset, bytes · 4 done (receiver): stored and verified · 5 stop (either): reason
 *
 * One byte kind, 16 bytes transfer id, then big-endian numbers of eight bytes. An unknown kind is passed
 * over by whoever does not know it.
 */
export const stopReasons = [
  'cancelled',
  'too-large',
  'not-verified',
  'out-of-order',
  'unavailable',
  'unknown',
] as const;
export type StopReason = (typeof stopReasons)[number];

export type BulkFrame =
  | {
      readonly kind: 'begin';
      readonly transferId: string;
      readonly sizeBytes: number;
      readonly sha256: Uint8Array;
    }
  | { readonly kind: 'have'; readonly transferId: string; readonly offset: number }
  | {
      readonly kind: 'data';
      readonly transferId: string;
      readonly offset: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'done'; readonly transferId: string }
  | { readonly kind: 'stop'; readonly transferId: string; readonly reason: StopReason };

/** Every browser takes messages of this length (RFC 8841 default 64 KiB). */
export const MAXIMUM_BULK_FRAME_BYTES = 65_536;
const ID_END = 17;
const DATA_START = ID_END + 8;
export const BULK_CHUNK_BYTES = MAXIMUM_BULK_FRAME_BYTES - DATA_START;

/** Larger files are not sent: nothing of the microscope comes near it. */
export const MAXIMUM_TRANSFER_BYTES = 4 * 1024 ** 3;

const kinds = ['begin', 'have', 'data', 'done', 'stop'] as const;

export function encodeBulkFrame(frame: BulkFrame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOf(frame));
  const view = new DataView(bytes.buffer);
  bytes[0] = kinds.indexOf(frame.kind) + 1;
  const hex = frame.transferId.replaceAll('-', '');
  for (let index = 0; index < 16; index++) {
    bytes[1 + index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
  }
  if (frame.kind === 'begin') {
    view.setBigUint64(ID_END, BigInt(frame.sizeBytes));
    bytes.set(frame.sha256, DATA_START);
  } else if (frame.kind === 'have') {
    view.setBigUint64(ID_END, BigInt(frame.offset));
  } else if (frame.kind === 'data') {
    view.setBigUint64(ID_END, BigInt(frame.offset));
    bytes.set(frame.bytes, DATA_START);
  } else if (frame.kind === 'stop') {
    bytes[ID_END] = stopReasons.indexOf(frame.reason);
  }
  return bytes;
}

/** Undefined for whatever is not a frame: too long, too short, an unknown kind. */
export function decodeBulkFrame(bytes: Uint8Array<ArrayBuffer>): BulkFrame | undefined {
  if (bytes.length < ID_END || bytes.length > MAXIMUM_BULK_FRAME_BYTES) return undefined;
  const kind = kinds[(bytes[0] ?? 0) - 1];
  const transferId = idOf(bytes.subarray(1, ID_END));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = () => {
    const value = view.getBigUint64(ID_END);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
  };
  if (kind === 'done' && bytes.length === ID_END) return { kind, transferId };
  if (kind === 'stop' && bytes.length === ID_END + 1) {
    return { kind, transferId, reason: stopReasons[bytes[ID_END] ?? 0] ?? 'unknown' };
  }
  if (bytes.length < DATA_START) return undefined;
  const value = number();
  if (value === undefined) return undefined;
  if (kind === 'begin' && bytes.length === DATA_START + 32) {
    return { kind, transferId, sizeBytes: value, sha256: bytes.slice(DATA_START) };
  }
  if (kind === 'have' && bytes.length === DATA_START) return { kind, transferId, offset: value };
  if (kind === 'data' && bytes.length > DATA_START) {
    return { kind, transferId, offset: value, bytes: bytes.subarray(DATA_START) };
  }
  return undefined;
}

function lengthOf(frame: BulkFrame): number {
  if (frame.kind === 'begin') return DATA_START + 32;
  if (frame.kind === 'have') return DATA_START;
  if (frame.kind === 'data') return DATA_START + frame.bytes.length;
  return frame.kind === 'stop' ? ID_END + 1 : ID_END;
}

function idOf(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
