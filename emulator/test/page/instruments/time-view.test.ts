import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { TimeView } from '../../../page/src/instruments/time-view.js';

describe('the view', () => {
  const view = (now: number): TimeView => {
    const result = new TimeView();
    result.setNow(now);
    return result;
  };

  it('follows the present', () => {
    const moving = view(1e9);
    assert.deepEqual(moving.state, { start: 0, end: 2e9, following: true });
    moving.setNow(5e9);
    assert.deepEqual(moving.state, { start: 3e9, end: 5e9, following: true });
  });

  it('stays where it is moved to, and follows again once it is moved back', () => {
    const moved = view(5e9);
    moved.pan(-1e9);
    moved.setNow(6e9);
    assert.deepEqual(moved.state, { start: 2e9, end: 4e9, following: false });
    moved.pan(-9e9);
    assert.equal(moved.start, 0);
    moved.pan(9e9);
    assert.deepEqual(moved.state, { start: 4e9, end: 6e9, following: true });
  });

  it('zooms about a moment, or about the present while it follows that', () => {
    const zoomed = view(10e9);
    zoomed.zoom(2, 8.5e9);
    assert.deepEqual(zoomed.state, { start: 9e9, end: 10e9, following: true });
    zoomed.state = { start: 2e9, end: 4e9, following: false };
    zoomed.zoom(4, 3.5e9);
    assert.deepEqual(zoomed.state, { start: 3.125e9, end: 3.625e9, following: false });
    for (let times = 0; times < 100; times++) zoomed.zoom(10, 3e9);
    assert.equal(zoomed.end - zoomed.start, 500);
  });

  it('shows everything, or what is asked for', () => {
    const all = view(10e9);
    all.showAll();
    assert.ok(all.start === 0 && all.end >= 10e9);
    all.state = { start: 1e9, end: 2e9, following: false };
    all.reveal(1.5e9);
    assert.equal(all.start, 1e9);
    all.reveal(7e9);
    assert.ok(all.start < 7e9 && all.end > 7e9 && !all.state.following);
  });
});
