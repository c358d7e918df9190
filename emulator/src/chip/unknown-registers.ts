import type { SymbolTable } from '../firmware/symbols.js';
import { hex } from '../hex.js';

/** An access of the firmware to a register that is not emulated. A load gave all ones, a store had no effect. */
export interface UnknownRegister {
  readonly address: number;
  readonly isStore: boolean;
  /** When it was accessed first. */
  readonly nanos: number;
  /** What was accessed, and where in the firmware, in words. */
  readonly text: string;
}

const OFFSET_MASK = 0xfff;
/** `rp2040js` itself, of an address at which it has no peripheral. */
const NO_PERIPHERAL = 'RP2040';

/** Collects the registers that the firmware accesses though they are not emulated, each once. */
export class UnknownRegisters {
  private readonly found = new Map<string, UnknownRegister>();
  // The access that goes on now; no object, since there is one for every register that is accessed.
  private isActive = false;
  private address = 0;
  private isStore = false;
  private pc = 0;

  constructor(
    private readonly symbols: SymbolTable,
    private readonly now: () => number,
    private readonly onFound: (register: UnknownRegister) => void,
  ) {}

  /** In the order in which they were found. */
  get all(): readonly UnknownRegister[] {
    return [...this.found.values()];
  }

  /** For the bus: a core accesses a register now. */
  begin(address: number, isStore: boolean, pc: number): void {
    this.isActive = true;
    this.address = address;
    this.isStore = isStore;
    this.pc = pc;
  }

  end(): void {
    this.isActive = false;
  }

  /** A store to the boot ROM does nothing, on silicon too: a few libraries do that, but most often it is a mistake. */
  noteIgnoredStore(address: number, pc: number): void {
    const place = this.placeOf(pc);
    const key = `boot ROM ${place}`;
    if (this.found.has(key)) return;
    this.add(key, { address, isStore: true, nanos: this.now(), text: `stored to ${hex(address)} in the boot ROM, which has no effect (a null pointer?), ${place}` });
  }

  /** The register that is accessed now is not emulated. Nothing is noted of what DMA does. */
  note(peripheral: string): void {
    if (!this.isActive) return;
    const { address, isStore, pc } = this;
    const offset = (address & OFFSET_MASK).toString(16);
    const name = peripheral === NO_PERIPHERAL ? hex(address) : `${peripheral.replace(/_BASE$/, '')}+0x${offset} (${hex(address)})`;
    if (this.found.has(name)) return;
    const text = `${isStore ? 'wrote to' : 'read from'} ${name}, which is not emulated, ${this.placeOf(pc)}`;
    this.add(name, { address, isStore, nanos: this.now(), text });
  }

  private placeOf(pc: number): string {
    const functionName = this.symbols.nameAt(pc);
    return `${functionName === undefined ? '' : `in ${functionName} `}at PC ${hex(pc)}`;
  }

  private add(key: string, register: UnknownRegister): void {
    this.found.set(key, register);
    this.onFound(register);
  }
}
