import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Image } from '../../src/firmware/image.js';
import { parseImage } from '../../src/firmware/load.js';
import { Bench } from './program.js';

const COMPILER = 'arm-none-eabi-gcc';
const OPTIONS = [
  '-mcpu=cortex-m0plus', '-mthumb', '-Os', '-g', '-Wall', '-Wno-unused-function', '-Wno-return-type', '-Wno-array-bounds', '-Werror', '-ffreestanding', '-fno-tree-loop-distribute-patterns', '-nostdlib',
];

/** What all the C programs of the tests begin with: registers, the UART as a trace, the end of a run. */
const PROLOGUE = `
#include <stdint.h>
#define REG(address) (*(volatile uint32_t *)(address))
static inline void put(char c) { REG(0x40034000) = c; }
static inline void print(const char *text) { while (*text) put(*text++); }
static inline void hex(uint32_t value) { for (int shift = 28; shift >= 0; shift -= 4) put("0123456789abcdef"[(value >> shift) & 15]); }
void *memcpy(void *to, const void *from, unsigned size) { for (char *p = to; size--;) *p++ = *(const char *)from++; return to; }
void *memset(void *to, int value, unsigned size) { for (char *p = to; size--;) *p++ = value; return to; }
static inline void done(void) { __asm__ volatile("bkpt"); }
extern void *vectors[];
`;

/** Vectors for both cores: `irqN` is the handler of interrupt N where the program has one. */
const epilogue = (source: string): string => `
int main(void);
static void unexpected(void) { for (;;) __asm__ volatile("bkpt"); }
void reset(void) {
  extern uint32_t __bss_start__, __bss_end__;
  for (uint32_t *word = &__bss_start__; word < &__bss_end__; word++) *word = 0;
  main();
  unexpected();
}
__attribute__((section(".vectors"), used)) void *vectors[] = {
  (void *)0x20041000, reset, unexpected, unexpected, 0, 0, 0, 0, 0, 0, 0, unexpected, 0, 0, unexpected, unexpected,
  ${Array.from({ length: 26 }, (_, irq) => (source.includes(`void irq${irq}(`) ? `irq${irq}` : 'unexpected')).join(', ')},
};
`;

const script = (code: number, data: number): string => `
ENTRY(reset)
SECTIONS {
  .text ${code} : { *(.vectors) *(.text*) *(.rodata*) }
  .bss ${data} (NOLOAD) : { __bss_start__ = .; *(.bss*) *(COMMON) __bss_end__ = .; }
  .data : { *(.data*) }
  ASSERT(SIZEOF(.data) == 0, "no initialised data: there is nothing that copies it")
}
`;

/** Compiles a C program for the tests, with `int main(void)`. */
export function compile(source: string): Image {
  return parseImage(compileElf(source));
}

/** The same for a program that lies in RAM, so that it may do with the flash what it likes. */
export function compileForRam(source: string): Image {
  return parseImage(compileElf(source, script(0x20000000, 0x20020000)));
}

/** A Pico with a program in flash, just powered on. */
export function boot(source: string): Bench {
  return new Bench(compile(source));
}

/** The program as a file. */
export function compileElf(source: string, linkerScript = script(0x10000000, 0x20000000)): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'uasync-emulator-'));
  try {
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const elf = join(folder, 'program.elf');
    const inputs = [file('program.c', PROLOGUE + source + epilogue(source)), '-T', file('program.ld', linkerScript), '-o', elf];
    execFileSync(COMPILER, [...OPTIONS, ...inputs, '-lgcc'], { stdio: ['ignore', 'ignore', 'inherit'] });
    return readFileSync(elf);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
