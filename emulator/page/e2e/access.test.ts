import { describe, expect, it } from 'vitest';
import { PARTS_BOARD } from '../../test/support/fixtures.js';
import { violations } from './axe.js';
import { until, usePages } from './board-page.js';
import { picture } from './picture.js';

const open = usePages();

describe('the page is accessible by the rules of axe-core', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`while a program runs, ${colorScheme}`, async () => {
      const board = await open('', { colorScheme });
      await board.reach(0.6);
      expect(await violations(board.page)).toEqual([]);
    });

    it(`while a task does not let go, on a narrow screen, ${colorScheme}`, async () => {
      const board = await open('#example=02b_starving', { colorScheme, viewport: { width: 360, height: 800 } });
      await board.waitForText(board.news, /has not let go/);
      await board.page.click('#run');
      await until(async () => (await board.state()) === 'paused', 'it to be paused');
      await board.tasks.locator('.toggle').first().click();
      await board.timeline.locator('canvas').focus();
      for (const key of ['l', 'Home', 'a', '+', 'End', 'b']) await board.page.keyboard.press(key);
      await board.timeline.locator('.where').waitFor();
      expect(await violations(board.page)).toEqual([]);
    });

    it(`after the end of a program, and with a message, ${colorScheme}`, async () => {
      const board = await open('#example=06_race', { colorScheme });
      await until(async () => (await board.state()) === 'ended', 'the end');
      await board.page.locator('#console textarea').focus();
      await board.page.keyboard.type('x');
      await board.waitForText(board.page.locator('#console-note'), /^The program has ended: nobody reads what you type\.$/);
      expect(await violations(board.page)).toEqual([]);
      await board.page.evaluate(() => (location.hash = 'example=99_nothing'));
      await board.banner.waitFor();
      expect(await violations(board.page)).toEqual([]);
    });

    it(`with the plot of the console, on a narrow screen, ${colorScheme}`, async () => {
      const board = await open('#example=06_race', { colorScheme, viewport: { width: 360, height: 800 } });
      await board.page.getByRole('button', { name: 'Plot' }).click();
      const chart = board.page.locator('#plot .chart');
      await chart.waitFor();
      await chart.press('End');
      await board.page.getByRole('button', { name: 'without a lock' }).click();
      expect(await violations(board.page)).toEqual([]);
      await board.page.click('#console-clear');
      await board.waitForText(board.page.locator('#plot .note'), /^No numbers yet/);
      expect(await violations(board.page)).toEqual([]);
    });

    it(`while the board is edited, on a narrow screen, ${colorScheme}`, async () => {
      const board = await open('#example=10_weather_station', { colorScheme, viewport: { width: 360, height: 800 } });
      await board.page.click('#edit-board');
      await board.page.getByRole('button', { name: 'Add', exact: true }).click();
      await board.page.selectOption('#part-choice', 'units');
      await board.page.locator('.part-form [name="key"]').fill('none');
      await board.page.keyboard.press('Tab');
      await board.page.locator('#board-refusal').waitFor();
      expect(await violations(board.page)).toEqual([]);
      await board.page.locator('.part-led .terminal').first().click();
      await board.page.locator('.wiring').waitFor();
      expect(await violations(board.page)).toEqual([]);
    });

    it(`with the parts that need no bus, on a narrow screen, ${colorScheme}`, async () => {
      const board = await open('#example=03_button', { colorScheme, viewport: { width: 360, height: 800 } });
      await board.page.locator('#file').setInputFiles({ name: 'board.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(PARTS_BOARD)) });
      await board.page.locator('.part-relay').waitFor();
      await board.reach(0.1);
      expect(await violations(board.page)).toEqual([]);
      expect(await board.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      await picture(board.page, `parts-${colorScheme}`, true);
    });

    it(`with each kind of part, ${colorScheme}`, async () => {
      const board = await open('#example=03_button', { colorScheme });
      const parts = [
        { id: 'bell', type: 'pushbutton', pin: 'GP15', key: 'k', label: 'Press k' },
        { id: 'lamp', type: 'led', pin: 'GP16' },
        { id: 'knob', type: 'potentiometer', pin: 'GP26' },
        { id: 'turn', type: 'encoder', clk: 'GP2', dt: 'GP3', sw: 'GP6', key: 'e' },
        { id: 'screen', type: 'ssd1306', sda: 'GP4', scl: 'GP5' },
        { id: 'air', type: 'bme280', sda: 'GP4', scl: 'GP5' },
        { id: 'warmth', type: 'ds18b20', dq: 'GP22' },
        { id: 'climate', type: 'dht22', data: 'GP21' },
        { id: 'range', type: 'hc_sr04', trig: 'GP27', echo: 'GP28' },
        { id: 'far', type: 'ir_remote', pin: 'GP7' },
        { id: 'small', type: 'st7735', sck: 'GP18', mosi: 'GP19', cs: 'GP17', dc: 'GP20' },
        { id: 'large', type: 'ili9341', sck: 'GP10', mosi: 'GP11', cs: 'GP12', dc: 'GP13', rst: 'GP14' },
      ];
      await board.page.locator('#file').setInputFiles({ name: 'board.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ parts })) });
      await board.page.locator('.part-ili9341').waitFor();
      await board.reach(0.1);
      expect(await violations(board.page)).toEqual([]);
    });
  }
});
