import type { Edge } from '../../src/board/events.js';
import type { Press } from '../../src/board/units.js';
import type { StepProfile, TaskEvent, TaskSnapshot } from '../../src/tasks/model.js';
import type { SimulatedPart } from './board/kinds/index.js';
import type { Figures } from './compare/figures.js';
import type { ImageSize } from './compare/image-size.js';
import type { Line } from './compare/lockstep.js';
import type { ImageNames } from './image-names.js';

/** What the page and the emulator, which runs in a worker, say to each other. All times are simulated nanoseconds since power-on. */

/** Where it goes what is typed: to the receiver of UART0, to the USB port, or to both. */
export type ConsolePort = 'both' | 'uart' | 'usb';

export type Request =
  /** Powers a board with this firmware on, in place of the one before. */
  | { readonly kind: 'load'; readonly name: string; readonly bytes: Uint8Array }
  /** The parts around the chip that are to be simulated, in place of those before; takes effect with the next `load` or `reset`. */
  | { readonly kind: 'devices'; readonly devices: readonly SimulatedPart[] }
  | { readonly kind: 'run' }
  | { readonly kind: 'pause' }
  /** Powers the board off and on; it then runs or is paused as before. */
  | { readonly kind: 'reset' }
  /** Runs to the end of the next step of a task, through the sleep before it, and pauses there. */
  | { readonly kind: 'step' }
  /** Simulated time in one second; Infinity for as fast as it goes. */
  | { readonly kind: 'speed'; readonly factor: number }
  /** Pauses as soon as a step takes longer; Infinity for never. */
  | { readonly kind: 'pauseOnStep'; readonly nanos: number }
  /** Connects a pin to ground, or lets go of it. */
  | { readonly kind: 'ground'; readonly pin: number; readonly grounded: boolean }
  /** The voltage on an input of the converter, from 0 to 1 of its reference. */
  | { readonly kind: 'analog'; readonly pin: number; readonly value: number }
  /** Turns an encoder by so many detents: positive is clockwise. */
  | { readonly kind: 'turn'; readonly clk: number; readonly dt: number; readonly detents: number }
  /** What a part is made to sense, by names that its type has. Those that are not given stay as they are. */
  | { readonly kind: 'sense'; readonly id: string; readonly values: Readonly<Record<string, number>> }
  /** What somebody types on the console. */
  | { readonly kind: 'type'; readonly bytes: Uint8Array; readonly port: ConsolePort }
  /** Has the board run in step with another one, which another worker has at the other end of the line; undefined: alone again. */
  | { readonly kind: 'peer'; readonly line: Line | undefined }
  /** Asks for a frame with the tasks now, even when paused. */
  | { readonly kind: 'snapshot' }
  /** Runs the firmware from power-on on a board of its own, without real time, and tells all that happened: to be compared with another run. */
  | { readonly kind: 'record'; readonly untilNanos: number; readonly presses: readonly Press[] };

export type RunState = 'running' | 'paused' | 'ended';

/** Tells of a change. */
export interface StateReply {
  readonly kind: 'state';
  readonly state: RunState;
  /** How the firmware ended, or why it pauses without having been asked to, in a sentence. */
  readonly text: string | undefined;
  /** True if it ended because something is wrong with it. */
  readonly failed: boolean;
  /** True if the program has ended, also if the chip goes on: the other core, or a peripheral. */
  readonly isOver: boolean;
}

/** What a display or a strip of pixels shows. */
export interface DisplayPixels {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** A byte a pixel, row by row: 0 is dark, 255 is lit. Three of a strip of pixels and of a colour display: red, green and blue. */
  readonly pixels: Uint8Array;
}

/** What a part does, by names that its type has: where a servo's horn is, what a buzzer sounds like. */
export interface Reading {
  readonly id: string;
  readonly values: Readonly<Record<string, number>>;
}

/** Where and when each piece of what the firmware sent ends. A piece is a line, or what there is of one that is not complete. */
export interface ConsolePieces {
  /** The index after the piece's last byte. */
  readonly ends: Uint32Array;
  /** When that byte was sent. */
  readonly nanos: Float64Array;
  /** The number of the UART that it was sent over; -1 for USB. */
  readonly uarts: Int8Array;
}

/** What has happened since the frame before; comes some 30 times a second while anything does, and after each request. */
export interface FrameReply {
  readonly kind: 'frame';
  /** Counts the boards that were powered on, so that what belongs to an earlier one is known for it. */
  readonly boot: number;
  /** The file that the firmware is from. */
  readonly name: string;
  /** When the frame was taken. */
  readonly nanos: number;
  readonly cycles: number;
  readonly frequency: number;
  /** Simulated time over real time, of late; undefined while it is paused. */
  readonly ratio: number | undefined;
  /** Share of the simulated time since the frame before in which the processor slept, 0 to 1. */
  readonly asleep: number;
  /** The level of each pin, 0 or 1, by its number. */
  readonly levels: Uint8Array;
  /** The share of time in which a pin was high, 0 to 1, over the time since the frame before. */
  readonly duty: Float32Array;
  /** In order of time: of each pin the newest, where there were too many to hand over. */
  readonly edges: readonly Edge[];
  /** How many edges of each pin, by its number, were left out before them. */
  readonly droppedEdges: Uint32Array;
  /** What the firmware sent, over UART0, UART1 or USB, in order: the newest. */
  readonly console: Uint8Array;
  readonly consolePieces: ConsolePieces;
  /** How many bytes were left out before them. */
  readonly droppedConsole: number;
  /** What the program has done since power-on. */
  readonly figures: Figures;
  /** The memory that it takes; the same for each frame of a boot. */
  readonly size: ImageSize;
  /** What is known by name; the same for each frame of a boot. */
  readonly names: ImageNames;
  /** Whether there is something to be known of the tasks; a firmware without uasync has no descriptor. */
  readonly isUasync: boolean;
  /** In order of time: the newest. */
  readonly taskEvents: readonly TaskEvent[];
  readonly droppedTaskEvents: number;
  /** Some five times a second, and after each step, pause and `snapshot`. */
  readonly tasks: TaskSnapshot | undefined;
  /** With the tasks: where the time of the longest step went, once one was long enough to be looked at. */
  readonly longestStep: StepProfile | undefined;
  /** The displays and strips that changed. */
  readonly displays: readonly DisplayPixels[];
  /** What the parts do that do something else. */
  readonly readings: readonly Reading[];
}

/** A file that cannot be run, or an emulator that failed, in words for the user. */
export interface ErrorReply {
  readonly kind: 'error';
  /** The file's name. */
  readonly name: string;
  readonly message: string;
}

/** The answer to `record`. */
export interface RecordReply {
  readonly kind: 'recording';
  readonly nanos: number;
  readonly cycles: number;
  readonly edges: readonly Edge[];
  readonly taskEvents: readonly TaskEvent[];
}

/** Whether the firmware has read what was typed. */
export interface TypedReply {
  readonly kind: 'typed';
  /** What is wrong, in a sentence; empty if nothing is. */
  readonly text: string;
}

export type Reply = StateReply | TypedReply | FrameReply | ErrorReply | RecordReply;
