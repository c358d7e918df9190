import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { numbersIn } from '../../../page/src/plot/numbers.js';

/** `name=value` for each number of a line. */
function found(line: string): string {
  return numbersIn(line).map(({ name, value }) => `${name}=${value}`).join(' ');
}

function expectAll(wanted: Readonly<Record<string, string>>): void {
  for (const [line, numbers] of Object.entries(wanted)) assert.equal(found(line), numbers, line);
}

describe('the numbers of a line', () => {
  it('have names before a colon or an equals sign', () => {
    expectAll({
      'temperature: 23.5 humidity: 40': 'temperature=23.5 humidity=40',
      'temperature=23.5, humidity=40\r\n': 'temperature=23.5 humidity=40',
      't:1,u:2': 't=1 u=2',
      't:1\tu:2': 't=1 u=2',
      't:1 u:2;v:3 | w:4': 't=1 u=2 v=3 w=4',
      'x = -1.5e-3 y = +.5 z = 7.': 'x=-0.0015 y=0.5 z=7',
      'a[0]: 1 a[1]: 2': 'a[0]=1 a[1]=2',
      'Lufttemperatur_außen: 3': 'Lufttemperatur_außen=3',
    });
  });

  it('may have units, which are ignored', () => {
    expectAll({
      'temperature: 23.5 C humidity: 40 %': 'temperature=23.5 humidity=40',
      'temperature: 23.5°C humidity: 40%': 'temperature=23.5 humidity=40',
      'a=9.81 m/s^2, b=1.2kg/m3': 'a=9.81 b=1.2',
      'temperature (°C): 23.5, pressure [hPa]: 1013': 'temperature (°C)=23.5 pressure [hPa]=1013',
      '23.5 C': '1=23.5',
      '40 %': '1=40',
      '23.5°C, 40%, 1013 hPa': '1=23.5 2=40 3=1013',
    });
  });

  it('are of names of several words', () => {
    expectAll({
      'Room temperature: 23.5 C, relative humidity: 40 %': 'Room temperature=23.5 relative humidity=40',
      'temperature: 23.5C relative humidity: 40': 'temperature=23.5 relative humidity=40',
      'sensor 1: 5, sensor 2: 6': 'sensor 1=5 sensor 2=6',
      'it is now quite warm here: 5': '',
    });
  });

  it('are numbered where they have no names', () => {
    expectAll({
      '42': '1=42',
      '1 2 3': '1=1 2=2 3=3',
      '1,2,-3.5': '1=1 2=2 3=-3.5',
      '1\t2': '1=1 2=2',
      '(23.5, 40)': '1=23.5 2=40',
      '[1, 2]\r\n': '1=1 2=2',
      '500000 rounds': '1=500000',
    });
  });

  it('are found after the prefix of a log, in colours, and in JSON', () => {
    expectAll({
      '[INFO] temperature: 23.5': 'temperature=23.5',
      'INFO: temperature: 23.5': 'temperature=23.5',
      'I (3456) sensor: 23.5': 'sensor=23.5',
      '12:30:05 temperature: 23.5': 'temperature=23.5',
      '12.345 temperature: 23.5': 'temperature=23.5',
      '\x1b[32mtemperature: 23.5\x1b[0m\r\n': 'temperature=23.5',
      '10 %\r20 %\r\n': '1=20',
      '{"temperature": 23.5, "humidity": 40}': 'temperature=23.5 humidity=40',
      "{'t': 1, 'u': 2}": 't=1 u=2',
    });
  });

  it('are none in text', () => {
    const texts = [
      '', ' ', 'pressed', 'hello, world', '168 primes up to 1000', '101000 counted, the total is 5', 'display: I2C error', 'temperature: nan', 'temperature:',
      'version: 1.2.3', 'version=1.2-rc', '2026-01-05', 'date: 2026-01-05', '12:30:05', 'time: 12:30:05', 'http://localhost:80/page', 'loop 5/10: done', 'part: 5/10',
      'address: 0x3c', '0xFF', '0x3', 'x == 5', 'x >= 5', ': 5', '= 5', '1 + 2', '1e999', 'x=1e999', 'I (3456) main: started', '5: 6', '- 5', '1,,2', '1 2 errors found',
    ];
    for (const text of texts) assert.equal(found(text), '', text);
  });

  it('are the last of each name, and not endlessly many', () => {
    assert.equal(found('x=1 x=2'), 'x=2');
    assert.equal(numbersIn('1 '.repeat(400)).length, 32);
    assert.equal(numbersIn(Array.from({ length: 90 }, (_, index) => `v${index}=1`).join()).length, 32);
    assert.equal(found(`${'x'.repeat(41)}: 5`), '');
  });

  it('are found quickly in lines that are made to be slow', () => {
    const start = performance.now();
    for (const part of ['1', ' ', 'a', '=', ':1', '1 ', 'a ', '1a', 'a[', '\x1b[', '(', '\r', '"', '.', '1.', '°']) {
      for (const end of ['', '!', 'x=1', '\n']) numbersIn(part.repeat(1000) + end);
    }
    assert.ok(performance.now() - start < 1000);
  });
});
