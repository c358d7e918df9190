import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { RawRepl } from '../../../page/src/compare/raw-repl.js';

const PROGRAM = 'print("x\\n")\n# "quoted" \\ é\n';

/** A prompt by a script: tells what it was sent, and says what it is told to say. */
function scripted() {
  const sent: string[] = [];
  const printed: number[] = [];
  const repl = new RawRepl(PROGRAM, (text) => sent.push(text), (byte) => printed.push(byte));
  return {
    repl,
    sent,
    say: (text: string) => new TextEncoder().encode(text).forEach((byte) => repl.receive(byte)),
    printed: () => new TextDecoder().decode(Uint8Array.from(printed)),
  };
}

const GREETING = 'raw REPL; CTRL-B to exit\r\n>';

describe('a program that is handed over to the raw REPL', () => {
  it('is compiled once there is a prompt, and executed when it is started', () => {
    const { repl, sent, say, printed } = scripted();
    repl.knock();
    repl.knock();
    say('MicroPython v1.27.0\r\nType "help()".\r\n>>> \r\n');
    assert.deepEqual([repl.stage, sent], ['greeting', ['\r\x03\x03\x01', '\r\x03\x03\x01']]);
    say(GREETING.slice(0, -1));
    assert.equal(repl.stage, 'greeting');
    say('>');
    assert.equal(repl.stage, 'compiling');
    assert.deepEqual(sent.splice(0, 3).at(-1), `program = compile("print(\\"x\\\\n\\")\\n# \\"quoted\\" \\\\ é\\n", 'main.py', 'exec')\x04`);
    say(GREETING); // it had heard the second knock, too
    say('OK\x04\x04');
    assert.deepEqual([repl.stage, sent], ['compiling', []]);
    say('>');
    assert.deepEqual([repl.stage, sent.splice(0)], ['ready', ['exec(program)']]);
    say('noise');
    repl.start();
    assert.deepEqual([repl.stage, sent], ['running', ['\x04']]);
    say('OKOK\r\nhello');
    assert.equal(printed(), 'OK\r\nhello');
    say('\x04');
    assert.equal(repl.stage, 'running');
    say('Traceback: no\r\n\x04>');
    assert.deepEqual([repl.stage, printed()], ['ended', 'OK\r\nhelloTraceback: no\r\n']);
    say('more');
    assert.equal(printed(), 'OK\r\nhelloTraceback: no\r\n');
  });

  it('is not started if it cannot be compiled', () => {
    const { repl, sent, say } = scripted();
    say(GREETING);
    sent.length = 0;
    say('OK\x04Traceback (most recent call last):\r\nSyntaxError: invalid syntax\r\n\x04>');
    assert.deepEqual([repl.stage, repl.error, sent], ['failed', 'Traceback (most recent call last):\r\nSyntaxError: invalid syntax\r\n', []]);
    say('OK\x04\x04>');
    assert.equal(repl.stage, 'failed');
  });

  it('waits through any amount of noise for a prompt', () => {
    const { repl, say } = scripted();
    say('x'.repeat(10_000));
    say(GREETING);
    assert.equal(repl.stage, 'compiling');
  });
});
