import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { DOUBLE, type FloatFormat, SINGLE } from '../../src/rom/float-format.js';
import { floatFunctions } from '../../src/rom/float-library.js';
import type { RomCaller } from '../../src/rom/rom-call.js';
import { boot } from '../support/compile.js';
import { add, divide, DOUBLE_PRECISION, exactly, multiply, type Precision, round, SINGLE_PRECISION, squareRoot } from '../support/exact.js';
import { ROM } from '../support/rom.js';

const ROUNDS = 4000;
const cycles = Array.from({ length: 32 }, (_, index) => index + 1);

/** A function of the library by its name, on registers. */
function library(format: FloatFormat): (name: string, ...words: number[]) => Uint32Array {
  const functions = new Map(floatFunctions(format, cycles).map(({ name, run }) => [name, run]));
  return (name, ...words) => {
    const registers = new Uint32Array(16);
    registers.set(words);
    const run = functions.get(name);
    assert.ok(run !== undefined, name);
    run({ registers } as unknown as RomCaller);
    return registers;
  };
}

const wordsOf = (format: FloatFormat, value: number): number[] => {
  const view = new DataView(new ArrayBuffer(8));
  if (format === SINGLE) {
    view.setFloat32(0, value);
    return [view.getUint32(0)];
  }
  view.setFloat64(0, value);
  return [view.getUint32(4), view.getUint32(0)];
};

const FORMATS = [['single', 'f', SINGLE, SINGLE_PRECISION], ['double', 'd', DOUBLE, DOUBLE_PRECISION]] as const;

/** Bits without rhyme, the same in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let mixed = state ^ (state >>> 15);
    mixed = Math.imul(mixed, 0x2c1b3c6d);
    return (mixed ^ (mixed >>> 12)) >>> 0;
  };
}

/** Numbers of all sizes and of sizes that meet, with mantissas that tie, and at the ends of the range. */
function numbers(format: FloatFormat, { bits, least, most }: Precision): () => number {
  const next = generator(format.words);
  return () => {
    const kind = next() % 8;
    const exponent = kind < 5 ? (next() % 64) - 32 : kind === 5 ? least + (next() % 3) : kind === 6 ? most - (next() % 3) : least + (next() % (most - least));
    const shift = kind % 2 === 0 ? next() % bits : 0;
    const mantissa = BigInt(next()) * 2n ** 32n + BigInt(next());
    const trimmed = ((mantissa >> (64n - BigInt(bits))) >> BigInt(shift)) << BigInt(shift);
    const value = Number(trimmed | (1n << BigInt(bits - 1)) | BigInt(next() % 2 && shift === 0 ? 1 : 0));
    return (next() & 1 ? -1 : 1) * value * 2 ** Math.max(-1022, exponent - bits + 1) * 2 ** Math.min(0, exponent - bits + 1 + 1022);
  };
}

