import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Buzzer } from '../../src/devices/buzzer.js';

/** A buzzer on a pin that a test moves. */
class Bench {
  readonly buzzer = new Buzzer();
  readonly board = { nanos: 1e9 };

  constructor() {
    this.buzzer.connect(this.board);
  }

  /** A square wave of so many periods; time is at its last rise then. */
  play(hertz: number, periods: number, duty = 0.5): number {
    for (let left = periods; left > 0; left--) this.wave(1e9 / hertz, duty);
    return this.buzzer.hertz;
  }

  wave(period: number, duty = 0.5): void {
    this.board.nanos += period * (1 - duty);
    this.buzzer.edge(1, this.board.nanos);
    this.board.nanos += period * duty;
    this.buzzer.edge(0, this.board.nanos);
  }

  wait(nanos: number): number {
    this.board.nanos += nanos;
    return this.buzzer.hertz;
  }
}

const near = (hertz: number, wanted: number): void => assert.ok(Math.abs(hertz - wanted) < 0.01 * wanted, `${hertz} Hz`);

describe('a buzzer', () => {
  it('has the frequency of its pin, whatever the duty', () => {
    for (const hertz of [21, 440, 4000, 25_000]) for (const duty of [0.1, 0.5, 0.9]) near(new Bench().play(hertz, 8, duty), hertz);
  });

  it('is silent at first, at one click, and at clicks that are far apart', () => {
    const bench = new Bench();
    assert.equal(bench.buzzer.hertz, 0);
    assert.equal(bench.play(440, 1), 0);
    assert.equal(bench.play(19, 8), 0);
    assert.equal(bench.buzzer.takeHertz(), 0);
  });

  it('is silent two periods after its last edge up', () => {
    const bench = new Bench();
    bench.play(1000, 8);
    near(bench.wait(1.4e6), 1000);
    assert.equal(bench.wait(0.2e6), 0);
  });

  it('follows each note at once', () => {
    const bench = new Bench();
    for (const hertz of [440, 466.16, 440, 880, 220]) near(bench.play(hertz, 3), hertz);
  });

  it('is in tune though a loop in software is not', () => {
    const bench = new Bench();
    bench.wave(1e6);
    bench.wave(1e6);
    for (let left = 100; left > 0; left--) {
      for (const period of [0.985e6, 1.015e6]) {
        bench.wave(period);
        near(bench.buzzer.hertz, 1000);
      }
    }
  });

  it('is heard of once, however short it was', () => {
    const bench = new Bench();
    bench.play(1000, 3);
    bench.wait(1e9);
    near(bench.buzzer.takeHertz(), 1000);
    assert.equal(bench.buzzer.takeHertz(), 0);
    bench.wave(1e6); // a click
    assert.equal(bench.buzzer.takeHertz(), 0);
    bench.play(500, 3);
    near(bench.buzzer.takeHertz(), 500);
    near(bench.buzzer.takeHertz(), 500);
  });
});
