import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));
const TEST = fileURLToPath(new URL('.', import.meta.url));

/** The folders of `src`: each may import from those before it, and all of them from the files beside them. */
const ROOMS = ['firmware', 'peripherals', 'flash', 'rom', 'chip', 'devices', 'board', 'tasks', 'gdb', 'cli'];

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return sources(join(folder, entry.name));
    return entry.name.endsWith('.ts') ? [join(folder, entry.name)] : [];
  });

/** The folder of a file; undefined for a file that is in none. */
const roomOf = (path: string): string | undefined => {
  const [room, ...rest] = relative(SRC, path).split('/');
  return rest.length === 0 ? undefined : room;
};

describe('the folders of the emulator', () => {
  it('are those that have a place in the order', () => {
    const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), [...ROOMS].sort());
  });

  it('import only from those before them', () => {
    const wrong = sources(SRC).flatMap((file) => {
      const room = roomOf(file);
      if (file === join(SRC, 'index.ts')) return [];
      return [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']*)'/g)].flatMap(([, path = '']) => {
        const imported = normalize(join(dirname(file), path));
        const [from, to] = [room, roomOf(imported)].map((name) => (name === undefined ? -1 : ROOMS.indexOf(name))) as [number, number];
        return to > from || !imported.startsWith(SRC) ? [`${relative(SRC, file)} imports ${relative(SRC, imported)}`] : [];
      });
    });
    assert.deepEqual(wrong, []);
  });

  it('have no two files of one name', () => {
    const seen = new Map<string, string>();
    for (const file of sources(SRC)) {
      const before = seen.get(basename(file));
      assert.equal(before, undefined, `${file} and ${before ?? ''}`);
      seen.set(basename(file), file);
    }
  });

  it('are those of the tests', () => {
    const folders = readdirSync(TEST, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), [...ROOMS, 'page', 'support'].sort());
  });
});
