import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Decoder } from '../../src/board/decoder.js';
import { parseDecoder } from '../../src/board/decoder-words.js';
import type { Edge } from '../../src/board/events.js';

/** Records the edges of levels that are set one after the other. */
class Recorder {
  nanos = 0;
  readonly edges: Edge[] = [];
  private readonly levels = new Map<number, number>();

  /** @param idle the levels before anything */
  constructor(idle: Readonly<Record<number, number>>) {
    for (const [pin, level] of Object.entries(idle)) this.levels.set(Number(pin), level);
  }

  set(pin: number, level: number, then = 1000): this {
    if (this.levels.get(pin) !== level) this.edges.push({ pin, nanos: this.nanos, level });
    this.levels.set(pin, level);
    this.nanos += then;
    return this;
  }
}

const decoderOf = (text: string): Decoder => {
  const decoder = parseDecoder(text);
  assert.ok(decoder, text);
  return decoder;
};
const texts = (text: string, { edges, nanos }: Recorder): string[] => decoderOf(text).decode(edges, nanos).map(({ text: word, isWrong }) => (isWrong ? `${word}!` : word));

describe('the decoder of a UART', () => {
  const BIT = 1e9 / 115_200;
  const send = (recorder: Recorder, byte: number, stop = 1): void => {
    const bits = [0, ...Array.from({ length: 8 }, (_, place) => (byte >> place) & 1), stop];
    for (const bit of bits) recorder.set(4, bit, BIT);
  };

  it('reads bytes, with or without a pause between them', () => {
    const line = new Recorder({ 4: 1 });
    for (const byte of [0x68, 0x00, 0xff]) send(line, byte);
    line.nanos += 1e6;
    send(line, 0x69);
    assert.deepEqual(texts('uart GP4 115200', line), ['h', '0x00', '0xff', 'i']);
    const [first] = decoderOf('uart GP4 115200').decode(line.edges, line.nanos);
    assert.deepEqual([first?.start, Math.round(first?.end ?? 0)], [0, Math.round(10 * BIT)]);
  });

  it('is not put off by a clock that is 3 % off', () => {
    const line = new Recorder({ 4: 1 });
    for (const byte of [0x55, 0xaa, 0x41]) send(line, byte);
    assert.deepEqual(texts('uart GP4 118656', line), ['U', '0xaa', 'A']);
  });

  it('says that the stop bit is missing, and nothing of a frame that is not over', () => {
    const line = new Recorder({ 4: 1 });
    send(line, 0x41, 0);
    line.set(4, 1, 1e6).set(4, 0, 2 * BIT);
    assert.deepEqual(texts('uart GP4 115200', line), ['A no stop bit!']);
  });
});

describe('the decoder of I2C', () => {
  const start = (bus: Recorder): Recorder => bus.set(4, 1).set(5, 1).set(4, 0).set(5, 0);
  const send = (bus: Recorder, byte: number, nak: 0 | 1): void => {
    for (let place = 7; place >= 0; place--) bus.set(4, (byte >> place) & 1).set(5, 1).set(5, 0);
    bus.set(4, nak).set(5, 1).set(5, 0);
  };

  it('reads addresses and bytes, also after a repeated start', () => {
    const bus = new Recorder({ 4: 1, 5: 1 });
    start(bus);
    send(bus, 0x76 << 1, 0);
    send(bus, 0xd0, 0);
    start(bus);
    send(bus, (0x76 << 1) | 1, 0);
    send(bus, 0x60, 1);
    bus.set(4, 0).set(5, 1).set(4, 1);
    assert.deepEqual(texts('i2c GP4 GP5', bus), ['0x76 W', '0xd0', '0x76 R', '0x60 NAK']);
  });

  it('says that nobody has answered an address, and nothing without a start', () => {
    const bus = new Recorder({ 4: 1, 5: 1 });
    for (let clocks = 0; clocks < 9; clocks++) bus.set(5, 0).set(5, 1);
    start(bus);
    send(bus, 0x3c << 1, 1);
    assert.deepEqual(texts('i2c GP4 GP5', bus), ['0x3c W NAK!']);
  });
});

describe('the decoder of SPI', () => {
  const send = (bus: Recorder, byte: number, idle: 0 | 1, changesFirst: boolean): void => {
    for (let place = 7; place >= 0; place--) {
      const bit = (byte >> place) & 1;
      if (changesFirst) bus.set(3, bit).set(2, 1 - idle).set(2, idle);
      else bus.set(2, 1 - idle).set(3, bit).set(2, idle);
    }
  };

  it('reads bytes in each mode', () => {
    for (const [mode, idle, changesFirst] of [[0, 0, true], [1, 0, false], [2, 1, true], [3, 1, false]] as const) {
      const bus = new Recorder({ 2: idle, 3: 0 });
      for (const byte of [0xa5, 0x0f]) send(bus, byte, idle, changesFirst);
      assert.deepEqual(texts(`spi GP2 GP3 ${mode}`, bus), ['0xa5', '0x0f'], `mode ${mode}`);
    }
  });

  it('begins anew with each selection, and reads nothing without one', () => {
    const bus = new Recorder({ 2: 0, 3: 0, 6: 1 });
    send(bus, 0x11, 0, true);
    bus.set(6, 0).set(2, 1).set(2, 0).set(6, 1).set(6, 0); // cut short after a bit
    send(bus, 0x42, 0, true);
    assert.deepEqual(texts('spi GP2 GP3 GP6', bus), ['0x42']);
  });
});

describe('what is to be decoded', () => {
  it('is refused if it is not clear', () => {
    for (const text of ['', 'uart', 'uart GP4', 'uart GP4 fast', 'uart GP30 9600', 'i2c GP4', 'i2c GP4 GP4', 'i2c 4 5', 'spi GP2 GP3 GP2', 'spi GP2 GP3 4', 'spi GP2 GP3 GP4 0 1', 'can GP2 GP3']) {
      assert.equal(parseDecoder(text), undefined, text);
    }
  });
});
