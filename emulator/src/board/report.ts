import type { ConsoleLine } from './console-line.js';
import type { Edge, PicoEvents } from './events.js';
import type { Pico } from './pico.js';

/** How many edges a report holds: the newest. */
const EDGES_REPORTED = 10_000;

/** What `--json` writes. Times are microseconds of simulated time, with as many decimals as a cycle needs. */
export interface Report {
  /** The lines that the firmware sent over its UARTs, and over USB (`uart` is null), without their line ends; a last one may be unterminated. */
  console: { t_us: number; text: string; uart: number | null }[];
  /** The newest changes of the pins' levels. */
  edges: { pin: number; t_us: number; level: number }[];
  /** How often the level of each pin changed, by the pin's number. */
  edge_count: Record<string, number>;
  /** When the run ended. */
  end_us: number;
  /** Processor cycles in all. */
  cycles: number;
  /** Processor cycles in which it slept. */
  cycles_asleep: number;
  /** Frequency of the processor's clock at the end, in hertz. */
  clk_sys_hz: number;
  /** Share of the simulated time in which the processor slept, 0 to 1. */
  asleep: number;
  /** Why the run ended: `until`, `asleep for ever`, `breakpoint`, `interrupted`, or `crashed: ...`, `lockup: ...` and the like. */
  exit: string;
  /** What the firmware accessed though it is not emulated, in words, each register once. */
  unknown_registers: string[];
}

/** Keeps what a run shows, for its report. */
export class Recording {
  private readonly lines: ConsoleLine[] = [];
  private readonly edges: Edge[] = [];
  private readonly counts = new Map<number, number>();

  /** @param keepAllEdges for a waveform; a report needs only the newest */
  constructor(private readonly keepAllEdges: boolean) {}

  /** What a {@link Pico} is to report to. */
  readonly events: Required<Pick<PicoEvents, 'onConsoleLine' | 'onEdge'>> = {
    onConsoleLine: (line) => {
      this.lines.push(line);
    },
    onEdge: (edge) => {
      this.edges.push(edge);
      this.counts.set(edge.pin, (this.counts.get(edge.pin) ?? 0) + 1);
      // Cut off in large pieces, so that it costs nothing per edge.
      if (!this.keepAllEdges && this.edges.length >= 2 * EDGES_REPORTED) this.edges.splice(0, EDGES_REPORTED);
    },
  };

  /** The edges so far: all, or at least those that a report holds. */
  get recordedEdges(): readonly Edge[] {
    return this.edges;
  }

  /** Sums up a run that ended, for a reason given in words. */
  report(pico: Pico, exit: string): Report {
    const decoder = new TextDecoder();
    const pins = [...this.counts.keys()].sort((a, b) => a - b);
    return {
      console: this.lines.map(({ uart, nanos, bytes }) => ({ t_us: micros(nanos), text: decoder.decode(bytes).replace(/\r?\n$/, ''), uart })),
      edges: this.edges.slice(-EDGES_REPORTED).map(({ pin, nanos, level }) => ({ pin, t_us: micros(nanos), level })),
      edge_count: Object.fromEntries(pins.map((pin) => [pin, this.counts.get(pin) as number])),
      end_us: micros(pico.nanos),
      cycles: pico.cycles,
      cycles_asleep: pico.asleepCycles,
      clk_sys_hz: pico.frequency,
      asleep: pico.nanos > 0 ? pico.asleepNanos / pico.nanos : 0,
      exit,
      unknown_registers: pico.unknownRegisters.map(({ text }) => text),
    };
  }
}

/** Microseconds with a resolution of a picosecond, below which there is only the noise of floating point. */
function micros(nanos: number): number {
  return Math.round(nanos * 1000) / 1e6;
}
