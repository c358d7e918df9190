/**
 * Finds, in the code of a coroutine, where it stores the number of the await at which it is about to suspend.
 *
 * Compilers tell debuggers where a coroutine would go on, but not where it waits: after the last await of a loop those are two different
 * lines. The store that says "when I am resumed, go on at number 6" belongs to the await itself, and so does its line. To know which
 * number a store stores, the constants in registers are followed through the function, along all its branches.
 */

/** What a register holds: unknown, a constant, or the address of the frame and so much more. */
type Content = undefined | { readonly isFrame: boolean; readonly value: number };
type Registers = readonly Content[];

const LR = 14;
const REGISTERS = 16;
/** Those that a called function may change. */
const SCRATCH = [0, 1, 2, 3, 12, LR];

/** How often an instruction is looked at, on average, in code that leads back to itself in more ways than any compiler writes. */
const MOST_VISITS = 8;

/**
 * Looks for stores of constants to the frame's field at `offset`, with `width` bytes.
 *
 * @param code the function, which is called with the frame's address in r0: Thumb code of a Cortex-M0+
 * @returns by the constant, where it is stored: offsets in `code`, in ascending order
 */
export function findStores(code: Uint8Array, offset: number, width: 1 | 2 | 4): ReadonlyMap<number, readonly number[]> {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const states: (Registers | undefined)[] = [];
  /** What is stored where. */
  const [sure, likely] = [new Map<number, number>(), new Map<number, number>()];
  const initial: Content[] = Array.from({ length: REGISTERS }, () => undefined);
  initial[0] = { isFrame: true, value: 0 };
  const pending: [number, Registers][] = [[0, initial]];
  let left = MOST_VISITS * (code.length >> 1);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [at, incoming] = next;
    if (at < 0 || at + 2 > code.length) continue;
    const known = states[at];
    const merged = known === undefined ? incoming : merge(known, incoming);
    if (known !== undefined && merged === known) continue;
    if (left-- <= 0) return new Map();
    states[at] = merged;
    const opcode = view.getUint16(at, true);
    const store = storeOf(opcode, merged);
    if (store?.width === width) {
      const { base, displacement, stored } = store;
      sure.delete(at);
      likely.delete(at);
      if (stored !== undefined && !stored.isFrame) {
        // Code that was not optimised keeps the frame's address on the stack, so the register's content is not known.
        if (base?.isFrame && base.value + displacement === offset) sure.set(at, stored.value);
        if (base === undefined && displacement === offset) likely.set(at, stored.value);
      }
    }
    for (const [target, registers] of follow(view, at, opcode, merged)) pending.push([target, registers]);
  }
  return new Map([...byValue(likely), ...byValue(sure)]);
}

function byValue(stores: ReadonlyMap<number, number>): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const [at, value] of [...stores].sort(([a], [b]) => a - b)) {
    const places = found.get(value);
    if (places === undefined) found.set(value, [at]);
    else places.push(at);
  }
  return found;
}

/**
 * The offset in the frame of the byte that a resuming function looks at first: the number of the await, in code that Clang made, which
 * describes its frames to nobody.
 */
export function findFirstByte(code: Uint8Array): number | undefined {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  let registers: Registers = Array.from({ length: REGISTERS }, (_, index) => (index === 0 ? { isFrame: true, value: 0 } : undefined));
  const seen = new Set<number>();
  for (let at = 0; at >= 0 && at + 2 <= code.length && !seen.has(at); ) {
    seen.add(at);
    const opcode = view.getUint16(at, true);
    const [base, index] = [registers[(opcode >> 3) & 7], registers[(opcode >> 6) & 7]];
    if (opcode >> 11 === 0b01111 && base?.isFrame) return base.value + ((opcode >> 6) & 31);
    if (opcode >> 9 === 0b0101110 && base?.isFrame && index?.isFrame === false) return base.value + index.value;
    const [next, ...others] = follow(view, at, opcode, registers);
    if (next === undefined || others.length > 0) return undefined;
    [at, registers] = next;
  }
  return undefined;
}

/** What is the same in both; `known` itself if that is all that it says. */
function merge(known: Registers, incoming: Registers): Registers {
  const isSame = (index: number): boolean => {
    const [a, b] = [known[index], incoming[index]];
    return a === undefined || (b !== undefined && a.isFrame === b.isFrame && a.value === b.value);
  };
  if (known.every((_, index) => isSame(index))) return known;
  return known.map((content, index) => (isSame(index) ? content : undefined));
}

interface Store {
  readonly width: 1 | 2 | 4;
  readonly base: Content;
  readonly displacement: number;
  readonly stored: Content;
}

function storeOf(opcode: number, registers: Registers): Store | undefined {
  const [low, mid, immediate] = [registers[opcode & 7], registers[(opcode >> 3) & 7], (opcode >> 6) & 31];
  if (opcode >> 11 === 0b01100) return { width: 4, base: mid, displacement: immediate * 4, stored: low };
  if (opcode >> 11 === 0b01110) return { width: 1, base: mid, displacement: immediate, stored: low };
  if (opcode >> 11 === 0b10000) return { width: 2, base: mid, displacement: immediate * 2, stored: low };
  const width = { 0b0101000: 4, 0b0101001: 2, 0b0101010: 1 }[opcode >> 9] as 1 | 2 | 4 | undefined;
  const index = registers[(opcode >> 6) & 7];
  if (width === undefined) return undefined;
  if (index !== undefined && !index.isFrame) return { width, base: mid, displacement: index.value, stored: low };
  if (mid !== undefined && !mid.isFrame) return { width, base: index, displacement: mid.value, stored: low };
  return undefined;
}

