import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';

const DMA = `
  #define CHANNEL(n) ((volatile uint32_t *)(0x50000000 + 0x40 * (n)))
  #define CONTROL(n, size, request) ((n) << 11 | (request) << 15 | (size) << 2 | 1)
  #define READS (1 << 4)
  #define WRITES (1 << 5)
  #define ALWAYS 0x3f
  #define TIME REG(0x40054028)
  static volatile uint32_t from[64], to[64];
  static void pause(uint32_t us) { uint32_t start = TIME; while (TIME - start < us) {} }
  static void start(int n, const volatile void *source, volatile void *target, int count, uint32_t control) {
    CHANNEL(n)[0] = (uint32_t)source; CHANNEL(n)[1] = (uint32_t)target; CHANNEL(n)[2] = count; CHANNEL(n)[3] = control;
  }
  static void fill(void) { for (int i = 0; i < 64; i++) from[i] = 0x01020300 + i; }
`;
/** Runs the body of a main function and gives the words that it printed. */
const run = (body: string, rest = ''): string[] => {
  const { trace } = boot(`${DMA} ${rest} int main(void) { ${body} done(); }`).run(50e6);
  return trace.match(/.{8}/g) ?? [];
};
const word = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

describe('DMA', () => {
  it('copies words, halfwords and bytes, and swaps their bytes where it is told to', () => {
    const copy = (size: number, flags: string): string => `start(0, from, to, 2, CONTROL(0, ${size}, ALWAYS) | READS | WRITES | ${flags}); pause(2); hex(to[0]);`;
    assert.deepEqual(run(`fill(); ${copy(2, '0')} hex(to[1]);`), ['01020300', '01020301']);
    assert.deepEqual(run(`fill(); ${copy(2, '1 << 22')}`), ['00030201']);
    assert.deepEqual(run(`fill(); ${copy(1, '0')}`), ['01020300']);
    assert.deepEqual(run(`fill(); ${copy(1, '1 << 22')}`), ['02010003']);
    assert.deepEqual(run(`fill(); ${copy(0, '0')}`), ['00000300']);
  });

  it('does a transfer a cycle, whichever channel does it, and tells how far it is', () => {
    const found = run(`
      start(0, from, to, 1000, CONTROL(0, 2, ALWAYS)); start(1, from, to, 1000, CONTROL(1, 2, ALWAYS));
      uint32_t start = TIME; hex(CHANNEL(0)[3] >> 24 & 1);
      while ((CHANNEL(0)[3] | CHANNEL(1)[3]) & 1 << 24) {}
      uint32_t took = TIME - start; hex(took >= 15 && took <= 17); hex(CHANNEL(0)[2]); hex(REG(0x50000804)); hex(REG(0x50000448));`);
    assert.deepEqual(found, ['00000001', '00000001', '00000000', word(1000), word(12)]);
  });

  it('gives all urgent channels a turn, and then one of the others', () => {
    // The only urgent one takes every second turn.
    const found = run(`
      for (int i = 0; i < 3; i++) { CHANNEL(i)[0] = (uint32_t)from; CHANNEL(i)[1] = (uint32_t)&to[i]; CHANNEL(i)[2] = 600; }
      for (int i = 0; i < 3; i++) CHANNEL(i)[4] = CONTROL(i, 2, ALWAYS) | (i == 0) << 1;
      REG(0x50000430) = 7; while (CHANNEL(0)[3] & 1 << 24) {}
      uint32_t second = CHANNEL(1)[2], third = CHANNEL(2)[2]; hex(second >= 280 && second <= 300); hex(third >= 280 && third <= 300);`);
    assert.deepEqual(found, ['00000001', '00000001']);
  });

  it('is paced by the wraps of the PWM', () => {
    const found = run(`
      REG(0x40050010) = 1249; REG(0x40050000) = 1; fill();
      start(0, from, to, 5, CONTROL(0, 2, 24) | READS | WRITES); uint32_t start = TIME;
      while (CHANNEL(0)[3] & 1 << 24) {}
      uint32_t took = TIME - start; hex(took >= 40 && took <= 51);`);
    assert.deepEqual(found, ['00000001']);
  });

  it('is paced by its timers: X / Y of the system clock', () => {
    for (const timer of [0, 3]) {
      const found = run(`
        REG(0x50000420 + 4 * ${timer}) = 1 << 16 | 1250;
        start(0, from, to, 20, CONTROL(0, 2, 0x3b + ${timer}) | READS | WRITES); uint32_t start = TIME;
        while (CHANNEL(0)[3] & 1 << 24) {}
        uint32_t took = TIME - start; hex(took >= 198 && took <= 201); hex(REG(0x50000420 + 4 * ${timer}));`);
      assert.deepEqual(found, ['00000001', word((1 << 16) | 1250)]);
    }
  });

  it('does nothing while a timer stands', () => {
    assert.deepEqual(run('start(0, from, to, 2, CONTROL(0, 2, 0x3c)); pause(100); hex(CHANNEL(0)[2]); hex(CHANNEL(0)[3] >> 24 & 1);'), [word(2), word(1)]);
  });

  it('serves a UART and an SPI controller only where these are told to ask for it', () => {
    const uart = (bits: number): string[] => run(`REG(0x40034030) = 0x301; REG(0x40034048) = ${bits}; start(0, from, (void *)0x40034000, 8, CONTROL(0, 0, 20)); pause(50); uint32_t left = CHANNEL(0)[2]; hex(left);`);
    assert.deepEqual(uart(0), [word(8)]);
    assert.equal(uart(2).at(-1), word(0)); // after what was sent
    const spi = (bits: number): string[] => run(`
      REG(0x4003c010) = 2; REG(0x4003c000) = 7; REG(0x4003c004) = 2; REG(0x4003c024) = ${bits}; to[1] = 9;
      start(1, (void *)0x4003c008, to, 2, CONTROL(1, 2, 17) | WRITES); start(0, from, (void *)0x4003c008, 2, CONTROL(0, 0, 16)); pause(50); hex(CHANNEL(0)[2]); hex(to[1]);`);
    assert.deepEqual(spi(0), [word(2), word(9)]);
    assert.deepEqual(spi(3), [word(0), word(0)]);
  });

  it('goes round in a ring of addresses', () => {
    const found = run(`
      fill(); uint32_t *ring = (void *)0x20020000; ring[0] = 7; ring[1] = 8; ring[2] = 9;
      start(0, ring, to, 5, CONTROL(0, 2, ALWAYS) | READS | WRITES | 3 << 6); pause(2);
      for (int i = 0; i < 5; i++) hex(to[i]);
      start(0, from, ring, 3, CONTROL(0, 2, ALWAYS) | READS | WRITES | 3 << 6 | 1 << 10); pause(2); hex(ring[0]); hex(ring[1]); hex(ring[2]); hex(CHANNEL(0)[1]);`);
    assert.deepEqual(found, [7, 8, 7, 8, 7, 0x01020302, 0x01020301, 9, 0x20020004].map(word));
  });

  it('triggers the channel that is chained, which loads its count anew', () => {
    const found = run(`
      fill(); REG(0x50000400) = 0xfff;
      CHANNEL(1)[0] = (uint32_t)&from[8]; CHANNEL(1)[1] = (uint32_t)&to[8]; CHANNEL(1)[2] = 2; CHANNEL(1)[4] = CONTROL(1, 2, ALWAYS) | READS | WRITES;
      start(0, from, to, 1, (CONTROL(0, 2, ALWAYS) & ~(15 << 11)) | 1 << 11 | READS | WRITES);
      pause(2); hex(to[0]); hex(to[9]); hex(REG(0x50000400));`);
    assert.deepEqual(found, ['01020300', '01020309', '00000003']);
  });

  it('follows a list of blocks up to a null trigger, quiet but for that', () => {
    const found = run(
      `
      fill(); REG(0x50000404) = 2; REG(0xe000e100) = 1 << 11;
      static const volatile uint32_t *list[4]; list[0] = &from[3]; list[1] = &from[5]; list[2] = 0;
      CHANNEL(1)[1] = (uint32_t)to; CHANNEL(1)[2] = 1;
      CHANNEL(1)[4] = (CONTROL(1, 2, ALWAYS) & ~(15 << 11)) | 0 << 11 | WRITES | 1 << 21;
      start(0, list, &CHANNEL(1)[15], 1, CONTROL(0, 2, ALWAYS) | READS);
      pause(5); hex(to[0]); hex(to[1]); hex(interrupts); hex(CHANNEL(1)[3] >> 24 & 1);`,
      'static volatile int interrupts; void irq11(void) { interrupts++; REG(0x5000040c) = 2; }',
    );
    assert.deepEqual(found, ['01020303', '01020305', word(1), word(0)]);
  });

  it('interrupts on either line, and lets each be forced', () => {
    const found = run(
      `
      REG(0x50000414) = 1 << 2; REG(0xe000e100) = 3 << 11;
      start(2, from, to, 1, CONTROL(2, 2, ALWAYS)); pause(2); hex(second); hex(REG(0x50000400));
      REG(0x50000408) = 1 << 5; pause(1); hex(first);`,
      `static volatile int first, second;
       void irq11(void) { first = REG(0x5000040c); REG(0x50000408) = 0; }
       void irq12(void) { second = REG(0x5000041c); REG(0x5000041c) = 1 << 2; }`,
    );
    assert.deepEqual(found, [word(4), word(0), word(32)]);
  });

  it('is paused by its enable bit, and aborted', () => {
    const found = run(`
      REG(0x50000420) = 1 << 16 | 125;
      start(0, from, to, 100, CONTROL(0, 2, 0x3b)); pause(20); CHANNEL(0)[4] = CONTROL(0, 2, 0x3b) & ~1; uint32_t left = CHANNEL(0)[2];
      hex(left > 70 && left < 90); pause(20); hex(CHANNEL(0)[2] == left); hex(CHANNEL(0)[3] >> 24 & 1);
      CHANNEL(0)[4] = CONTROL(0, 2, 0x3b); pause(20); hex(CHANNEL(0)[2] < left);
      REG(0x50000444) = 1; hex(REG(0x50000444)); hex(CHANNEL(0)[3] >> 24 & 1); hex(REG(0x50000400));`);
    assert.deepEqual(found, [1, 1, 1, 1, 0, 0, 0].map(word));
  });

  it('stops at an error of the bus, flags it and interrupts', () => {
    for (const [source, target, flag] of [['0x30000000', 'to', 1 << 30], ['0xd0000000', 'to', 1 << 30], ['from', '0x10000000', 1 << 29], ['from', '0', 1 << 29]] as const) {
      const found = run(`
        start(0, (void *)${source}, (void *)${target}, 4, CONTROL(0, 2, ALWAYS) | 1 << 21); pause(2);
        hex(CHANNEL(0)[3] & 0xff000000); hex(REG(0x50000400)); CHANNEL(0)[4] = ${flag} | CONTROL(0, 2, ALWAYS); hex(CHANNEL(0)[3] >> 24);`);
      assert.deepEqual(found, [word(flag | (1 << 31)), word(1), word(0)]);
    }
  });
});

