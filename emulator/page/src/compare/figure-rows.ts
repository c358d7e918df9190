import { formatDuration } from '../instruments/duration.js';
import type { Figures } from './figures.js';
import type { ImageSize } from './image-size.js';

/** One of the two programs: what is known of it. */
export interface Side {
  readonly figures: Figures | undefined;
  readonly size: ImageSize | undefined;
}

/** What the table says of one side. */
export interface Cell {
  readonly text: string;
  /** Why there is only a dash, in a sentence. */
  readonly why?: string;
}

/** A line of the table. */
export interface Row {
  readonly name: string;
  /** How it is measured, in a sentence. */
  readonly means: string;
  readonly cells: readonly [cpp: Cell, python: Cell];
}

/** What the figures have to know of the board. */
export interface BoardPins {
  readonly hasButton: boolean;
  /** Pins whose level is changed from outside: their edges are not the program's. */
  readonly inputs: ReadonlySet<number>;
}

const NOT_STARTED = { text: '–', why: 'The program has not started yet.' };

/** The figures of both programs beside each other, by the same definitions. */
export function rowsOf(cpp: Side, python: Side, { hasButton, inputs }: BoardPins): readonly Row[] {
  const row = (name: string, means: string, cell: (figures: Figures) => Cell): Row => ({
    name,
    means,
    cells: [cpp.figures === undefined ? NOT_STARTED : cell(cpp.figures), python.figures === undefined ? NOT_STARTED : cell(python.figures)],
  });
  const reaction = (which: 'latestNanos' | 'worstNanos') => (figures: Figures): Cell =>
    figures.reaction === undefined ? { text: '–', why: 'No edge of the LED has followed a press yet.' } : { text: formatDuration(figures.reaction[which]) };
  return [
    row('Time', 'Simulated time since the start of the program.', ({ nanos }) => ({ text: `${(nanos / 1e9).toFixed(3)} s` })),
    { name: 'Flash', means: 'What the image writes to flash. MicroPython is there as a whole, and the Python program is not in flash at all.', cells: [flash(cpp), flash(python)] },
    { name: 'RAM', means: 'What the image reserves for variables, the pool of the tasks included. The stack comes on top of it.', cells: [ram(cpp), HEAP] },
    row('Asleep', 'Share of the time in which core 0 sleeps, in WFI or WFE.', ({ nanos, asleepNanos }) => (nanos > 0 ? { text: `${((100 * asleepNanos) / nanos).toFixed(2)} %` } : NOT_STARTED)),
    row('Longest busy', 'The longest time in which core 0 did not sleep.', ({ longestBusyNanos }) => ({ text: formatDuration(longestBusyNanos) })),
    row('Edges', 'How often the level of each pin has changed. Pins that parts of the board drive are left out.', ({ edges }) => ({ text: edgesOf(edges, inputs) })),
    ...(hasButton
      ? [
          row('Press to LED, latest', 'From the latest press of a button to the next edge of the LED on the Pico, whatever the reason for it.', reaction('latestNanos')),
          row('Press to LED, worst', 'The longest of these times.', reaction('worstNanos')),
        ]
      : []),
  ];
}

const HEAP: Cell = { text: '–', why: 'MicroPython has all RAM for its heap; how much of it a program uses cannot be seen from outside.' };

function flash({ size }: Side): Cell {
  return size === undefined ? NOT_STARTED : { text: bytes(size.flash) };
}

function ram({ size }: Side): Cell {
  if (size === undefined) return NOT_STARTED;
  return size.ram === undefined ? { text: '–', why: 'The file does not say; the ELF file of the same build does.' } : { text: bytes(size.ram) };
}

function bytes(count: number): string {
  return count < 1000 ? `${count} B` : `${(count / 1000).toFixed(1)} kB`;
}

function edgesOf(edges: Uint32Array, inputs: ReadonlySet<number>): string {
  const counted = [...edges].flatMap((count, pin) => (count > 0 && !inputs.has(pin) ? [`GP${pin}:\u00a0${count.toLocaleString('en')}`] : []));
  return counted.length === 0 ? 'none' : counted.join(', ');
}