/** Where the processor may go from here, and with what in its registers. */
function follow(view: DataView, at: number, opcode: number, registers: Registers): [number, Registers][] {
  const next = at + 2;
  const target = at + 4;
  if (opcode >> 12 === 0b1101) {
    const condition = (opcode >> 8) & 15;
    if (condition === 14) return []; // udf
    const branch: [number, Registers] = [target + 2 * ((opcode << 24) >> 24), registers];
    if (condition === 15) return [[next, clear(registers, SCRATCH)]]; // svc
    const known = compared(view, at, registers);
    if (condition === 0) return [[next, registers], [branch[0], known]]; // beq
    return condition === 1 ? [[next, known], branch] : [[next, registers], branch]; // bne
  }
  if (opcode >> 11 === 0b11100) return [[target + 2 * ((opcode << 21) >> 21), registers]]; // b
  if (opcode >> 11 >= 0b11101) {
    if (at + 4 > view.byteLength) return [];
    const second = view.getUint16(at + 2, true);
    return [[at + 4, (second & 0xd000) === 0xd000 ? clear(registers, SCRATCH) : registers]]; // bl, or a system instruction
  }
  if (opcode >> 8 === 0b10111101) return []; // pop with pc
  if (opcode >> 7 === 0b010001110) return []; // bx
  if (opcode >> 7 === 0b010001111) return [[next, clear(registers, SCRATCH)]]; // blx
  return [[next, execute(view, at, opcode, registers)]];
}

/** What is known where the comparison before a branch has found both equal. Optimisers make use of it, so one has to know it, too. */
function compared(view: DataView, branch: number, registers: Registers): Registers {
  const before = branch >= 2 ? view.getUint16(branch - 2, true) : 0;
  if (before >> 11 !== 0b00101) return registers;
  return registers.map((content, index) => (index === ((before >> 8) & 7) ? { isFrame: false, value: before & 255 } : content));
}

function clear(registers: Registers, which: readonly number[]): Registers {
  return registers.map((content, index) => (which.includes(index) ? undefined : content));
}

/** The registers after an instruction that does not branch. */
function execute(view: DataView, at: number, opcode: number, registers: Registers): Registers {
  const set = (index: number, content: Content): Registers => registers.map((old, i) => (i === index ? content : old));
  const sum = (a: Content, b: Content, sign: 1 | -1): Content => {
    if (a === undefined || b === undefined || (b.isFrame && (a.isFrame || sign < 0))) return undefined;
    return { isFrame: a.isFrame || b.isFrame, value: a.value + sign * b.value };
  };
  const constant = (value: number): Content => ({ isFrame: false, value });
  const [low, mid, high] = [opcode & 7, (opcode >> 3) & 7, (opcode >> 8) & 7];
  const top5 = opcode >> 11;
  if (top5 === 0b00000) {
    const shift = (opcode >> 6) & 31; // lsls; by 0 it is movs
    const from = registers[mid];
    return set(low, shift === 0 ? from : from !== undefined && !from.isFrame ? constant((from.value << shift) >>> 0) : undefined);
  }
  if (top5 === 0b00100) return set(high, constant(opcode & 255)); // movs
  if (top5 === 0b00101) return registers; // cmp
  if (top5 === 0b00110) return set(high, sum(registers[high], constant(opcode & 255), 1)); // adds
  if (top5 === 0b00111) return set(high, sum(registers[high], constant(opcode & 255), -1)); // subs
  if (top5 === 0b00011) {
    const operand = opcode & 0x400 ? constant((opcode >> 6) & 7) : registers[(opcode >> 6) & 7];
    return set(low, sum(registers[mid], operand, opcode & 0x200 ? -1 : 1)); // adds, subs
  }
  if (top5 === 0b01001) {
    const literal = ((at + 4) & ~3) + 4 * (opcode & 255); // ldr from behind the function's code; functions lie on words
    return set(high, literal + 4 <= view.byteLength ? constant(view.getUint32(literal, true)) : undefined);
  }
  if (opcode >> 10 === 0b010001) {
    const [to, from] = [low | ((opcode >> 4) & 8), (opcode >> 3) & 15];
    const operation = (opcode >> 8) & 3; // add, cmp, mov of any register
    if (operation === 1) return registers;
    return set(to, operation === 2 ? registers[from] : sum(registers[to], registers[from], 1));
  }
  if (opcode >> 10 === 0b010000) {
    const operation = (opcode >> 6) & 15;
    return operation === 8 || operation === 10 || operation === 11 ? registers : set(low, undefined); // tst, cmp, cmn
  }
  if (top5 === 0b01100 || top5 === 0b01110 || top5 === 0b10000 || top5 === 0b10010 || storesByRegister(opcode)) return registers;
  if (top5 === 0b10011 || top5 === 0b10100 || top5 === 0b10101) return set(high, undefined); // ldr from the stack, adr, add of sp
  if (opcode >> 9 === 0b1011110) return clear(registers, bits(opcode & 255)); // pop
  if (top5 === 0b11001) return clear(registers, bits(opcode & 255)); // ldmia
  if (top5 === 0b11000 || opcode >> 12 === 0b1011) return opcode >> 8 === 0b10110010 || opcode >> 8 === 0b10111010 ? set(low, undefined) : registers;
  return set(low, undefined); // shifts, loads
}

function storesByRegister(opcode: number): boolean {
  return opcode >> 9 === 0b0101000 || opcode >> 9 === 0b0101001 || opcode >> 9 === 0b0101010;
}

function bits(mask: number): number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => mask & (1 << bit));
}