describe('the sniffer of DMA', () => {
  const CHECK = `
    static const char digits[] __attribute__((aligned(4))) = "123456789";
    static uint32_t sniff(uint32_t control, uint32_t seed, int size, int count) {
      REG(0x50000434) = control | 3 << 1 | 1; REG(0x50000438) = seed;
      start(3, digits, to, count, CONTROL(3, size, ALWAYS) | READS | 1 << 23); pause(2); return REG(0x50000438);
    }`;
  const sniff = (...calls: string[]): string[] => run(calls.map((call) => `hex(sniff(${call}));`).join(' '), CHECK);
  const OUT = '(1 << 10 | 1 << 11)';

  // The check values of the catalogue of CRC algorithms, for the nine digits.
  it('has the CRCs that everybody has', () => {
    assert.deepEqual(sniff('0 << 5, -1, 0, 9', `1 << 5 | ${OUT}, -1, 0, 9`, '2 << 5, 0xffff, 0, 9', '3 << 5 | 1 << 10, 0, 0, 9'), [
      '0376e6e7', // CRC-32/MPEG-2
      'cbf43926', // CRC-32/ISO-HDLC
      '000029b1', // CRC-16/IBM-3740
      '21890000', // CRC-16/KERMIT, in the upper half
    ]);
  });

  it('takes a word at a time, its most significant byte first unless it is told to swap', () => {
    const [bytes, words, swapped, plain] = sniff(`1 << 5 | ${OUT}, -1, 0, 8`, `1 << 5 | ${OUT}, -1, 2, 2`, '0 << 5 | 1 << 9, -1, 2, 2', '0 << 5, -1, 0, 8');
    assert.equal(words, bytes);
    assert.equal(swapped, plain);
  });

  it('adds up, and counts the bits', () => {
    assert.deepEqual(sniff('15 << 5, 5, 0, 9', '14 << 5, 0, 0, 9', '14 << 5, 0, 0, 2'), [word(5 + 0x1dd), word(1), word(0)]);
  });

  it('looks only at the channel that it is set to, and only where that asks for it', () => {
    assert.deepEqual(run(`REG(0x50000434) = 15 << 5 | 2 << 1 | 1; start(3, digits, to, 9, CONTROL(3, 0, ALWAYS) | READS | 1 << 23); pause(2); hex(REG(0x50000438));`, CHECK), [word(0)]);
    assert.deepEqual(run(`REG(0x50000434) = 15 << 5 | 3 << 1 | 1; start(3, digits, to, 9, CONTROL(3, 0, ALWAYS) | READS); pause(2); hex(REG(0x50000438));`, CHECK), [word(0)]);
  });
});
