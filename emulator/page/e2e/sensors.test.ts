import { describe, expect, it } from 'vitest';
import { compileElf } from '../../test/support/compile.js';
import { colourProgram, SENSORS_PROGRAM } from '../../test/support/fixtures.js';
import { type BoardPage, usePages } from './board-page.js';

const open = usePages();

const WAIT = { timeout: 20_000, interval: 30 };

/** The page with these parts and a program. */
async function start(parts: readonly object[], program: string): Promise<BoardPage> {
  const board = await open('#example=01_blink');
  const input = board.page.locator('#file');
  await input.setInputFiles({ name: 'board.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ parts })) });
  await board.page.locator(`[data-part=${(parts[0] as { id: string }).id}]`).waitFor();
  await input.setInputFiles({ name: 'program.elf', mimeType: 'application/octet-stream', buffer: Buffer.from(compileElf(program)) });
  return board;
}

describe('a sensor', () => {
  it('is changed and unplugged with the keyboard, and the program measures that', async () => {
    const parts = [
      { id: 'far', type: 'hc_sr04', trig: 'GP2', echo: 'GP3' },
      { id: 'air', type: 'dht22', data: 'GP4' },
      { id: 'inside', type: 'ds18b20', dq: 'GP5', label: 'Inside' },
    ];
    const board = await start(parts, SENSORS_PROGRAM);
    const newest = async (): Promise<string> => (await board.lines()).at(-1) ?? '';
    await expect.poll(newest, WAIT).toMatch(/ 01f400d2000000c7 00000150$/); // 50.0 %, 21.0 degrees
    const inside = board.page.getByRole('group', { name: 'Inside' });
    await inside.getByRole('slider', { name: 'Temperature' }).press('ArrowRight');
    await board.page.getByRole('slider', { name: 'Humidity' }).press('Home');
    await board.page.getByRole('slider', { name: 'Distance' }).press('End');
    expect(await board.page.getByRole('slider', { name: 'Distance' }).getAttribute('aria-valuetext')).toBe('nothing there');
    await expect.poll(newest, WAIT).toMatch(/^000094[67]. 000000d2000000d2 00000158$/); // 38 ms
    await inside.getByRole('checkbox', { name: 'Plugged in' }).press('Space');
    await expect.poll(newest, WAIT).toMatch(/ nobody$/);
    await inside.getByText('Plugged in').click();
    await expect.poll(newest, WAIT).toMatch(/ 00000158$/);
  });
});

describe('a remote control', () => {
  it('turns a servo by its keys, with the mouse, its focus and the keyboard', async () => {
    const board = await open('#example=17_remote');
    const newest = async (): Promise<string> => (await board.lines()).at(-1) ?? '';
    const remote = board.page.getByRole('group', { name: 'Remote' });
    await remote.getByRole('button', { name: 'Key Plus' }).click({ delay: 50 });
    await expect.poll(newest, WAIT).toBe('key 21: 105 degrees');
    await remote.getByRole('button', { name: 'Key Play' }).press('Enter', { delay: 50 });
    await expect.poll(newest, WAIT).toBe('key 67: 90 degrees');
    await board.page.keyboard.press('-', { delay: 50 });
    await expect.poll(newest, WAIT).toBe('key 7: 75 degrees');
    await remote.getByRole('button', { name: 'Key 5' }).focus();
    await board.page.keyboard.down('Space');
    await expect.poll(newest, WAIT).toBe('key 28, held: 75 degrees');
    await board.page.keyboard.up('Space');
    await expect.poll(() => board.page.locator('.part-servo').textContent(), WAIT).toMatch(/75/);
  });
});

describe('a colour display', () => {
  it('shows what the program draws, in its colours', async () => {
    for (const [type, madctl] of [['st7735', 0xc0], ['ili9341', 0x48]] as const) {
      const board = await start([{ id: 'screen', type, sck: 'GP10', mosi: 'GP11', cs: 'GP13', dc: 'GP12', rst: 'GP9' }], colourProgram(madctl));
      const screen = board.page.getByRole('img', { name: /^Display, \d+ by \d+ pixels in colour$/ });
      const pixels = (): Promise<number[]> =>
        screen.evaluate((frame) => {
          const canvas = frame.querySelector('canvas') ?? frame.firstElementChild?.shadowRoot?.querySelector('canvas');
          return [...(canvas?.getContext('2d')?.getImageData(0, 0, 2, 1).data ?? [])];
        });
      await expect.poll(pixels, WAIT).toEqual([255, 0, 0, 255, 0, 0, 255, 255]);
      await board.page.click('#reset');
      await expect.poll(pixels, WAIT).toEqual([0, 0, 0, 255, 0, 0, 0, 255]);
    }
  });
});
