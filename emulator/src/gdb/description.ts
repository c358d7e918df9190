import type { CoreInspector } from '../chip/core-inspector.js';

/** A register in the order in which gdb counts them: r0 to r12, sp, lr, pc, xPSR, then those that only `mrs` reads. */
export const REGISTER_COUNT = 21;
const CORE_REGISTERS = 17;
/** The numbers by which `mrs` knows msp, psp, primask and control. */
const SPECIAL = [8, 9, 16, 20];

/** The value of a register by gdb's number. */
export function readRegister(core: CoreInspector, index: number): number {
  const special = SPECIAL[index - CORE_REGISTERS];
  return special === undefined ? (core.registers()[index] as number) : core.specialRegister(special);
}

export function writeRegister(core: CoreInspector, index: number, value: number): void {
  const special = SPECIAL[index - CORE_REGISTERS];
  if (special === undefined) core.setRegister(index, value);
  else core.setSpecialRegister(special, value);
}

const general = Array.from({ length: 13 }, (_, index) => `<reg name="r${index}" bitsize="32" type="uint32" regnum="${index}"/>`);

/** Tells gdb what the processor is and which registers it has. With it, backtraces lead from a handler into what it interrupted. */
export const TARGET_XML = `<?xml version="1.0"?>
<!DOCTYPE target SYSTEM "gdb-target.dtd">
<target version="1.0">
<architecture>arm</architecture>
<feature name="org.gnu.gdb.arm.m-profile">
${general.join('\n')}
<reg name="sp" bitsize="32" type="data_ptr" regnum="13"/>
<reg name="lr" bitsize="32" type="code_ptr" regnum="14"/>
<reg name="pc" bitsize="32" type="code_ptr" regnum="15"/>
<reg name="xpsr" bitsize="32" type="uint32" regnum="16"/>
</feature>
<feature name="org.gnu.gdb.arm.m-system">
<reg name="msp" bitsize="32" type="data_ptr" regnum="17"/>
<reg name="psp" bitsize="32" type="data_ptr" regnum="18"/>
<reg name="primask" bitsize="32" type="uint32" regnum="19" group="system"/>
<reg name="control" bitsize="32" type="uint32" regnum="20" group="system"/>
</feature>
</target>
`;
