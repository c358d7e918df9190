import { type Edge, PIN_COUNT } from '../../../src/board/events.js';
import type { Pico } from '../../../src/board/pico.js';

/** The pin of the LED on the Pico. */
const LED = 25;

/** What a program has done since its start, as the emulator has measured it: the same for a program of any kind. */
export interface Figures {
  /** Simulated time since the start. */
  readonly nanos: number;
  /** Of it, how long core 0 was asleep, in `wfi` or `wfe`. */
  readonly asleepNanos: number;
  /** The longest time that core 0 was at work without a sleep, the one that goes on included. */
  readonly longestBusyNanos: number;
  /** How often the level of each pin has changed, by its number. */
  readonly edges: Uint32Array;
  /** From the press of a button to the next edge of the LED on the Pico; undefined until there was one. */
  readonly reaction: { readonly latestNanos: number; readonly worstNanos: number } | undefined;
}

/** Measures a program from its start on: at first, that is the power-on. */
export class FigureMeter {
  private readonly edges = new Uint32Array(PIN_COUNT);
  private since = 0;
  private asleepBefore = 0;
  /** The first and the last press that no edge of the LED has followed yet. */
  private pressed: { readonly first: number; readonly last: number } | undefined;
  private latest: number | undefined;
  private worst = 0;

  /** The program starts now, on a board that has been on for a while. */
  start(pico: Pick<Pico, 'nanos' | 'asleepNanos' | 'forgetAwake'>): void {
    this.since = pico.nanos;
    this.asleepBefore = pico.asleepNanos;
    pico.forgetAwake();
    this.edges.fill(0);
    this.pressed = this.latest = undefined;
    this.worst = 0;
  }

  edge({ pin, nanos }: Edge): void {
    this.edges[pin] = (this.edges[pin] ?? 0) + 1;
    if (pin !== LED || this.pressed === undefined) return;
    const { first, last } = this.pressed;
    this.pressed = undefined;
    this.latest = nanos - last;
    this.worst = Math.max(this.worst, nanos - first);
  }

  /** Somebody presses a button. */
  press(nanos: number): void {
    this.pressed = { first: this.pressed?.first ?? nanos, last: nanos };
  }

  read({ nanos, asleepNanos, longestAwakeNanos }: Pick<Pico, 'nanos' | 'asleepNanos' | 'longestAwakeNanos'>): Figures {
    const { edges, latest, worst } = this;
    return {
      nanos: nanos - this.since,
      asleepNanos: asleepNanos - this.asleepBefore,
      longestBusyNanos: longestAwakeNanos,
      edges: edges.slice(),
      reaction: latest === undefined ? undefined : { latestNanos: latest, worstNanos: worst },
    };
  }
}
