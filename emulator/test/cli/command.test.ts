import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Report } from '../../src/board/report.js';
import { runCommand } from '../../src/cli/command.js';
import { OPTIONS } from '../../src/cli/options.js';
import { compileElf } from '../support/compile.js';
import { elf, uf2 } from '../support/files.js';
import { flashBytes, HARD_FAULT, MAIN } from '../support/program.js';
import { bkpt, forever, loop, print, set, store, str, udf, wfi } from '../support/thumb.js';

/** The program that `./uasync run` starts: for what only a process can show. All else is tried in this one, which takes a tenth of the time. */
const RUN = fileURLToPath(new URL('../../dist/cli/run.js', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'uasync-emulator-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const out = (content: Uint8Array | string): string => (stdout += Buffer.from(content).toString());
  const status = await runCommand(args, { out, error: (text) => (stderr += text) });
  return { status, stdout, stderr };
}

const blink = flashBytes([
  store(0x40014004 + 8 * 25, 5), store(0xd0000024, 1 << 25), set(2, 0xd000001c), set(3, 1 << 25), print('hello\r\n'), loop(str(3, 2)),
]);

const SETUP = 'REG(0x40034024) = 67; REG(0x40034028) = 52; REG(0x4003402c) = 3 << 5 | 1 << 4; REG(0x40034030) = 0x301;';

describe('uasync run', () => {
  it('is a program', () => {
    const result = spawnSync(process.execPath, [RUN, file('stop.elf', elf(flashBytes([print('hello'), udf]))), '--quiet'], { encoding: 'utf8', input: '' });
    assert.deepEqual([result.status, result.stdout], [3, '']);
    assert.match(result.stderr, /^uasync run: the firmware lockup: [^\n]*\n$/);
  });

  it('prints the console exactly, and ends in time', async () => {
    const result = await run(file('blink.elf', elf(blink)), '--until', '100us');
    assert.deepEqual([result.status, result.stdout, result.stderr], [0, 'hello\r\n', '']);
  });

  it('prints nothing with --quiet', async () => {
    assert.equal((await run(file('blink.uf2', uf2(blink)), '--until', '100us', '--quiet')).stdout, '');
  });

  it('writes a report and a waveform', async () => {
    const [json, vcd] = [join(folder, 'out.json'), join(folder, 'out.vcd')];
    assert.equal((await run(file('blink.elf', elf(blink)), '--until', '1ms', '--json', json, '--vcd', vcd, '--press', 'GP15@10us+10us')).status, 0);
    const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
    assert.deepEqual(report.console.map(({ text }) => text), ['hello']);
    assert.equal(report.exit, 'until');
    assert.ok(Math.abs((report.edges[1]?.t_us ?? 0) - (report.edges[0]?.t_us ?? 0) - 0.024) < 1e-9);
    const changes = readFileSync(vcd, 'utf8').split('\n').filter((line) => /^[01]:$/.test(line));
    assert.equal(changes.length, (report.edge_count['25'] ?? 0) + 1); // and its start
  });

  it('sends the input when it was asked to', async () => {
    const echo = file('echo.elf', compileElf(`int main(void) {
      REG(0x40034024) = 67; REG(0x40034028) = 52; REG(0x4003402c) = 3 << 5 | 1 << 4; REG(0x40034030) = 0x301;
      for (;;) if (!(REG(0x40034018) & 16)) put(REG(0x40034000));
    }`));
    const json = join(folder, 'echo.json');
    assert.equal((await run(echo, '--input', 'one\\n@1ms', '--input', 'a@b\\\\\\n@20ms', '--until', '30ms', '--json', json)).stdout, 'one\na@b\\\n');
    const times = (JSON.parse(readFileSync(json, 'utf8')) as Report).console.map(({ t_us }) => t_us);
    const character = 10e6 / 115_200;
    assert.ok(times.every((time, line) => Math.abs(time - ([1000 + 4 * character, 20_000 + 5 * character][line] ?? 0)) < 2), String(times));
  });

  it('drives pins, wires them and puts voltages on them', async () => {
    const watch = file('watch.elf', compileElf(`int main(void) {
      REG(0x40014004 + 8 * 3) = REG(0x40014004 + 8 * 4) = 5; REG(0xd0000024) = 1 << 4; REG(0x4004c000) = 1;
      for (int before = -1;;) {
        REG(0xd0000010 + (REG(0xd0000004) >> 2 & 1 ? 4 : 8)) = 1 << 4; /* GP4 follows GP2 */
        int now = REG(0xd0000004) >> 3 & 1;
        if (now != before) { put('0' + now); before = now; }
        REG(0x4004c000) = 5; while (!(REG(0x4004c000) & 0x100)) {}
        if (REG(0x4004c004) > 2000) { put('V'); done(); }
      }
    }`));
    const signals = ['--drive', 'GP2@100us=1', '--drive', 'GP2@200us=0', '--drive', 'GP2@300us=1', '--drive', 'GP2@400us=z', '--analog', 'GP26@500us=2V'];
    const wired = await run(watch, '--wire', 'GP4-GP3', ...signals, '--until', '1ms');
    assert.deepEqual([wired.status, wired.stdout], [0, '01010V']);
    assert.match(wired.stderr, /^uasync run: stopped at a breakpoint [^\n]*\n$/);
    assert.equal((await run(watch, ...signals, '--until', '1ms')).stdout, '0V');
  });

  it('sends input to the port that is named, over USB once it is open', async () => {
    const echo = file('echo1.elf', compileElf(`int main(void) {
      REG(0x40038024) = 67; REG(0x40038028) = 52; REG(0x4003802c) = 3 << 5 | 1 << 4; REG(0x40038030) = 0x301;
      for (;;) if (!(REG(0x40038018) & 16)) REG(0x40038000) = REG(0x40038000);
    }`));
    const result = await run(echo, '--input', 'UART1:one\\n@1ms', '--input', 'USB:two\\n@1ms', '--input', 'three\\n@1ms', '--until', '10ms');
    assert.equal(result.stdout, 'one\n');
    assert.match(result.stderr, /^uasync run: --input: 4 bytes for USB were not sent, as the firmware has not offered a serial port by then\n$/);
    const usb = file('usb.elf', compileElf(readFileSync(new URL('../support/fixtures/usb_echo.c', import.meta.url), 'utf8')));
    assert.match((await run(usb, '--input', 'USB:two\\n@1ms', '--expect', 'two', '--within', '200ms')).stdout, /two/);
  });

  it('ends when what is expected is printed, and says if it is not', async () => {
    const shell = file('shell.elf', compileElf(`int main(void) { ${SETUP} print("ready\\n> "); for (;;) if (!(REG(0x40034018) & 16)) put(REG(0x40034000)); }`));
    const json = join(folder, 'expected.json');
    assert.deepEqual(await run(shell, '--expect', 'ready\\n> ', '--json', json), { status: 0, stdout: 'ready\n> ', stderr: '' });
    assert.equal((JSON.parse(readFileSync(json, 'utf8')) as Report).exit, 'expected');
    const inTurn = ['--input', 'go\\n@1ms', '--expect', 'ready', '--expect', 'go'];
    assert.deepEqual(await run(shell, ...inTurn, '--within', '2ms'), { status: 0, stdout: 'ready\n> go', stderr: '' });
    const late = await run(shell, ...inTurn, '--within', '900us');
    assert.deepEqual(late, { status: 1, stdout: 'ready\n> ', stderr: "uasync run: --expect: 'go' was not printed; the run ended at 900.0 us\n" });
    const crash = file('crash1.elf', elf(flashBytes(udf)));
    const crashed = await run(crash, '--expect', 'a\\n');
    assert.equal(crashed.status, 3);
    assert.match(crashed.stderr, /--expect: 'a\\u000a' was not printed; the run ended at \d+ ns\n$/);
  });

  it('keeps the contents of the flash in a file', async () => {
    const flash = join(folder, 'flash.bin');
    // Prints what is at 1 MB; a debugger or the flash chip would write it.
    const reader = file('reader.elf', compileElf('int main(void) { put(*(volatile char *)0x10100000); done(); }'));
    assert.equal((await run(reader, '--flash', flash)).status, 0);
    const contents = readFileSync(flash);
    assert.equal(contents.length, 2 * 1024 * 1024);
    assert.equal(contents[0x100000], 0xff);
    contents[0x100000] = 'K'.charCodeAt(0);
    contents[100] = 0x55; // in a sector of the image
    writeFileSync(flash, contents);
    assert.equal((await run(reader, '--flash', flash)).stdout, 'K');
    const after = readFileSync(flash);
    assert.equal(after[0x100000], 'K'.charCodeAt(0));
    assert.notEqual(after[100], 0x55);
    const long = await run(reader, '--flash', file('long.bin', new Uint8Array(2 * 1024 * 1024 + 1)));
    assert.equal(long.status, 2);
    assert.match(long.stderr, /^uasync run: --flash: \S+long\.bin has 2097153 bytes, and the Pico's flash has 2097152; give another file\n$/);
    assert.match((await run(reader, '--flash', folder)).stderr, /^uasync run: --flash: cannot write \S+: is a directory; choose another place\n$/);
  });

  it('ends at a breakpoint and says where', async () => {
    const result = await run(file('stop.elf', elf(flashBytes([print('bye'), bkpt]), { functions: { main: [MAIN, 100] } })));
    assert.deepEqual([result.status, result.stdout], [0, 'bye']);
    assert.match(result.stderr, /^uasync run: stopped at a breakpoint at PC 0x\w{8} \(main\+0x1a\), LR 0x\w{8}\n$/);
  });

  it('ends when the firmware is asleep for ever', async () => {
    const result = await run(file('sleep.elf', elf(flashBytes(wfi))));
    assert.deepEqual([result.status, result.stdout, result.stderr], [0, '', '']);
  });

  it('reports a crash in one line, with status 3, and still writes the report', async () => {
    const json = join(folder, 'crash.json');
    const crash = elf(flashBytes(udf, { [HARD_FAULT]: [print('fault\n'), forever] }), { functions: { _ZN3app4failEv: [MAIN, 2] } });
    const result = await run(file('crash.elf', crash), '--json', json);
    assert.equal(result.status, 3);
    assert.equal(result.stdout, 'fault\n');
    assert.match(result.stderr, /^uasync run: the firmware crashed: HardFault: undefined instruction 0xde00, at PC 0x100000c0 \(app::fail\), LR 0x\w{8}\n$/);
    assert.match((JSON.parse(readFileSync(json, 'utf8')) as Report).exit, /^crashed: HardFault: undefined instruction/);
  });

  it('reports a time that is up in the HardFault handler as a crash', async () => {
    const busyHandler = { [HARD_FAULT]: loop([print('x'), 0xbf00]) };
    assert.equal((await run(file('busy.elf', elf(flashBytes(udf, busyHandler))), '--until', '10us')).status, 3);
  });

  it('refuses what it cannot run in one line, with status 2', async () => {
    const image = file('blink.elf', elf(blink));
    const cases: [string[], RegExp][] = [
      [[], /no IMAGE given/],
      [[join(folder, 'missing.elf')], /missing\.elf: no such file/],
      [[folder], /is a directory/],
      [[file('empty', '')], /empty: the file is empty/],
      [[file('text', 'hello, world')], /neither an ELF nor a UF2/],
      [[process.execPath], /not for a 32-bit ARM/],
      [[file('zero.uf2', uf2(new Uint8Array(256)))], /no vector table/],
      [[file('cut.uf2', uf2(blink).subarray(0, 600))], /truncated UF2/],
      [[file('other.uf2', uf2(blink, 0xe48bff59))], /not for the RP2040/],
      [[image, '--json', join(folder, 'none', 'deep', 'x.json')], /--json: cannot write \S+x\.json: the folder \S+none does not exist; create it or choose/],
      [[image, '--vcd', join(image, 'x.vcd')], /--vcd: cannot write \S+: \S+blink\.elf is not a folder; choose/],
      [[image, '--trace', folder], /--trace: cannot write \S+: is a directory; choose/],
      [[image, '--until', 'a\nb'], /--until: 'a\\u000ab' is not a time/],
      [[image, '--interactive'], /needs a terminal.*--headless/],
    ];
    for (const [args, message] of cases) {
      const result = await run(...args);
      assert.equal(result.status, 2, `${args.join(' ')}: ${result.stderr}`);
      assert.match(result.stderr, message);
      assert.match(result.stderr, /^uasync run: [^\n]*\n$/);
    }
  });

  it('explains itself with --help', async () => {
    const { status, stdout } = await run('--help');
    assert.equal(status, 0);
    for (const option of Object.keys(OPTIONS)) assert.ok(stdout.includes(`  --${option}`), option);
  });

  it('streams the console, and writes the report after Ctrl-C', async () => {
    const json = join(folder, 'interrupted.json');
    const child = spawn(process.execPath, [RUN, file('blink.elf', elf(blink)), '--json', json]);
    const line = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
    assert.equal(line, 'hello\r\n');
    child.kill('SIGINT');
    assert.equal(await new Promise((resolve) => child.once('close', resolve)), 130);
    assert.equal((JSON.parse(readFileSync(json, 'utf8')) as Report).exit, 'interrupted');
  });

  it('is silent when its reader goes away', async () => {
    const chatter = elf(flashBytes(loop(print('hello\n'))));
    const child = spawn(process.execPath, [RUN, file('chatter.elf', chatter)]);
    let errors = '';
    child.stderr.on('data', (data) => (errors += String(data)));
    child.stdout.once('data', () => child.stdout.destroy());
    await new Promise((resolve) => child.once('close', resolve));
    assert.equal(errors, '');
  });
});
