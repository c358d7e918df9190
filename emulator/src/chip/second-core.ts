import type { RP2040 } from 'rp2040js';
import { PinInterrupts } from '../peripherals/pin-interrupts.js';
import { ROM_DEAD } from '../rom/boot-rom.js';
import { Core, type CoreSurroundings } from './core.js';
import { HoldingPen, type Launch } from './holding-pen.js';
import { MailboxEnd } from './mailbox.js';
import { processorOf } from './processor.js';
import { correctSio } from './sio.js';

const CPUID = 0x00;
const DIVIDERS_START = 0x60;
const INTERPOLATORS_END = 0x100;
const PSM = 0x40010;
const PSM_FRCE_OFF = 0x04;
const PSM_PROC0 = 1 << 15;
const PSM_PROC1 = 1 << 16;

type PrivatePeripherals = RP2040['ppb'];
type Sio = RP2040['sio'];

/** What core 1 has to itself of the chip. */
interface View {
  ppb: PrivatePeripherals;
  sio: Sio;
}

/**
 * Adds core 1 to a chip of `rp2040js`, which has only one core. Its processor, interrupt controller, SysTick, dividers and
 * interpolators are its own, the mailbox lies between the two, everything else is shared.
 *
 * It waits in the boot ROM until core 0 starts it, and does so again when the power-on state machine has reset it. Only then is it
 * made: engines of JavaScript run the code of a single core faster while there has never been another.
 */
export class SecondCore {
  /** Undefined while it is off, and another one after each reset. */
  core: Core | undefined;
  /** The chip as core 1 sees it. */
  view: RP2040;

  private readonly ends: readonly [MailboxEnd, MailboxEnd];
  private readonly pen: HoldingPen;
  private readonly pinInterrupts: PinInterrupts;
  /** The interrupts that the peripherals ask for now: of both cores, and of this one alone. */
  private lines = 0;
  private ownLines = 0;

  /**
   * @param first core 0, which core 1 may switch off
   * @param onStart called when core 1 starts
   */
  constructor(
    private readonly shared: RP2040,
    private readonly around: CoreSurroundings,
    private readonly first: Core,
    private readonly onStart: () => void,
  ) {
    this.view = shared;
    const interruptSecond = (irq: number, asserted: boolean): void => {
      if (this.core !== undefined) this.view.core.setInterrupt(irq, asserted);
    };
    const ends: [MailboxEnd, MailboxEnd] = [
      new MailboxEnd(0, (irq, asserted) => shared.core.setInterrupt(irq, asserted), () => ends[1]),
      new MailboxEnd(1, interruptSecond, () => ends[0]),
    ];
    this.ends = ends;
    this.pen = new HoldingPen(ends[1], () => around.onSendEvent(), (launch) => this.launch(launch));
    this.pinInterrupts = new PinInterrupts(shared, interruptSecond);
    shared.setInterrupt = (irq, asserted) => {
      const bit = 1 << irq;
      this.lines = asserted ? this.lines | bit : this.lines & ~bit;
      shared.core.setInterrupt(irq, asserted);
      interruptSecond(irq, asserted);
    };
    connectMailbox(shared.sio, ends[0]);
    this.followStateMachine();
  }

  /** Lets it out of reset, into the boot ROM. */
  powerOn(): void {
    this.pen.enter();
  }

  /** It goes back into the boot ROM by itself. */
  waitForVector(): void {
    this.turnOff();
    this.pen.enter();
  }

  /** Core 1 sees an event: in the boot ROM, or in its event register. */
  signalEvent(): void {
    this.core?.signalEvent();
    this.pen.wake();
  }

  /** A peripheral asks for an interrupt of this core alone, or no longer does so. */
  setInterrupt(irq: number, asserted: boolean): void {
    this.ownLines = asserted ? this.ownLines | (1 << irq) : this.ownLines & ~(1 << irq);
    if (this.core !== undefined) this.view.core.setInterrupt(irq, asserted);
  }

  private turnOff(): void {
    this.core?.stop();
    this.core = undefined;
  }

  private launch({ vectorTable, stack, entry }: Launch): void {
    this.view = this.createView();
    this.core = new Core(1, this.view, this.around);
    this.raiseInterrupts();
    this.core.start(vectorTable, stack, entry);
    processorOf(this.view).LR = ROM_DEAD | 1;
    this.core.signalEvent(); // by the ROM itself
    this.onStart();
  }

  private createView(): RP2040 {
    const { shared } = this;
    // Not an object that inherits from the chip: engines make an object slow to write to once others inherit from it.
    const chip = Object.assign(Object.create(Object.getPrototypeOf(shared) as object) as RP2040, shared);
    Object.defineProperty(chip, 'clkSys', { get: () => shared.clkSys });
    const view: View = chip;
    view.ppb = new (shared.ppb.constructor as new (chip: RP2040, name: string) => PrivatePeripherals)(chip, 'PPB');
    view.sio = this.createSio(chip);
    return chip;
  }

  /** The single-cycle IO as core 1 sees it: with its own identity, dividers, interpolators and end of the mailbox. */
  private createSio(chip: RP2040): Sio {
    const { sio } = this.shared;
    const own = new (sio.constructor as new (chip: RP2040) => Sio)(chip);
    correctSio(own);
    const owner = (offset: number): Sio => (offset >= DIVIDERS_START && offset < INTERPOLATORS_END ? own : sio);
    const seen: Pick<Sio, 'readUint32' | 'writeUint32'> = {
      readUint32: (offset) => (offset === CPUID ? 1 : owner(offset).readUint32(offset)),
      writeUint32: (offset, value) => owner(offset).writeUint32(offset, value),
    };
    connectMailbox(seen, this.ends[1]);
    return seen as Sio; // the bus needs no more of it
  }

  /** Has the new core see what asks for an interrupt already. */
  private raiseInterrupts(): void {
    for (let irq = 0; irq < 32; irq++) {
      if ((this.lines | this.ownLines) & (1 << irq)) this.view.core.setInterrupt(irq, true);
    }
    this.ends[1].update();
    this.pinInterrupts.updateSecond();
  }

  private followStateMachine(): void {
    const psm = this.shared.peripherals[PSM] as RP2040['peripherals'][number];
    const write = psm.writeUint32.bind(psm);
    let isFirstOff = false;
    let isOff = false;
    psm.writeUint32 = (offset, value) => {
      write(offset, value);
      if (offset !== PSM_FRCE_OFF) return;
      if (value & PSM_PROC0) this.first.halt();
      else if (isFirstOff) this.around.registers.note('PSM'); // that core 0 starts anew is not emulated
      isFirstOff = (value & PSM_PROC0) !== 0;
      const turnsOff = (value & PSM_PROC1) !== 0;
      if (turnsOff === isOff) return;
      isOff = turnsOff;
      if (isOff) {
        this.pen.leave();
        this.turnOff();
      } else {
        this.pen.enter();
      }
    };
  }
}

function connectMailbox(sio: Pick<Sio, 'readUint32' | 'writeUint32'>, end: MailboxEnd): void {
  const read = sio.readUint32.bind(sio);
  const write = sio.writeUint32.bind(sio);
  sio.readUint32 = (offset) => (MailboxEnd.has(offset) ? end.read(offset) : read(offset));
  sio.writeUint32 = (offset, value) => {
    if (MailboxEnd.has(offset)) end.write(offset, value);
    else write(offset, value);
  };
}
