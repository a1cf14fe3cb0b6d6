import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { PacketGate } from '#backend/processes/packet-gate.ts';

const LIMIT = 1000;

/** MQTT 3.1.1, section 2.2.3. */
function packet(length: number): number[] {
  const lengthBytes: number[] = [];
  for (let rest = length; ;) {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    lengthBytes.push(rest > 0 ? byte | 0x80 : byte);
    if (rest === 0) break;
  }
  return [0x30, ...lengthBytes, ...Array.from({ length }, () => 0xff)];
}

test('packets within the limit pass and are counted, however the pieces fall', () => {
  assert(
    property(
      array(integer({ min: 0, max: LIMIT }), { maxLength: 20 }),
      integer({ min: 1, max: 400 }),
      (lengths, pieceBytes) => {
        const bytes = Uint8Array.from(lengths.flatMap(packet));
        const gate = new PacketGate(LIMIT);
        let packets = 0;
        for (let at = 0; at < bytes.length; at += pieceBytes) {
          const passage = gate.take(bytes.subarray(at, at + pieceBytes));
          expect(passage.isBroken).toBe(false);
          packets += passage.packets;
        }
        expect(packets).toBe(lengths.length);
      },
    ),
  );
});

test('a longer one is refused at its length, before its content', () => {
  const gate = new PacketGate(LIMIT);
  expect(gate.take(Uint8Array.from(packet(LIMIT + 1)).subarray(0, 2)).isBroken).toBe(false);
  expect(gate.take(Uint8Array.from(packet(LIMIT + 1)).subarray(2, 3)).isBroken).toBe(true);
});

test('a length that never ends is no MQTT', () => {
  expect(new PacketGate(LIMIT).take(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80)).isBroken).toBe(true);
});
