import type { CoreInspector } from '../chip/core-inspector.js';
import type { Debugger } from './debugger.js';
import { readRegister, REGISTER_COUNT, TARGET_XML, writeRegister } from './description.js';
import { readMemory, writeMemory } from './memory.js';
import { monitor } from './monitor.js';
import { fromHex, hexNumber, split, toBytes, toHex, wordToHex } from './packets.js';
import { BAD_ADDRESS, BAD_REQUEST, OK, UNKNOWN } from './replies.js';

const PC = 15;
/** The longest packet that gdb may send or ask for, in bytes. */
const PACKET_SIZE = 0x4000;
const FEATURES = `PacketSize=${PACKET_SIZE.toString(16)};QStartNoAckMode+;vContSupported+;qXfer:features:read+;swbreak+;hwbreak+`;

/** What a packet leads to. A string is to be answered at once. */
export type Reply =
  | string
  /** The firmware is to go on, by one instruction if a core is named; the answer is why it stops. */
  | { readonly kind: 'resume'; readonly stepped: number | undefined }
  /** Gdb wants to hear again why the firmware stands. */
  | { readonly kind: 'why' }
  /** Gdb leaves, and the firmware runs on without it. */
  | { readonly kind: 'detach' }
  /** Gdb leaves, and the run is to end. */
  | { readonly kind: 'kill' }
  | { readonly kind: 'no acknowledgements' };

/** Does what packets of gdb ask for. To gdb the cores are threads: core 0 is thread 1. */
export class Commands {
  /** The core whose registers gdb means. */
  core = 0;

  constructor(private readonly target: Debugger) {}

  obey(payload: string): Reply {
    const { target } = this;
    const rest = payload.slice(1);
    switch (payload[0]) {
      case '?':
        return { kind: 'why' };
      case 'g':
        return Array.from({ length: REGISTER_COUNT }, (_, index) => wordToHex(readRegister(this.registers, index))).join('');
      case 'G':
        return this.writeRegisters(rest);
      case 'p':
        return hexNumber(rest) < REGISTER_COUNT ? wordToHex(readRegister(this.registers, hexNumber(rest))) : BAD_REQUEST;
      case 'P':
        return this.writeRegister(rest);
      case 'm':
        return readMemory(rest, target.pico.inspect, PACKET_SIZE / 2);
      case 'M':
      case 'X':
        return writeMemory(payload, target.pico.inspect);
      case 'Z':
      case 'z':
        return this.setPoint(payload);
      case 'c':
      case 's':
        if (rest !== '') this.registers.setRegister(PC, hexNumber(rest)); // "from this address"
        return { kind: 'resume', stepped: payload[0] === 's' ? this.core : undefined };
      case 'C': // with a signal, which firmware knows nothing of
      case 'S':
        return { kind: 'resume', stepped: payload[0] === 'S' ? this.core : undefined };
      case 'H':
        return this.selectCore(rest);
      case 'T':
        return this.coreOf(rest) === undefined ? BAD_REQUEST : OK;
      case 'D':
        return { kind: 'detach' };
      case 'k':
        return { kind: 'kill' };
      default:
        return this.obeyNamed(payload);
    }
  }

  private obeyNamed(payload: string): Reply {
    const [name = '', operand = ''] = split(payload, /[:;,]/);
    switch (name) {
      case 'vCont?':
        return 'vCont;c;C;s;S';
      case 'vCont':
        return this.resume(operand);
      case 'vKill':
        return { kind: 'kill' };
      case 'qSupported':
        return FEATURES;
      case 'QStartNoAckMode':
        return { kind: 'no acknowledgements' };
      case 'qAttached':
        return '0'; // as if gdb had started it: then it ends it when it quits, unless told to detach
      case 'qC':
        return `QC${this.core + 1}`;
      case 'qfThreadInfo':
        return `m${this.target.coresOn().map((core) => core + 1).join(',')}`;
      case 'qsThreadInfo':
        return 'l';
      case 'qThreadExtraInfo':
        return toHex(toBytes(this.describeCore(operand)));
      case 'qXfer':
        return readDescription(operand);
      case 'qRcmd':
        return this.monitor(operand);
      default:
        return UNKNOWN;
    }
  }

