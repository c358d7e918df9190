import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import * as emulator from '../src/index.js';
import { compileElf } from './compile.js';
import { I2C_DRIVER } from './i2c.js';

/** Beside the sources, which the examples import. */
const BUILD = fileURLToPath(new URL('../build/', import.meta.url));
const README = fileURLToPath(new URL('../README.md', import.meta.url));

/** The examples in TypeScript, in order. */
const examples = [...readFileSync(README, 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code as string);

/** Runs an example as a module, with the package's name leading to the sources and what it needs around it given. */
async function run(code: string, given: Record<string, unknown>, result: string): Promise<unknown> {
  mkdirSync(BUILD, { recursive: true });
  const folder = mkdtempSync(join(BUILD, 'readme-'));
  try {
    const names = Object.keys(given);
    const body = code.replaceAll("'uasync-emulator'", "'../../src/index.js'");
    const [imports, rest] = [body.match(/^import .*$/gm)?.join('\n') ?? '', body.replace(/^import .*$/gm, '')];
    const file = join(folder, 'example.ts');
    writeFileSync(file, `${imports}\nexport default ({ ${names.join(', ')} }: any) => {\n${rest}\nreturn ${result};\n};\n`);
    const { default: example } = (await import(/* @vite-ignore */ file)) as { default: (given: Record<string, unknown>) => unknown };
    return example(given);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the examples of the README', () => {
  const bytes = compileElf(`${I2C_DRIVER}
    int main(void) {
      uint8_t b;
      i2c_init();
      read_registers(0x76, 0xd0, &b, 1);
      if (b == 0x60) print("sensor found\\n");
      write_register(0x3c, 0, 0xaf); write_register(0x3c, 0x40, 0xff);
      REG(0x40034024) = 67; REG(0x40034028) = 52; REG(0x4003402c) = 3 << 5; REG(0x40034030) = 0x301;
      REG(0x40014004 + 8 * 25) = 5; REG(0xd0000024) = 1 << 25;
      for (;;) if (!(REG(0x40034018) & 16)) { (void)REG(0x40034000); print("heard\\n"); REG(0xd0000014) = 1 << 25; }
    }
  `);

  it('run a firmware to a time', async () => {
    const report = (await run(examples[0] ?? '', { bytes }, 'report')) as emulator.Report;
    assert.equal(report.exit, 'until');
  });

  it('drive the board piece by piece', async () => {
    const seen: unknown[] = [];
    const result = (await run(examples[1] ?? '', { bytes, console: { log: (...values: unknown[]) => seen.push(...values) } }, '{ pico, display }')) as {
      pico: emulator.Pico;
      display: emulator.Ssd1306;
    };
    assert.ok(result.pico instanceof emulator.Pico);
    assert.ok(seen.includes('sensor found\n') && seen.includes('heard\n'), JSON.stringify(seen));
    assert.ok(seen.includes(1), 'the LED is lit');
    assert.equal(result.display.pixels.filter(Boolean).length, 8);
  });
});