describe.each(FORMATS)('%s arithmetic', (_, prefix, format, precision) => {
  const call = library(format);
  const compute = (name: string, ...values: number[]): number => format.read(call(prefix + name, ...values.flatMap((value) => wordsOf(format, value))), 0);

  it('rounds sums, differences, products, quotients and roots correctly', () => {
    const next = numbers(format, precision);
    for (let index = 0; index < ROUNDS; index++) {
      const [a, b] = [next(), next()];
      const [x, y] = [exactly(a), exactly(b)];
      const minus = { numerator: -y.numerator, exponent: y.exponent };
      const expected = [add(x, y), add(x, minus), multiply(x, y), divide(x, y), squareRoot(exactly(Math.abs(a)))].map((value) => round(value, precision));
      const found = [compute('add', a, b), compute('sub', a, b), compute('mul', a, b), compute('div', a, b), compute('sqrt', Math.abs(a))];
      assert.deepEqual(found, expected.map((value, at) => (value === 0 && at > 1 ? found[at] : value)), `${a} and ${b}`);
      expected.forEach((value, at) => assert.equal(found[at], value)); // a zero of either sign
    }
  });

  it('takes what is too small for zero, and what is no number for infinity', () => {
    const tiny = 2 ** (precision.least - 3);
    assert.equal(compute('add', tiny, 1), 1);
    assert.ok(Object.is(compute('mul', -tiny, 1), -0));
    assert.ok(Object.is(compute('mul', 2 ** precision.least, -0.25), -0));
    assert.equal(compute('add', NaN, 1), Infinity);
    assert.equal(compute('sub', Infinity, Infinity), Infinity);
    assert.equal(compute('add', -Infinity, Infinity), -Infinity);
    assert.equal(compute('mul', -Infinity, 0), -Infinity);
    assert.equal(compute('div', 0, -0), -Infinity);
    assert.equal(compute('div', 1, 0), Infinity);
    assert.equal(compute('sqrt', -1), -Infinity);
    assert.ok(Object.is(compute('sqrt', -0), -0));
    assert.equal(compute('ln', -1), -Infinity);
  });

  it('compares', () => {
    const compare = (a: number, b: number): number => (call(`${prefix}cmp`, ...wordsOf(format, a), ...wordsOf(format, b))[0] as number) | 0;
    assert.deepEqual([compare(1, 2), compare(2, 1), compare(2, 2), compare(-0, 0), compare(-1, -2), compare(Infinity, 1), compare(NaN, Infinity)], [-1, 1, 0, 0, 1, 1, 0]);
  });

  it('converts to integers, rounding down and within bounds', () => {
    const to = (name: string, value: number, bits = 0): number[] => {
      const registers = call(`${prefix}2${name}`, ...wordsOf(format, value), bits);
      return [...registers.subarray(0, name.endsWith('64') ? 2 : 1)];
    };
    assert.deepEqual(to('int', -1.5), [0xfffffffe]);
    assert.deepEqual(to('int', 1.99), [1]);
    assert.deepEqual([to('int', 3e9), to('int', -3e9), to('int', Infinity)], [[0x7fffffff], [0x80000000], [0x7fffffff]]);
    assert.deepEqual([to('uint', 3e9), to('uint', -1), to('uint', 5e9)], [[3e9], [0], [0xffffffff]]);
    assert.deepEqual([to('fix', 0.5, 16), to('fix', -0.5, 1), to('fix', 1e-30, 5), to('fix', -1e-30, 5), to('fix', 5, -1)], [[0x8000], [0xffffffff], [0], [0xffffffff], [2]]);
    assert.deepEqual([to('ufix', 0.5, 16), to('ufix', 0.5, 40)], [[0x8000], [0xffffffff]]);
    assert.deepEqual([to('int64', 2 ** 40), to('int64', -(2 ** 40)), to('int64', 1e30), to('int64', -1e30)], [[0, 256], [0, 0xffffff00], [0xffffffff, 0x7fffffff], [0, 0x80000000]]);
    assert.deepEqual([to('uint64', 1.5 * 2 ** 63), to('uint64', -1), to('uint64', 1e30)], [[0, 0xc0000000], [0, 0], [0xffffffff, 0xffffffff]]);
    assert.deepEqual([to('fix64', -0.75, 33), to('ufix64', 0.75, 33)], [[0x80000000, 0xfffffffe], [0x80000000, 1]]);
  });

  it('converts from integers, rounding once', () => {
    const next = generator(9);
    for (let index = 0; index < ROUNDS / 4; index++) {
      const value = BigInt.asIntN(64, ((BigInt(next()) << 32n) | BigInt(next())) >> BigInt(next() % 64));
      const [low, high] = [Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n))];
      const bits = (next() % 80) - 40;
      const expected = (whole: bigint, point = 0): number => round({ numerator: whole, exponent: -point }, precision);
      const from = (name: string, ...words: number[]): number => format.read(call(`${prefix}_from_${name}`, ...words), 0);
      assert.deepEqual(
        [from('int64', low, high), from('uint64', low, high), from('fix64', low, high, bits), from('ufix64', low, high, bits)],
        [expected(value), expected(BigInt.asUintN(64, value)), expected(value, bits), expected(BigInt.asUintN(64, value), bits)],
      );
      assert.deepEqual(
        [from('int', low), from('uint', low), from('fix', low, bits), from('ufix', low, bits)],
        [expected(BigInt(low | 0)), expected(BigInt(low)), expected(BigInt(low | 0), bits), expected(BigInt(low), bits)],
      );
    }
  });

  it('converts an integer that a double would bring to a tie', () => {
    const just = [1, 2 ** 28 + (precision.bits === 24 ? 2 ** 4 : 0)] as const; // 2^60 + 2^36 + 1 lies over the middle of two singles
    const value = format.read(call(`${prefix}_from_int64`, ...just), 0);
    assert.equal(value, precision.bits === 24 ? 2 ** 60 + 2 ** 37 : 2 ** 60);
  });

  it('knows the functions of angles and powers to two units of the last place', () => {
    const next = generator(77);
    const cases: [string, (x: number) => number, number][] = [
      ['sin', Math.sin, 100], ['cos', Math.cos, 100], ['tan', Math.tan, 100], ['exp', Math.exp, 80], ['ln', (x) => Math.log(Math.abs(x)), 1e6],
    ];
    const unit = 2 ** (1 - precision.bits);
    for (const [name, right, range] of cases) {
      for (let index = 0; index < ROUNDS / 4; index++) {
        const x = Math.fround((next() / 2 ** 31 - 1) * range);
        const [found, expected] = [compute(name, name === 'ln' ? Math.abs(x) : x), right(x)];
        assert.ok(Math.abs(found - expected) <= 2 * unit * Math.abs(expected), `${name}(${x}) is ${expected}, not ${found}`);
      }
    }
    for (let index = 0; index < ROUNDS / 4; index++) {
      const [y, x] = [Math.fround(next() / 2 ** 31 - 1), Math.fround(next() / 2 ** 31 - 1)];
      const [found, expected] = [compute('atan2', y, x), Math.atan2(y, x)];
      assert.ok(Math.abs(found - expected) <= 2 * unit * Math.abs(expected), `atan2(${y}, ${x}) is ${expected}, not ${found}`);
    }
    assert.deepEqual([compute('exp', 0), compute('exp', 1e5), compute('exp', -1e5), compute('ln', 1), compute('ln', Infinity), compute('atan2', 0, 1)], [1, Infinity, 0, 0, Infinity, 0]);
    assert.deepEqual([[0, -1], [-0, -1], [1, 0], [-1, 0], [Infinity, Infinity]].map(([y, x]) => compute('atan2', y as number, x as number)), [
      Math.PI, -Math.PI, Math.PI / 2, -Math.PI / 2, Math.PI / 4,
    ].map((value) => (format === SINGLE ? Math.fround(value) : value)));
  });

  it('gives sine and cosine together', () => {
    const registers = call(`${prefix}sincos`, ...wordsOf(format, 1));
    assert.deepEqual([format.read(registers, 0), format.read(registers, format.words)], [compute('sin', 1), compute('cos', 1)]);
  });
});

