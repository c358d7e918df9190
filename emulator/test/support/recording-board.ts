import type { PinBoard } from '../../src/devices/device.js';

/** A board whose time a test lets pass, and that keeps what a device does to its pins. */
export class RecordingBoard implements PinBoard {
  nanos = 0;
  /** `GP3=1` for a pin that is driven, `GP3=-` for one that is let go of, `GP3-GP4` for a wire and `GP3 GP4` where it is taken away. */
  readonly log: string[] = [];
  private actions: { readonly nanos: number; readonly action: () => void }[] = [];

  at(nanos: number, action: () => void): void {
    this.actions.push({ nanos, action });
  }

  drive(pin: number, level: 0 | 1 | undefined): void {
    this.note(`GP${pin}=${level ?? '-'}`);
  }

  wire(pin: number, other: number, isConnected: boolean): void {
    this.note(`GP${pin}${isConnected ? '-' : ' '}GP${other}`);
  }

  /** Lets time pass, and does what is due in it, in its order. */
  pass(nanos: number): void {
    const end = this.nanos + nanos;
    for (;;) {
      const [next] = this.actions.filter((action) => action.nanos <= end).sort((a, b) => a.nanos - b.nanos);
      if (next === undefined) break;
      this.actions = this.actions.filter((action) => action !== next);
      this.nanos = next.nanos;
      next.action();
    }
    this.nanos = end;
  }

  private note(what: string): void {
    this.log.push(`${this.nanos / 1e6} ms: ${what}`);
  }
}
