import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Drafts, type Keeper } from '../../../page/src/edit/drafts.js';

/** What a browser keeps for a page. */
class Kept implements Keeper {
  readonly texts = new Map<string, string>();
  get length(): number {
    return this.texts.size;
  }
  key(index: number): string | null {
    return [...this.texts.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.texts.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.texts.set(key, value);
  }
  removeItem(key: string): void {
    this.texts.delete(key);
  }
}

describe('drafts', () => {
  it('are kept by program, also when the page is loaded anew', () => {
    const kept = new Kept();
    kept.setItem('theme', 'dark');
    const drafts = new Drafts(kept);
    drafts.set('01_blink', '01_blink.cpp', 'mine');
    drafts.set('01', 'src/a.hpp', 'a');
    drafts.set('01', 'src/b.hpp', '');
    drafts.set('06_race', '06_race.cpp', 'gone');
    drafts.set('06_race', '06_race.cpp', undefined);
    for (const one of [drafts, new Drafts(kept)]) {
      assert.deepEqual([one.get('01_blink', '01_blink.cpp'), one.get('01', 'src/b.hpp'), one.get('01', '01_blink.cpp'), one.get('theme', '')], ['mine', '', undefined, undefined]);
      assert.deepEqual([...one.of('01')], [['src/a.hpp', 'a'], ['src/b.hpp', '']]);
      assert.deepEqual([one.of('06_race').size, one.of('01_blink').size], [0, 1]);
    }
    assert.equal(kept.length, 4);
  });

  it('are kept as long as the page is open where the browser keeps nothing', () => {
    const full = new Kept();
    full.setItem = () => {
      throw new Error('no more room');
    };
    for (const keeper of [undefined, full]) {
      const drafts = new Drafts(keeper);
      drafts.set('01_blink', 'a.cpp', 'mine');
      assert.equal(drafts.get('01_blink', 'a.cpp'), 'mine');
    }
  });
});
