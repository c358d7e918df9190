import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, it } from 'vitest';
import * as emulator from '../src/index.js';
import { compileElf } from './support/compile.js';
import { BME280_DRIVER } from './support/fixtures.js';

/** The example of a section of the README. */
function example(section: string): string {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = new RegExp(`## ${section}\\n[^#]*?\`\`\`ts\\n([^]*?)\`\`\``).exec(readme)?.[1];
  assert.ok(code !== undefined, `no example under ${section}`);
  return code;
}

/** Runs it for a firmware, and gives what it logs. */
function run(code: string, bytes: Uint8Array): unknown[] {
  const logged: unknown[] = [];
  const script = ts.transpile(code, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS });
  const surroundings = { exports: {}, require: () => emulator, console: { log: (...values: unknown[]) => logged.push(...values) }, bytes };
  new Function(...Object.keys(surroundings), script)(...Object.values(surroundings));
  return logged;
}

describe('the README', () => {
  it('connects devices as its example shows', () => {
    const firmware = compileElf(`${BME280_DRIVER}
      #define SPI 0x40040000
      static void send(uint8_t byte) { REG(SPI + 8) = byte; while (REG(SPI + 12) & 16) {} }
      int main(void) {
        REG(0x40014004 + 8 * 4) = REG(0x40014004 + 8 * 5) = 3;
        REG(0x40014004 + 8 * 12) = REG(0x40014004 + 8 * 13) = 5;
        REG(0xd0000024) = 1 << 12 | 1 << 13;
        i2c_init(); read_calibration(); measure();
        REG(SPI + 0x10) = 2; REG(SPI) = 7 | 9 << 8; REG(SPI + 4) = 2;
        send(0x8d); send(0x14); send(0xaf); send(0xa5 - (temperature(d[3] << 12 | d[4] << 4 | d[5] >> 4) < 2999));
        REG(0x40050050) = 0; REG(0x40050050 + 0x10) = 99; REG(0x40050050 + 0xc) = 25 << 16; REG(0x400140cc) = 4; REG(0x40050050) = 1;
        for (;;) __asm__ volatile("wfe");
      }`);
    assert.deepEqual(run(example('Devices'), firmware), [0.25, 128 * 64]);
  });
});
