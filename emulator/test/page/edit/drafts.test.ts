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
    drafts.set('01_blink', 'mine');
    drafts.set('05_queue', '');
    drafts.set('06_race', 'gone');
    drafts.set('06_race', undefined);
    for (const one of [drafts, new Drafts(kept)]) {
      assert.deepEqual([one.get('01_blink'), one.get('05_queue'), one.get('06_race'), one.get('theme')], ['mine', '', undefined, undefined]);
      assert.deepEqual(['01_blink', '05_queue', '06_race'].map((name) => one.has(name)), [true, true, false]);
    }
    assert.equal(kept.length, 3);
  });

  it('are kept as long as the page is open where the browser keeps nothing', () => {
    const full = new Kept();
    full.setItem = () => {
      throw new Error('no more room');
    };
    for (const keeper of [undefined, full]) {
      const drafts = new Drafts(keeper);
      drafts.set('01_blink', 'mine');
      assert.equal(drafts.get('01_blink'), 'mine');
    }
  });
});
