import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { aboutImage, withImage } from '../../src/cli/places.js';
import { ImageError } from '../../src/firmware/image.js';
import { UnknownVersion } from '../../src/tasks/descriptor.js';
import { refuses } from '../support/refuses.js';

const failing = (error: Error) => (): never => {
  throw error;
};

describe('a file that is of no use', () => {
  it('is named, with the reason', () => {
    refuses(() => withImage('/nowhere/a.elf', () => {}), /^\/nowhere\/a\.elf: no such file$/);
    refuses(() => withImage('/', () => {}), /^\/: is a directory$/);
    for (const error of [new ImageError('the file is empty'), new UnknownVersion('the file is empty')]) {
      refuses(() => aboutImage('a.elf', failing(error)), /^a\.elf: the file is empty$/);
    }
  });

  it('is not blamed for a mistake of the emulator', () => {
    assert.throws(() => aboutImage('a.elf', failing(new RangeError('too long'))), /^RangeError: too long$/);
  });
});
