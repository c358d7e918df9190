import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { HeadlessRun, Outcome } from '../board/headless.js';
import { UsageError } from '../board/units.js';
import { Debugger } from './debugger.js';
import { packet } from './packets.js';
import { Session } from './session.js';

/** Instructions between two looks at what gdb sends: a few milliseconds. */
const BUDGET = 100_000;

/** How much of what gdb sends is answered before gdb has to take the answers: the shortest packets have the longest ones. */
const PIECE = 256;

/**
 * Lets gdb run a firmware, over TCP from the same machine.
 *
 * The firmware waits for gdb before its first instruction. When gdb detaches or goes away it runs on, and another gdb may come and
 * stop it where it is; only one at a time.
 *
 * Nothing of the server that `rp2040js` has is used: it drives that package's own clock and chip, without what is corrected here,
 * and knows neither breakpoints other than `bkpt` in memory, nor watchpoints, nor packets in pieces.
 */
export class GdbServer {
  private readonly target: Debugger;
  private session: Session | undefined;
  private readonly sockets = new Set<Socket>();
  private hasBegun = false;
  private isInterrupted = false;
  private wake = (): void => {};

  private constructor(
    private readonly headless: HeadlessRun,
    private readonly server: Server,
    private readonly say: (sentence: string) => void,
  ) {
    this.target = new Debugger(headless);
    server.on('connection', (socket) => this.welcome(socket));
  }

  /**
   * Opens the port.
   *
   * @param port 0 for any that is free
   * @param say told what the user should know
   * @throws UsageError if the port cannot be had
   */
  static async listen(headless: HeadlessRun, port: number, say: (sentence: string) => void): Promise<GdbServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
        const reasons: Record<string, string> = { EADDRINUSE: 'it is in use by another program', EACCES: 'it takes more rights to open it' };
        reject(new UsageError(`port ${port} cannot be used for gdb: ${reasons[code ?? ''] ?? message}; choose another one, or 0 for any`));
      });
      server.listen(port, '127.0.0.1', resolve);
    });
    return new GdbServer(headless, server, say);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Runs the firmware as gdb wants it, to its end. */
  async run(): Promise<Outcome> {
    this.say(`waiting for gdb on port ${this.port}; in gdb: target remote localhost:${this.port}`);
    try {
      return await this.follow();
    } finally {
      this.session?.ended();
      this.server.close();
      for (const socket of this.sockets) {
        if (socket.writableNeedDrain) socket.destroy(); // it takes nothing, not even a farewell
        else socket.destroySoon();
      }
    }
  }

  /** Ends the run from outside. */
  interrupt(): void {
    this.isInterrupted = true;
    this.wake();
  }

  private async follow(): Promise<Outcome> {
    for (;;) {
      const { session } = this;
      if (this.isInterrupted) return this.headless.interrupt();
      if (session?.state === 'killed') return this.headless.interrupt('ended by gdb');
      if (session?.state === 'held' || !this.hasBegun) {
        await new Promise<void>((resolve) => (this.wake = resolve));
      } else if (session?.state === 'running') {
        const stop = this.target.advance(BUDGET);
        if (stop !== undefined) this.session?.stopped(stop);
        await setImmediate();
      } else {
        const outcome = this.headless.advance(BUDGET);
        if (outcome !== undefined) return outcome;
        await setImmediate();
      }
    }
  }

  private welcome(socket: Socket): void {
    this.sockets.add(socket);
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('error', () => {}); // it closes then
    if (this.session !== undefined) {
      this.say('another gdb wanted to connect while one is connected, and was turned away');
      socket.once('data', () => socket.end(`+${packet('E.another gdb is connected to this firmware')}`, 'latin1'));
      socket.once('close', () => this.sockets.delete(socket));
      return;
    }
    this.say('gdb is connected');
    const session = new Session(this.target, (text) => socket.write(text, 'latin1'));
    this.session = session;
    this.hasBegun = true;
    let unread = '';
    const proceed = (): void => {
      while (unread !== '' && !socket.writableNeedDrain && session.state !== 'detached') {
        session.receive(unread.slice(0, PIECE));
        unread = unread.slice(PIECE);
      }
      if (session.state === 'detached') {
        socket.end();
        this.leave(session);
      } else if (unread === '') {
        socket.resume();
      }
      this.wake();
    };
    socket.on('data', (text: string) => {
      unread += text;
      socket.pause(); // until gdb has taken the answers: nothing is kept for one that only asks
      proceed();
    });
    socket.on('drain', proceed);
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.leave(session);
    });
  }

  private leave(session: Session): void {
    if (this.session === session && session.state !== 'killed') {
      this.say('gdb is gone, and the firmware runs on');
      this.target.forgetPoints();
      this.target.resume();
      this.session = undefined;
    }
    this.wake();
  }
}
