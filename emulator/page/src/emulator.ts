import type { ErrorReply, FrameReply, Reply, Request, StateReply } from './protocol.js';

/** What the page does with what the emulator tells. */
export interface EmulatorEvents {
  onState(state: StateReply): void;
  onFrame(frame: FrameReply): void;
  onError(error: ErrorReply): void;
}

/** The page's end of the emulator, which runs in a worker, so that a busy firmware cannot freeze the page. */
export class Emulator {
  private readonly worker: Worker;

  constructor(events: EmulatorEvents) {
    this.worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'emulator' });
    this.worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if (data.kind === 'frame') events.onFrame(data);
      else if (data.kind === 'state') events.onState(data);
      else events.onError(data);
    };
    this.worker.onerror = ({ message }) => events.onError({ kind: 'error', name: '', message: `The emulator failed: ${message}` });
  }

  send(request: Request): void {
    this.worker.postMessage(request);
  }
}