describe('a conversion between the formats', () => {
  it('rounds once', () => {
    assert.deepEqual([...library(SINGLE)('f2double', ...wordsOf(SINGLE, -1.5)).subarray(0, 2)], wordsOf(DOUBLE, -1.5));
    assert.equal(library(DOUBLE)('d2float', ...wordsOf(DOUBLE, 0.1))[0], wordsOf(SINGLE, 0.1)[0]);
    assert.equal(library(DOUBLE)('d2float', ...wordsOf(DOUBLE, 1e-45))[0], 0);
  });
});

describe('the tables of the boot ROM', () => {
  it('have the functions in their order, and as many as the version has', () => {
    const bench = boot(`${ROM}
      int main(void) {
        const uint32_t *singles = rom_data("SF"), *doubles = rom_data("SD");
        hex(((uint8_t *)singles)[-2]);
        hex(((rom_fn)singles[0])(0x3f800000, 0x40000000, 0, 0));
        hex(((rom_fn)singles[0x1c / 4])(0x40490fdb, 0, 0, 0));
        hex(((rom_fn)singles[0x58 / 4])(0x3f800000, 0x3f800000, 0, 0));
        union { double number; uint32_t words[2]; uint64_t bits; } a = {1.5}, r;
        r.bits = ((uint64_t (*)(uint32_t, uint32_t, uint32_t, uint32_t))doubles[2])(a.words[0], a.words[1], a.words[0], a.words[1]);
        hex(r.words[1]); hex(r.words[0]);
        hex(((rom_fn)doubles[0x7c / 4])(a.words[0], a.words[1], 0, 0));
        done();
      }`).run();
    assert.equal(bench.trace, '00000020' + '40400000' + '00000003' + '3f490fdb' + '40020000' + '00000000' + '3fc00000');
  });
});
