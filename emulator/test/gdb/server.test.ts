import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, it } from 'vitest';
import { HeadlessRun, type Outcome } from '../../src/board/headless.js';
import { UsageError } from '../../src/board/units.js';
import { packet, PacketReader } from '../../src/gdb/packets.js';
import { GdbServer } from '../../src/gdb/server.js';
import { program } from '../support/program.js';
import { bkpt, forever, nop, print } from '../support/thumb.js';

/** A gdb at the other end of the line. */
class Client {
  private readonly reader = new PacketReader();
  private readonly answers: string[] = [];
  private isClosed = false;
  private tell = (): void => {};

  private constructor(readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.answers.push(...this.reader.read(text).map((one) => (one.kind === 'packet' ? one.payload : one.kind)));
      this.tell();
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.tell();
    });
    socket.on('error', () => {});
  }

  static async connect(port: number): Promise<Client> {
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    return new Client(socket);
  }

  send(payload: string): void {
    this.socket.write(packet(payload), 'latin1');
  }

  async ask(payload: string): Promise<string> {
    this.send(payload);
    return this.answer();
  }

  /** The next answer; `'closed'` at the end of the line. */
  async answer(): Promise<string> {
    while (this.answers.length === 0 && !this.isClosed) await new Promise<void>((resolve) => (this.tell = resolve));
    return this.answers.shift() ?? 'closed';
  }
}

const servers: GdbServer[] = [];

async function start(main: Parameters<typeof program>[0], untilNanos = Infinity) {
  const said: string[] = [];
  const headless = new HeadlessRun({ image: program(main), untilNanos });
  const server = await GdbServer.listen(headless, 0, (sentence) => said.push(sentence));
  servers.push(server);
  return { server, headless, said, outcome: server.run() as Promise<Outcome> };
}

// What a test that failed has left running.
afterEach(() => servers.splice(0).forEach((server) => server.interrupt()));

describe('the server for gdb', () => {
  it('waits for gdb, runs the firmware for it, and ends with it', async () => {
    const { server, headless, said, outcome } = await start([nop, bkpt]);
    assert.match(said[0] ?? '', new RegExp(`^waiting for gdb on port ${server.port}; in gdb: target remote localhost:${server.port}$`));
    const gdb = await Client.connect(server.port);
    assert.equal(await gdb.ask('?'), 'T05thread:1;');
    assert.equal(headless.pico.cycles, 0);
    assert.match(await gdb.ask('c'), /^O/);
    assert.equal(await gdb.answer(), 'T05thread:1;');
    gdb.send('k');
    assert.deepEqual(await outcome, { exit: 'ended by gdb', failed: false, message: undefined });
    assert.equal(await gdb.answer(), 'closed');
  });

  it('stops a running firmware at Ctrl-C', async () => {
    const { server, outcome } = await start(forever);
    const gdb = await Client.connect(server.port);
    gdb.send('c');
    gdb.socket.write('\x03');
    assert.equal(await gdb.answer(), 'T02thread:1;');
    assert.equal(await gdb.ask('vKill;1'), 'OK');
    assert.equal((await outcome).exit, 'ended by gdb');
  });

  it('lets the firmware run on when gdb detaches, and when it just goes away', async () => {
    const detached = await start([print('on its own'), bkpt]);
    const gdb = await Client.connect(detached.server.port);
    await gdb.ask('Z0,100000c2,2'); // nobody is there any more to stop for
    assert.equal(await gdb.ask('D'), 'OK');
    assert.equal((await detached.outcome).exit, 'breakpoint');
    assert.deepEqual(detached.said.slice(1), ['gdb is connected', 'gdb is gone, and the firmware runs on']);

    const left = await start([print('on its own'), bkpt]);
    (await Client.connect(left.server.port)).socket.destroy();
    assert.equal((await left.outcome).exit, 'breakpoint');
  });

  it('lets another gdb stop it where it is then', async () => {
    const { server } = await start(forever);
    const first = await Client.connect(server.port);
    await first.ask('D');
    assert.equal(await first.answer(), 'closed');
    const second = await Client.connect(server.port);
    assert.equal(await second.ask('?'), 'T05thread:1;');
    const registers = await second.ask('g');
    assert.equal(await second.ask('g'), registers);
  });

  it('turns a second gdb away with a reason, and the first does not notice', async () => {
    const { server, said } = await start(forever);
    const first = await Client.connect(server.port);
    await first.ask('?');
    const second = await Client.connect(server.port);
    assert.equal(await second.ask('qSupported'), 'E.another gdb is connected to this firmware');
    assert.equal(await second.answer(), 'closed');
    assert.equal(await first.ask('qC'), 'QC1');
    assert.match(said.at(-1) ?? '', /was turned away/);
  });

  it('tells gdb when the run is ended from outside', async () => {
    const { server, outcome } = await start(forever);
    const gdb = await Client.connect(server.port);
    gdb.send('c');
    await new Promise((resolve) => setImmediate(resolve));
    server.interrupt();
    assert.equal((await outcome).exit, 'interrupted');
    assert.match(await gdb.answer(), /^(X0f|closed)$/);
  });

  it('keeps little for a gdb that asks and does not listen, and loses nothing', async () => {
    const { server } = await start(forever);
    const kept = (server as unknown as { sockets: Set<Socket> }).sockets;
    const gdb = await Client.connect(server.port);
    await gdb.ask('?');
    gdb.socket.pause();
    const requests = 1000;
    for (let count = 0; count < requests; count++) gdb.send('m20000000,2000');
    let most = 0;
    for (let turns = 0; turns < 500; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, ...[...kept].map(({ writableLength }) => writableLength));
    }
    assert.ok(most > 0 && most < 2e6, `${most} bytes`);
    gdb.socket.resume();
    for (let count = 0; count < requests; count++) {
      assert.equal(await gdb.answer(), '00'.repeat(0x2000));
    }
  });

  it('ends though gdb does not listen', async () => {
    const { server, outcome } = await start(forever);
    const gdb = await Client.connect(server.port);
    gdb.socket.pause();
    for (let count = 0; count < 2000; count++) gdb.send('m20000000,2000');
    for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve));
    server.interrupt();
    assert.equal((await outcome).exit, 'interrupted');
    const kept = (server as unknown as { sockets: Set<Socket> }).sockets;
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok([...kept].every(({ destroyed }) => destroyed));
  });

  it('says which port it cannot have', async () => {
    const { server } = await start(forever);
    const again = GdbServer.listen(new HeadlessRun({ image: program(forever) }), server.port, () => {});
    await assert.rejects(again, (error: Error) => error instanceof UsageError && error.message.startsWith(`port ${server.port} cannot be used for gdb: it is in use`));
  });
});
