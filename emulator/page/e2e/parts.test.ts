import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileElf } from '../../test/support/compile.js';
import { PARTS_BOARD, PARTS_PROGRAM } from '../../test/support/fixtures.js';
import { type BoardPage, until, usePages } from './board-page.js';

const open = usePages();
let program: Buffer;
beforeAll(() => void (program = Buffer.from(compileElf(PARTS_PROGRAM))));

/** What the page has told the loudspeaker: a frequency, or a loudness. */
interface Sounds {
  readonly sounds: string[];
}

/** The page with one part of each kind that needs no bus, and a program that moves them. */
async function withParts(): Promise<BoardPage> {
  const board = await open('#example=01_blink', {}, async (page) => {
    await page.addInitScript(() => {
      const sounds = ((window as unknown as Sounds & Window & { sounds: string[] }).sounds = []) as string[];
      const { setValueAtTime, setTargetAtTime } = AudioParam.prototype;
      AudioParam.prototype.setValueAtTime = function (value, time) {
        sounds.push(`${value} Hz`);
        return setValueAtTime.call(this, value, time);
      };
      AudioParam.prototype.setTargetAtTime = function (value, time, constant) {
        sounds.push(value > 0 ? 'loud' : 'silent');
        return setTargetAtTime.call(this, value, time, constant);
      };
    });
  });
  await board.page.locator('#file').setInputFiles([
    { name: 'parts.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(PARTS_BOARD)) },
    { name: 'parts.elf', mimeType: 'application/octet-stream', buffer: program },
  ]);
  await image(board, 'Servo on GP10: 0°').waitFor();
  return board;
}

const image = ({ page }: BoardPage, name: string): Locator => page.getByRole('img', { name, exact: true });

/** Holds a key of the keypad down with the mouse, as long as it takes to see something. */
async function hold(board: BoardPage, key: string, seen: Locator): Promise<void> {
  await board.page.getByRole('button', { name: `Key ${key}`, exact: true }).hover();
  await board.page.mouse.down();
  await seen.waitFor();
  await board.page.mouse.up();
}

describe('the parts of the board', () => {
  it('are a keypad that a program scans, a digit and a buzzer', async () => {
    const board = await withParts();
    for (const key of ['5', '0']) await hold(board, key, image(board, `Digit: ${key}`));
    await hold(board, 'A', image(board, 'Buzzer on GP20: 440 Hz, A4'));
    await image(board, 'Buzzer on GP20: silent').waitFor();
    await image(board, 'Digit: off').waitFor();
    assert.deepEqual(await board.waitForLines(3), ['5', '0', 'A']);
  });

  it('are a keypad that the keyboard presses, from anywhere and with the focus on a key', async () => {
    const board = await withParts();
    await board.page.keyboard.press('7', { delay: 200 });
    await board.waitForLines(1);
    await board.page.keyboard.down('Shift');
    await board.page.keyboard.down('Digit8');
    await board.waitForLines(2);
    await board.page.keyboard.up('Shift');
    await board.page.keyboard.up('Digit8'); // it was an asterisk when it went down
    await image(board, 'Buzzer on GP20: silent').waitFor();
    await board.page.getByRole('button', { name: 'Key 3', exact: true }).press('Enter', { delay: 200 });
    assert.deepEqual(await board.waitForLines(3), ['7', '*', '3']);
  });

  it('are a switch, a lamp and a servo', async () => {
    const board = await withParts();
    const toggle = board.page.getByRole('switch', { name: 'Mode on GP22' });
    await image(board, 'Light on GP18, GP19, GP21: blue 50 %').waitFor();
    assert.equal(await toggle.getAttribute('aria-checked'), 'false');
    await toggle.click();
    await image(board, 'Servo on GP10: 180°').waitFor();
    await image(board, 'Light on GP18, GP19, GP21: red, blue 50 %').waitFor();
    assert.equal(await toggle.getAttribute('aria-checked'), 'true');
    await board.page.click('#reset');
    await image(board, 'Servo on GP10: 180°').waitFor(); // it stays as it was put
    await toggle.press('Space');
    await image(board, 'Servo on GP10: 0°').waitFor();
  });

  it('are a motion sensor that is high for a while, and a relay that clicks', async () => {
    const board = await withParts();
    await image(board, 'Pump on GP27: off, 0 clicks').waitFor();
    await board.page.keyboard.down('m');
    await image(board, 'Motion on GP26: motion').waitFor();
    await image(board, 'Pump on GP27: on, 1 click').waitFor();
    await board.page.keyboard.up('m');
    const since = await board.seconds();
    await image(board, 'Pump on GP27: off, 2 clicks').waitFor();
    expect((await board.seconds()) - since).toBeGreaterThan(0.3);
    await image(board, 'Motion on GP26: no motion').waitFor();
  });

  it('are heard once somebody has pressed something, unless they are muted or the board is paused', async () => {
    const board = await withParts();
    const sounds = (): Promise<string[]> => board.page.evaluate(() => (window as unknown as Sounds).sounds.splice(0));
    const heard = async (): Promise<string> => (await sounds()).join();
    const mute = board.page.getByRole('button', { name: 'Mute Buzzer' });
    assert.equal(await heard(), '');

    await board.page.keyboard.down('1');
    await expect.poll(heard).toBe('440 Hz,loud');
    await board.page.click('#run');
    await expect.poll(heard).toBe('silent');
    await until(async () => (await board.state()) === 'paused', 'it to be paused');
    await board.page.keyboard.down('m');
    await image(board, 'Motion on GP26: motion').waitFor();
    assert.equal(await heard(), '');
    await board.page.keyboard.up('m');
    await board.page.click('#run');
    await expect.poll(heard).toBe('440 Hz,loud');

    await mute.click();
    assert.equal(await mute.getAttribute('aria-pressed'), 'true');
    await expect.poll(heard).toBe('silent');
    await board.page.keyboard.up('1');
    await image(board, 'Buzzer on GP20: silent').waitFor();
    await hold(board, '2', image(board, 'Buzzer on GP20: 440 Hz, A4'));
    assert.equal(await heard(), '');
  });
});

describe('the game of step 11', () => {
  it('has its light and its buzzer', async () => {
    const board = await open('#example=11_reaction_game');
    await board.page.locator('.part-rgb_led').waitFor();
    // The game looks at its buttons only in between, so it may miss a press; when it hears the second one decides on the tune.
    const pressUntil = (seen: Locator): Promise<void> =>
      until(async () => {
        if (await seen.isVisible()) return true;
        await board.page.keyboard.press('a', { delay: 100 });
        return false;
      }, String(seen));
    await pressUntil(board.page.getByRole('img', { name: /^Light on GP16, GP17, GP18: red/ }));
    await pressUntil(board.page.getByRole('img', { name: /^Buzzer on GP20: (110 Hz, A2|523 Hz, C5|659 Hz, E5|784 Hz, G5|1047 Hz, C6)$/ }));
    await image(board, 'Buzzer on GP20: silent').waitFor();
  });
});
