import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { fromHex, type Incoming, packet, PacketReader, toHex, wordToHex } from '../../src/gdb/packets.js';

const packets = (incoming: Incoming[]): string[] => incoming.map((one) => (one.kind === 'packet' ? one.payload : one.kind));
const read = (text: string): string[] => packets(new PacketReader().read(text));

describe('gdb packets', () => {
  it('have the checksum of the protocol', () => {
    assert.equal(packet('OK'), '$OK#9a');
    assert.equal(packet(''), '$#00');
  });

  it('arrive as they were sent, with any byte in them', () => {
    const payload = String.fromCharCode(...Array.from({ length: 256 }, (_, index) => index));
    assert.deepEqual(read(packet(payload)), [payload]);
  });

  it('may come in pieces of any size, and several at once', () => {
    const text = packet('g') + packet('m20000000,4') + packet('X0,1:#');
    assert.deepEqual(read(text), ['g', 'm20000000,4', 'X0,1:#']);
    const reader = new PacketReader();
    assert.deepEqual([...text].flatMap((character) => packets(reader.read(character))), ['g', 'm20000000,4', 'X0,1:#']);
  });

  it('may be surrounded by acknowledgements and noise', () => {
    assert.deepEqual(read(`+++${packet('?')}noise\0\xff+${packet('c')}`), ['?', 'c']);
  });

  it('are asked for again when they are damaged', () => {
    assert.deepEqual(read('$g#00'), ['damaged']);
    assert.deepEqual(read('$g#zz'), ['damaged']);
    assert.deepEqual(read(`$m2000$g#67`), ['damaged', 'g']); // the end of the first got lost
    assert.deepEqual(read('$g#6'), []); // not complete yet
  });

  it('do not grow without end', () => {
    const reader = new PacketReader();
    assert.deepEqual(packets(reader.read(`$${'x'.repeat(100_000)}`)).slice(0, 1), ['damaged']);
    assert.deepEqual(packets(reader.read(packet('g'))), ['g']);
  });

  it('take the checksum in either case', () => assert.deepEqual(read('$m#6D$m#6d'), ['m', 'm']));

  it('are told from Ctrl-C, which is a byte between them and none within', () => {
    assert.deepEqual(read(`\x03${packet('a\x03b')}\x03`), ['interrupt', 'a\x03b', 'interrupt']);
  });

  it('are told from a request to send the last one again', () => assert.deepEqual(read(`-${packet('g')}`), ['again', 'g']));
});

describe('hexadecimal digits', () => {
  it('are those of bytes in the order of memory', () => {
    assert.equal(toHex(Uint8Array.of(0, 0x0f, 0xff)), '000fff');
    assert.equal(wordToHex(0x12345678), '78563412');
    assert.deepEqual(fromHex('000fFF'), Uint8Array.of(0, 0x0f, 0xff));
  });

  it('come in pairs', () => {
    assert.equal(fromHex('0'), undefined);
    assert.equal(fromHex('0g'), undefined);
    assert.deepEqual(fromHex(''), new Uint8Array());
  });
});