  private get registers(): CoreInspector {
    return this.target.pico.inspect.cores[this.core] as CoreInspector;
  }

  private writeRegisters(digits: string): Reply {
    const bytes = fromHex(digits);
    if (bytes?.length !== 4 * REGISTER_COUNT) return BAD_REQUEST;
    const view = new DataView(bytes.buffer);
    for (let index = 0; index < REGISTER_COUNT; index++) writeRegister(this.registers, index, view.getUint32(4 * index, true));
    return OK;
  }

  private writeRegister(text: string): Reply {
    const [index = '', digits = ''] = split(text, /=/);
    const bytes = fromHex(digits);
    if (bytes?.length !== 4 || !(hexNumber(index) < REGISTER_COUNT)) return BAD_REQUEST;
    writeRegister(this.registers, hexNumber(index), new DataView(bytes.buffer).getUint32(0, true));
    return OK;
  }

  private setPoint(payload: string): Reply {
    const { breakpoints, watchpoints } = this.target;
    const [kind, addressText = '', lengthText = ''] = payload.split(/[,;]/);
    const [address, length] = [hexNumber(addressText), hexNumber(lengthText)];
    if (Number.isNaN(address) || Number.isNaN(length)) return BAD_REQUEST;
    switch (kind) {
      case 'Z0': // whether a breakpoint is in memory or in the processor makes no difference here
      case 'Z1':
        breakpoints.add(address);
        return OK;
      case 'z0':
      case 'z1':
        breakpoints.delete(address);
        return OK;
      case 'Z2':
        return watchpoints.add(address, length) ? OK : BAD_ADDRESS;
      case 'z2':
        watchpoints.delete(address, length);
        return OK;
      default:
        return UNKNOWN; // loads are not watched
    }
  }

  /** `s:2;c`: one instruction of core 1, while core 0 runs on. */
  private resume(actions: string): Reply {
    const step = actions.split(';').find((action) => /^s/i.test(action));
    if (step === undefined) return { kind: 'resume', stepped: undefined };
    const [, thread] = split(step, /:/);
    return { kind: 'resume', stepped: (thread === undefined ? undefined : this.coreOf(thread)) ?? this.core };
  }

  private selectCore(text: string): Reply {
    const core = this.coreOf(text.slice(1));
    if (core === undefined) return BAD_REQUEST;
    if (text.startsWith('g')) this.core = core;
    return OK;
  }

  /** The core that gdb's number of a thread means. 0 and -1 mean any. */
  private coreOf(thread: string): number | undefined {
    const number = hexNumber(thread);
    if (number <= 0) return this.core;
    return this.target.coresOn().find((core) => core + 1 === number);
  }

  private describeCore(thread: string): string {
    const core = this.coreOf(thread) ?? 0;
    return `core ${core}${this.target.pico.inspect.cores[core]?.isAsleep ? ', asleep' : ''}`;
  }

  private monitor(digits: string): Reply {
    const bytes = fromHex(digits);
    if (bytes === undefined) return BAD_REQUEST;
    const text = monitor(new TextDecoder().decode(bytes), this.target.pico);
    return text === '' ? OK : toHex(new TextEncoder().encode(text));
  }
}

function readDescription(operand: string): string {
  const match = /^features:read:target\.xml:([0-9a-f]+),([0-9a-f]+)$/i.exec(operand);
  if (match === null) return operand.startsWith('features:') ? BAD_REQUEST : UNKNOWN;
  const [start, length] = [hexNumber(match[1] as string), hexNumber(match[2] as string)];
  const isLast = start + length >= TARGET_XML.length;
  return (isLast ? 'l' : 'm') + TARGET_XML.slice(start, start + length);
}
