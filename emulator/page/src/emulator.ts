import type { Press } from '../../src/board/units.js';
import type { ErrorReply, FrameReply, RecordReply, Reply, Request, StateReply, TypedReply } from './protocol.js';

/** What the page does with what the emulator tells. */
export interface EmulatorEvents {
  onState(state: StateReply): void;
  onFrame(frame: FrameReply): void;
  onTyped(typed: TypedReply): void;
  onError(error: ErrorReply): void;
}

/** The page's end of the emulator, which runs in a worker, so that a busy firmware cannot freeze the page. */
export class Emulator {
  private readonly worker: Worker;
  private readonly recordings: ((recording: RecordReply) => void)[] = [];

  constructor(events: EmulatorEvents) {
    this.worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: 'emulator' });
    this.worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if (data.kind === 'frame') events.onFrame(data);
      else if (data.kind === 'state') events.onState(data);
      else if (data.kind === 'typed') events.onTyped(data);
      else if (data.kind === 'recording') this.recordings.shift()?.(data);
      else events.onError(data);
    };
    this.worker.onerror = ({ message }) => events.onError({ kind: 'error', name: '', message: `The emulator failed: ${message}` });
  }

  /** All that happens from power-on to a simulated time, on a board of its own. */
  record(untilNanos: number, presses: readonly Press[]): Promise<RecordReply> {
    return new Promise((resolve) => {
      this.recordings.push(resolve);
      this.send({ kind: 'record', untilNanos, presses });
    });
  }

  send(request: Request, transfer: Transferable[] = []): void {
    this.worker.postMessage(request, transfer);
  }
}
