import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  readonly name: string | Uint8Array;
  readonly bytes: Uint8Array;
  readonly isStored?: boolean;
  /** General purpose flags: 1 encrypted, 0x800 UTF-8 name. */
  readonly flags?: number;
  readonly method?: number;
  /** A symbolic link, as Unix archivers write one: its bytes say where it leads. */
  readonly isLink?: boolean;
  /** What the central directory claims instead of the truth. */
  readonly claimedBytes?: number;
  readonly claimedCrc32?: number;
  /** Points at the bytes of another member. */
  readonly sharesBytesOf?: number;
}

/** A zip archive, honest or not. */
export function aZip(members: readonly ZipMember[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const member of members) {
    const name = Buffer.from(member.name as string);
    const data = member.isStored ? Buffer.from(member.bytes) : deflateRawSync(member.bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(member.flags ?? 0, 2);
    common.writeUInt16LE(member.method ?? (member.isStored ? 0 : 8), 4);
    common.writeUInt32LE(member.claimedCrc32 ?? crc32(member.bytes), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(member.claimedBytes ?? member.bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const start = member.sharesBytesOf === undefined ? offset : (offsets[member.sharesBytesOf] ?? 0);
    offsets.push(start);
    const rest = Buffer.alloc(14);
    if (member.isLink) rest.writeUInt32LE(0xa1ff0000, 6);
    rest.writeUInt32LE(start, 10);
    centrals.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, name);
    if (member.sharesBytesOf !== undefined) continue;
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), common, name, data);
    offset += 30 + name.length + data.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
