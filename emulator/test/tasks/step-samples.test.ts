import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { StepSamples } from '../../src/tasks/step-samples.js';

const line = (number: number): { file: string; line: number } => ({ file: 'main.cpp', line: number });
/** Ten bytes of code a line. */
const samples = (): StepSamples => new StepSamples((pc) => (pc < 1000 ? line(Math.floor(pc / 10)) : undefined), (pc) => (pc < 3000 ? '__udivsi3' : undefined));
const part = (number: number, share: number): object => ({ place: line(number), name: undefined, share });

function look(at: StepSamples, id: number, since: number, ...pcs: number[]): void {
  for (const pc of pcs) at.add({ id, since, pc });
}

describe('where the longest step spends its time', () => {
  it('is told by lines, the greatest share first', () => {
    const found = samples();
    look(found, 1, 100, 10, 12, 30, 18, 2000, 4000, 2002, 2004, 12, 12);
    found.end(1, 100, 500);
    assert.deepEqual(found.profile(900), {
      id: 1, since: 100, nanos: 500, samples: 10,
      parts: [part(1, 0.5), { place: undefined, name: '__udivsi3', share: 0.3 }, part(3, 0.1), { place: undefined, name: undefined, share: 0.1 }],
    });
  });

  it('is that of the longest, whichever task it is of, and of none before there is one', () => {
    const found = samples();
    assert.equal(found.profile(0), undefined);
    look(found, 1, 100, 10);
    found.end(1, 100, 500);
    look(found, 2, 700, 20);
    found.end(2, 700, 400);
    look(found, 1, 800, 30);
    found.end(1, 800, 501);
    assert.deepEqual([found.profile(2000)?.since, found.profile(2000)?.parts], [800, [part(3, 1)]]);
  });

  it('is that of the one that goes on as soon as it is longer', () => {
    const found = samples();
    look(found, 1, 0, 10);
    found.end(1, 0, 500);
    look(found, 2, 1000, 20);
    assert.equal(found.profile(1499)?.id, 1);
    assert.equal(found.profile(1501)?.id, 2);
    assert.equal(found.profile(1501)?.nanos, 501);
  });

  it('does not mix the steps of a task, nor keep one that was never looked at', () => {
    const found = samples();
    look(found, 1, 0, 10);
    look(found, 1, 100, 20); // the first has ended unseen
    found.end(1, 50, 900);
    assert.equal(found.profile(1000), undefined);
    look(found, 1, 2000, 30, 30);
    found.end(1, 2000, 10);
    assert.deepEqual(found.profile(3000)?.parts, [part(3, 1)]);
  });

  it('has eight lines at most, and none with less than a hundredth', () => {
    const found = samples();
    look(found, 1, 0, ...Array.from({ length: 20 }, (_, index) => 10 * index));
    assert.equal(found.profile(10)?.parts.length, 8);
    assert.equal(found.profile(10)?.parts[0]?.share, 1 / 20);
    look(found, 2, 0, 500, ...Array.from({ length: 100 }, () => 10));
    found.end(2, 0, 20);
    assert.deepEqual(found.profile(15)?.parts.map(({ place }) => place), [line(1)]);
  });
});
