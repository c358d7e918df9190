const INTERRUPT = '\x03';
const ENTER = '\x01';
const EXECUTE = '\x04';
const END = 0x04;
const PROMPT = '>'.charCodeAt(0);
const GREETING = 'raw REPL; CTRL-B to exit\r\n>';
const ACCEPTED = 'OK';
/** Enough for the greeting, and for what a program says that could not be compiled. */
const MOST_KEPT = 4000;

/** What the other side is at. */
export type ReplStage = 'greeting' | 'compiling' | 'ready' | 'running' | 'ended' | 'failed';

/**
 * Hands a program over to MicroPython's raw REPL, the mode of its prompt that is made for programs.
 *
 * The program is compiled first, as the value of a variable, and then waits for the one byte that executes it. So the program's time
 * begins with that byte, and the time in which MicroPython compiles it does not count. Knows no time of its own.
 */
export class RawRepl {
  /** What is wrong with the program, in MicroPython's words. */
  error = '';

  private state: ReplStage = 'greeting';
  private kept: number[] = [];
  /** How many ends of a command's output are still to come: that of what it prints, and that of its error. */
  private ends = 2;

  /**
   * @param program the text of a Python program
   * @param send sends text to the prompt
   * @param onOutput called with each byte that the program prints, and its error, if it ends with one
   */
  constructor(
    private readonly program: string,
    private readonly send: (text: string) => void,
    private readonly onOutput: (byte: number) => void,
  ) {}

  get stage(): ReplStage {
    return this.state;
  }

  /** Asks for the prompt. To be called again as long as the stage is `greeting`: nobody may have heard it. */
  knock(): void {
    this.send(`\r${INTERRUPT}${INTERRUPT}${ENTER}`);
  }

  /** Starts the program, which has to be `ready`. */
  start(): void {
    this.state = 'running';
    this.ends = 2;
    this.send(EXECUTE);
  }

  /** Takes a byte that came from the prompt. */
  receive(byte: number): void {
    if (this.state === 'running') this.receiveOutput(byte);
    else if (this.state === 'greeting' || this.state === 'compiling') this.receiveAnswer(byte);
  }

  private receiveAnswer(byte: number): void {
    this.kept.push(byte);
    if (this.kept.length > MOST_KEPT) this.kept.splice(0, MOST_KEPT / 2);
    if (byte !== PROMPT) return;
    const text = new TextDecoder().decode(Uint8Array.from(this.kept));
    if (this.state === 'greeting') {
      if (!text.endsWith(GREETING)) return;
      this.state = 'compiling';
      this.kept = [];
      // A Python string may be written as JSON writes one.
      this.send(`program = compile(${JSON.stringify(this.program)}, 'main.py', 'exec')${EXECUTE}`);
      return;
    }
    const answer = /OK([^\x04]*)\x04([^\x04]*)\x04>$/.exec(text);
    if (answer === null) return;
    this.kept = [];
    this.error = answer[2] ?? '';
    this.state = this.error === '' ? 'ready' : 'failed';
    if (this.state === 'ready') this.send('exec(program)');
  }

  private receiveOutput(byte: number): void {
    if (this.kept.length < ACCEPTED.length) {
      this.kept.push(byte);
    } else if (byte === END) {
      if (--this.ends === 0) this.state = 'ended';
    } else {
      this.onOutput(byte);
    }
  }
}
