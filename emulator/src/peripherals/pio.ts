import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';

/** Fraction bits of a state machine's clock divider. */
const DIVIDER_ONE = 256;
const LARGEST_DIVIDER = 65536;

/** The private parts of a PIO block that the correction needs. */
interface PioState {
  readonly machines: readonly MachineState[];
  stopped: boolean;
  run: () => void;
  checkChangedPins: () => void;
}

interface MachineState {
  readonly enabled: boolean;
  readonly clockDivInt: number;
  readonly clockDivFrac: number;
  /** Cycles that the machine's instructions took so far, with their delays. */
  readonly cycles: number;
  step(): void;
}

/**
 * Drives the PIO blocks from the simulated clock, each state machine as fast as its divider says, delays included.
 *
 * `rp2040js` runs them from a timer of the host, so what they do depends on how fast the host is, runs machines that are not
 * enabled along with those that are, and ignores dividers and delays.
 */
export function correctPio(chip: RP2040, clock: CycleClock): void {
  for (const block of chip.pio as unknown as PioState[]) {
    const advances = block.machines.map(pacer);
    const alarm = clock.createAlarm(() => {
      if (block.stopped) return;
      for (const advance of advances) advance();
      block.checkChangedPins();
      alarm.schedule(0);
    });
    block.run = () => alarm.schedule(0);
  }
}

/** Makes a function that lets one cycle of the system clock pass for a state machine. */
function pacer(machine: MachineState): () => void {
  let phase = 0;
  let delay = 0;
  return () => {
    if (!machine.enabled) return;
    const divider = machine.clockDivInt * DIVIDER_ONE + machine.clockDivFrac || LARGEST_DIVIDER * DIVIDER_ONE;
    phase += DIVIDER_ONE;
    if (phase < divider) return;
    phase -= divider;
    if (delay > 0) {
      delay--;
      return;
    }
    const before = machine.cycles;
    machine.step();
    delay = Math.max(0, machine.cycles - before - 1); // a machine that waits takes no cycles of its own
  };
}
