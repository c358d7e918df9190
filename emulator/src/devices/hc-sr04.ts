import type { DevicePin, PinDevice } from './device.js';
import { micros, noteFault, type WireFault } from './wire-fault.js';

/** Times in nanoseconds (user's manual, "Timing diagram" and "Electric Parameter"). */
const LEAST_TRIGGER = 10_000;
/** Eight cycles of ultrasound at 40 kHz: the echo begins when they have been sent. */
const BURST = (8 * 1e9) / 40_000;
/** Without an obstacle. */
const NO_ECHO = 38e6;
/** From one measurement to the next, or the echo of one is taken for that of the other. */
const LEAST_CYCLE = 60e6;
const NANOS_PER_CENTIMETRE = 58_000;
const LEAST_CENTIMETRES = 2;
const MOST_CENTIMETRES = 400;

/**
 * An ultrasonic range finder. Attach {@link trigger} and {@link echo} to their pins. A pulse at the trigger starts a measurement when it ends; the
 * echo is then high for as long as sound takes to the obstacle and back. Until the echo has ended, it hears no other trigger.
 */
export class HcSr04 {
  /** What is in front of it: up to 400 is seen, and nearer than 2 looks like 2. Infinity if there is nothing. */
  centimetres = Infinity;
  /** The first things that the host did which the data sheet does not allow, up to a hundred. */
  readonly faults: WireFault[] = [];
  /** How many measurements were started. */
  measurements = 0;

  readonly trigger: PinDevice = {
    connect: (board) => (this.level = board.level),
    edge: (level, nanos) => this.edge(level, nanos),
  };
  readonly echo: PinDevice = {
    connect: (board) => {
      this.output = board;
      board.drive(this.isConnected ? 0 : undefined);
    },
    edge: () => undefined,
  };

  private output: DevicePin | undefined;
  private isConnected = true;
  private level = 0;
  private roseAt: number | undefined;
  private startedAt = -Infinity;
  private isBusy = false;
  /** Counts how often it has lost its supply: what was to come then does not. */
  private supply = 0;

  /** @param nanosPerCentimetre of sound, there and back */
  constructor(private readonly nanosPerCentimetre = NANOS_PER_CENTIMETRE) {}

  /** Whether it is there. One that is unplugged lets go of the echo's pin. */
  get isPlugged(): boolean {
    return this.isConnected;
  }

  set isPlugged(plugged: boolean) {
    if (plugged === this.isConnected) return;
    this.isConnected = plugged;
    this.supply++;
    this.isBusy = false;
    this.roseAt = undefined;
    this.startedAt = -Infinity;
    this.output?.drive(plugged ? 0 : undefined);
  }

  private edge(level: number, nanos: number): void {
    if (level === this.level || !this.isConnected) {
      this.level = level;
      return;
    }
    this.level = level;
    if (level === 1) this.roseAt = nanos;
    else if (this.roseAt !== undefined) this.pulse(nanos - this.roseAt, nanos);
  }

  private pulse(high: number, nanos: number): void {
    if (high < LEAST_TRIGGER) return noteFault(this.faults, nanos, `trigger for ${micros(high)}, not at least ${micros(LEAST_TRIGGER)}`);
    if (this.isBusy) return noteFault(this.faults, nanos, 'trigger before the echo has ended');
    const cycle = nanos - this.startedAt;
    if (cycle < LEAST_CYCLE) noteFault(this.faults, nanos, `trigger after ${micros(cycle)}, not at least ${micros(LEAST_CYCLE)}`);
    this.startedAt = nanos;
    this.measurements++;
    this.isBusy = true;
    this.later(BURST, () => {
      this.output?.drive(1);
      this.later(this.echoNanos, () => {
        this.output?.drive(0);
        this.isBusy = false;
      });
    });
  }

  private get echoNanos(): number {
    const { centimetres } = this;
    return centimetres > MOST_CENTIMETRES ? NO_ECHO : Math.max(centimetres, LEAST_CENTIMETRES) * this.nanosPerCentimetre;
  }

  private later(nanos: number, callback: () => void): void {
    const { output, supply } = this;
    output?.at(output.nanos + nanos, () => {
      if (supply === this.supply) callback();
    });
  }
}
