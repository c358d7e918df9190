/** The flags as expressions: of constants of the generated function, or the name of the variable that held the flag at its start. */
interface Flags {
  readonly n: string;
  readonly z: string;
  readonly c: string;
  readonly v: string;
  /** What was compared, where the flags are those of a difference: conditions then need no flags. */
  readonly compared?: readonly [string, string] | undefined;
}

type Flag = 'n' | 'z' | 'c' | 'v';
const FLAGS = ['n', 'z', 'c', 'v'] as const;
const FIRST_FLAG_WORD = 16;
const PC_WORD = 15;
const WORST = '/*worst*/';

/**
 * Writes the source of a function that does what some instructions do: registers are variables, flags are computed only where
 * somebody looks at them, which includes each way out.
 *
 * The function takes the cycles that it may use up, and returns those that it did: inverted if the instruction at the program
 * counter then is one for the interpreter.
 */
export class Emitter {
  /** Cycles from the start of the function up to the current instruction, on the way straight through it. */
  cycles = 0;
  /** The most that once through the function takes. */
  worst = 0;

  private readonly lines: string[] = [];
  private readonly used = new Set<number>();
  private readonly written = new Set<number>();
  private readonly flagsUsed = new Set<Flag>();
  private readonly flagsWritten = new Set<Flag>();
  private temporaries = 0;
  private flags: Flags = { n: 'n', z: 'z', c: 'c', v: 'v' };

  /** The variable of a register, to be read. */
  register(index: number): string {
    this.used.add(index);
    return `r${index}`;
  }

  set(index: number, value: string): void {
    this.lines.push(this.setting(index, value));
  }

  /** The same as source, for a branch of something larger. */
  setting(index: number, value: string): string {
    this.used.add(index);
    this.written.add(index);
    return `r${index}=${value};`;
  }

  line(source: string): void {
    this.lines.push(source);
  }

  /** A new constant. */
  constant(value: string): string {
    const name = `t${this.temporaries++}`;
    this.lines.push(`const ${name}=${value};`);
    return name;
  }

  /** A new variable. */
  variable(value: string): string {
    const name = `t${this.temporaries++}`;
    this.lines.push(`let ${name}=${value};`);
    return name;
  }

  /** A flag as an expression. */
  flag(name: Flag): string {
    if (this.flags[name] === name) this.flagsUsed.add(name);
    return this.flags[name];
  }

  /** The flags of a value: those that a logical operation sets. */
  setResult(value: string): void {
    this.flags = { ...this.flags, n: value, z: value, compared: undefined };
  }

  setCarry(value: string): void {
    this.flags = { ...this.flags, c: value };
  }

  setFlags(flags: Flags): void {
    this.flags = flags;
  }

  /** An expression for the condition of a branch: A6.3. */
  condition(code: number): string {
    const holds = this.positive(code >> 1);
    return code & 1 ? `!(${holds})` : `(${holds})`;
  }

  /** Cycles from the start of the function up to the current instruction, as an expression. */
  get elapsed(): string {
    return `cyc+${this.cycles}`;
  }

  /** The condition that the rest of the way through takes no more than there is, though an instruction takes some cycles longer. */
  hasTimeFor(cycles: number): string {
    return `cyc+${WORST}+${cycles}<=budget`;
  }

  /** Leaves the function, with the program counter at an address, after `cycles` more than the instructions before took. */
  leave(pc: string, cycles: number, toInterpreter = false): string {
    const total = this.cycles + cycles;
    this.worst = Math.max(this.worst, total);
    return `{${this.assignFlags(FLAGS)}cyc+=${total};pc=${pc};${toInterpreter ? 'slow=-1;' : ''}break x;}`;
  }

  /** Starts again if there is time for it, and otherwise leaves. */
  repeat(pc: string, cycles: number): string {
    const total = this.cycles + cycles;
    const needed = FLAGS.filter((flag) => this.flagsUsed.has(flag));
    return `if(cyc+${total}+${WORST}<=budget){${this.assignFlags(needed)}cyc+=${total};continue x;}else ${this.leave(pc, cycles)}`;
  }

  /** The body of a function of one parameter, `budget`. */
  source(): string {
    for (const flag of this.flagsWritten) this.flagsUsed.add(flag);
    const variables = [
      ...[...this.used].map((index) => `r${index}=S[${index}]`),
      ...[...this.flagsUsed].map((flag) => `${flag}=S[${wordOf(flag)}]`),
    ];
    const back = [
      ...[...this.written].map((index) => `S[${index}]=r${index};`),
      ...[...this.flagsWritten].map((flag) => `S[${wordOf(flag)}]=${flag};`),
    ];
    return (
      `let ${[...variables, 'cyc=0,pc=0,slow=0'].join(',')};x:for(;;){\n${this.lines.join('\n')}\n}\n${back.join('')}S[${PC_WORD}]=pc;return cyc^slow;`
    ).replaceAll(WORST, String(this.worst));
  }

  private assignFlags(wanted: readonly Flag[]): string {
    let source = '';
    for (const flag of wanted) {
      if (this.flags[flag] === flag) {
        this.flagsUsed.add(flag);
      } else {
        this.flagsWritten.add(flag);
        source += `${flag}=${this.flags[flag]};`;
      }
    }
    return source;
  }

  private positive(pair: number): string {
    const [a, b] = this.flags.compared ?? [];
    if (a !== undefined && b !== undefined) {
      if (pair === 0) return `${a}===${b}`;
      if (pair === 1) return `${a}>>>0>=${b}>>>0`;
      if (pair === 4) return `${a}>>>0>${b}>>>0`;
      if (pair === 5) return `${a}>=${b}`;
      if (pair === 6) return `${a}>${b}`;
    }
    if (pair === 0) return `${this.flag('z')}===0`;
    if (pair === 1) return `${this.flag('c')}!==0`;
    if (pair === 2) return `${this.flag('n')}<0`;
    if (pair === 3) return `${this.flag('v')}<0`;
    if (pair === 4) return `${this.flag('c')}!==0&&${this.flag('z')}!==0`;
    const same = `(${this.flag('n')}^${this.flag('v')})>=0`;
    return pair === 5 ? same : `${same}&&${this.flag('z')}!==0`;
  }
}

function wordOf(flag: Flag): number {
  return FIRST_FLAG_WORD + FLAGS.indexOf(flag);
}
