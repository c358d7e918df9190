import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { parseStrictly, withFile } from '../../src/cli/arguments.js';
import { ImageError } from '../../src/firmware/image.js';
import { UnknownVersion } from '../../src/tasks/descriptor.js';
import { refuses } from '../support/refuses.js';

describe('a file that is of no use', () => {
  it('is named, with the reason', () => {
    refuses(() => withFile('/nowhere/a.elf', () => readFileSync('/nowhere/a.elf')), /^\/nowhere\/a\.elf: no such file$/);
    refuses(() => withFile('/', () => readFileSync('/')), /^\/: is a directory$/);
    for (const error of [new ImageError('the file is empty'), new UnknownVersion('the file is empty')]) {
      const fail = (): never => {
        throw error;
      };
      refuses(() => withFile('a.elf', fail), /^a\.elf: the file is empty$/);
    }
  });

  it('is not blamed for a mistake of the emulator', () => {
    const fail = (): never => {
      throw new RangeError('too long');
    };
    assert.throws(() => withFile('a.elf', fail), /^RangeError: too long$/);
  });
});

describe('arguments', () => {
  it('are refused in one sentence', () => {
    const options = { until: { type: 'string' } } as const;
    refuses(() => parseStrictly({ args: ['--foo'], options }), /^unknown option '--foo'; see --help$/);
    refuses(() => parseStrictly({ args: ['--until'], options }), /^option '--until <value>' argument missing; see --help$/);
    assert.equal(parseStrictly({ args: ['--until', '1s'], options }).values.until, '1s');
  });
});
