import { Commands } from './commands.js';
import type { Debugger } from './debugger.js';
import { packet, PacketReader, toBytes, toHex } from './packets.js';
import { SIGNAL, type Stop } from './stop.js';

/** What gdb has decided about the firmware. */
export type SessionState = 'held' | 'running' | 'detached' | 'killed';

/** A conversation with one gdb, without the line that it is held over. The firmware stands while it is `held`. */
export class Session {
  state: SessionState = 'held';

  private readonly reader = new PacketReader();
  private acknowledges = true;
  private lastSent = '';
  private lastStop: Stop = { signal: SIGNAL.trap, core: 0 };
  private readonly commands: Commands;

  /** @param send what gdb is to get, as a string of bytes */
  constructor(
    private readonly target: Debugger,
    private readonly send: (text: string) => void,
  ) {
    this.commands = new Commands(target);
  }

  /** Takes what gdb sent, a string of bytes in pieces of any size. */
  receive(text: string): void {
    for (const incoming of this.reader.read(text)) {
      switch (incoming.kind) {
        case 'packet':
          if (this.acknowledges) this.send('+');
          this.obey(incoming.payload);
          break;
        case 'damaged':
          if (this.acknowledges) this.send('-');
          break;
        case 'again':
          if (this.acknowledges) this.send(this.lastSent);
          break;
        case 'interrupt':
          if (this.state === 'running') this.stopped({ signal: SIGNAL.interrupt, core: this.target.pico.inspect.turn });
          break;
      }
    }
  }

  /** Tells gdb that the firmware stands, and why. */
  stopped(stop: Stop): void {
    this.state = 'held';
    this.lastStop = stop;
    this.commands.core = stop.core;
    if (stop.text !== undefined) this.answer(`O${toHex(toBytes(`${stop.text}\n`))}`);
    this.answer(describe(stop));
  }

  /** Tells gdb that there is no firmware any more. */
  ended(): void {
    if (this.state === 'running') this.answer('X0f'); // terminated
    this.state = 'killed';
  }

  private obey(payload: string): void {
    if (this.state !== 'held') return;
    const reply = this.commands.obey(payload);
    if (typeof reply === 'string') return this.answer(reply);
    switch (reply.kind) {
      case 'why':
        return this.answer(describe(this.lastStop));
      case 'resume':
        this.state = 'running';
        return this.target.resume(reply.stepped);
      case 'detach':
        this.state = 'detached';
        return this.answer('OK');
      case 'kill':
        this.state = 'killed';
        if (payload !== 'k') this.answer('OK');
        return undefined;
      case 'no acknowledgements':
        this.answer('OK');
        this.acknowledges = false;
        return undefined;
    }
  }

  private answer(payload: string): void {
    this.lastSent = packet(payload);
    this.send(this.lastSent);
  }
}

function describe({ signal, core, watched }: Stop): string {
  const reason = watched === undefined ? '' : `watch:${watched.toString(16)};`;
  return `T${signal.toString(16).padStart(2, '0')}${reason}thread:${core + 1};`;
}
