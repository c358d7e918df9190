import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cursor } from '../../src/firmware/dwarf/cursor.js';
import { shortened } from '../../src/firmware/dwarf/debug-info.js';
import { parseElf } from '../../src/firmware/elf.js';
import type { Image } from '../../src/firmware/image.js';

const SOURCE = `struct Inner { int first; short second_; };
struct Outer { char letter; Inner inner; const Inner* other; };
template <class T, int N> struct Row { T cells[N]; };
namespace app {
namespace {
Outer thing;
Row<int, 3> row;
}
__attribute__((noinline)) int twice(int x) {
    return x + x;
}
}
const void* volatile used; // so that nothing is taken apart
extern "C" void _start() {
    used = &app::thing;
    used = &app::row;
    app::thing.inner.first = app::twice(app::thing.letter);
    app::row.cells[1] = 2;
}
`;

const COMPILERS = {
  'GCC, DWARF 5': ['arm-none-eabi-g++', '-mcpu=cortex-m0plus', '-mthumb', '-gdwarf-5'],
  'GCC, DWARF 4': ['arm-none-eabi-g++', '-mcpu=cortex-m0plus', '-mthumb', '-gdwarf-4'],
  'Clang, DWARF 5': ['clang++-19', '--target=thumbv6m-none-eabi', '-mcpu=cortex-m0plus', '-fuse-ld=lld', '-gdwarf-5'],
  'Clang, DWARF 4': ['clang++-19', '--target=thumbv6m-none-eabi', '-mcpu=cortex-m0plus', '-fuse-ld=lld', '-gdwarf-4'],
} as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dwarf-'));
  writeFileSync(join(folder, 'main.cpp'), SOURCE);
});
afterAll(() => rmSync(folder, { recursive: true }));

function compile([compiler, ...flags]: readonly string[]): Uint8Array {
  const output = join(folder, 'main.elf');
  const link = ['-nostdlib', '-Wl,-Ttext=0x10000100', '-Wl,-Tbss=0x20000000', '-fno-exceptions', '-fno-rtti'];
  execFileSync(compiler as string, ['-Os', ...flags, ...link, '-o', output, join(folder, 'main.cpp')]);
  return readFileSync(output);
}

function lineOf(piece: string): number {
  return SOURCE.split('\n').findIndex((line) => line.includes(piece)) + 1;
}

describe.each(Object.entries(COMPILERS))('debug information of %s', (_, compiler) => {
  let image: Image;
  beforeAll(() => {
    image = parseElf(compile(compiler));
  });

  it('tells functions by where they begin, and the lines of their code', () => {
    const twice = image.symbols.addressOf('_ZN3app5twiceEi') as number;
    expect(image.debug?.functionNameAt(twice)).toBe('app::twice');
    expect(image.debug?.functionNameAt(twice + 2)).toBeUndefined();
    const place = image.debug?.placeOf(twice);
    expect(place?.file).toMatch(/main\.cpp$/);
    expect([lineOf('int twice'), lineOf('return x + x')]).toContain(place?.line);
  });

  it('knows no line where there is no code', () => {
    expect(image.debug?.placeOf(0x10000000)).toBeUndefined();
    expect(image.debug?.placeOf(0x20000000)).toBeUndefined();
    expect(image.debug?.placeOf(0)).toBeUndefined();
  });

  it('tells variables with their types and members', () => {
    const thing = image.debug?.globals.find(({ name }) => name === 'thing');
    expect(thing?.address).toBe(image.objects.addressOf('_ZN3app12_GLOBAL__N_15thingE'));
    expect([thing?.type?.name, thing?.type?.size]).toEqual(['Outer', 16]);
    expect(thing?.type?.members.map(({ name, offset }) => [name, offset])).toEqual([['letter', 0], ['inner', 4], ['other', 12]]);
    expect(thing?.type?.members[1]?.type?.members.map(({ name }) => name)).toEqual(['first', 'second_']);
    expect(thing?.type?.members[2]?.type?.target?.name).toBe('Inner');
    expect(image.debug?.globals.find(({ name }) => name === 'row')?.type?.name).toMatch(/^Row<int, 3>$/);
  });
});

describe('damaged debug information', () => {
  it('counts as absent, or is read as far as it goes, but never fails or hangs', () => {
    const file = compile(COMPILERS['GCC, DWARF 5']);
    const start = file.length >> 3; // behind the headers and the program
    let random = 12345;
    for (let round = 0; round < 300; round++) {
      const damaged = Uint8Array.from(file);
      for (let byte = 0; byte < 20; byte++) {
        random = (Math.imul(random, 1103515245) + 12345) >>> 0;
        damaged[start + (random % (file.length - start - 1200))] = random >>> 24;
      }
      const debug = tryToParse(damaged)?.debug;
      debug?.globals.forEach(({ type }) => type?.members.forEach((member) => member.type?.members));
      debug?.placeOf(0x10000110);
      debug?.functionNameAt(0x10000100);
    }
  });

  function tryToParse(file: Uint8Array): Image | undefined {
    try {
      return parseElf(file);
    } catch (error) {
      expect((error as Error).name).toBe('ImageError');
      return undefined;
    }
  }
});

describe('the parts', () => {
  it('numbers of variable length', () => {
    expect(new Cursor(Uint8Array.of(0xe5, 0x8e, 0x26)).uleb()).toBe(624485);
    expect(new Cursor(Uint8Array.of(0xc0, 0xbb, 0x78)).sleb()).toBe(-123456);
    expect(() => new Cursor(Uint8Array.of(0x80)).uleb()).toThrow(RangeError);
  });

  it('paths are told by their end, which is the same on every machine', () => {
    expect(shortened('/home/me/project/examples/05_queue.cpp')).toBe('examples/05_queue.cpp');
    expect(shortened('/home/me/project/cmake/../include/uasync/kernel/task.hpp')).toBe('kernel/task.hpp');
    expect(shortened('main.cpp')).toBe('main.cpp');
    expect(shortened('C:\\firmware\\main.cpp')).toBe('firmware/main.cpp');
  });
});
