import { branchTo } from './exceptions.js';
import { countBits } from './opcodes.js';
import type { Processor } from './processor.js';

/** A load takes two cycles, one at the single-cycle IO, and waits for the peripherals on the APB. */
export function loadCycles(address: number): number {
  const region = address >>> 28;
  return region === 0xd ? 1 : region === 4 ? 4 : 2;
}

function storeCycles(address: number): number {
  const region = address >>> 28;
  return region === 0xd ? 1 : region === 4 ? 5 : 2;
}

export function load32(cpu: Processor, address: number, register: number): number {
  cpu.state[register] = cpu.readUint32(address);
  return loadCycles(address);
}

export function load16(cpu: Processor, address: number, register: number): number {
  cpu.state[register] = cpu.readUint16(address);
  return loadCycles(address);
}

export function load8(cpu: Processor, address: number, register: number): number {
  cpu.state[register] = cpu.readUint8(address);
  return loadCycles(address);
}

export function store32(cpu: Processor, address: number, value: number): number {
  cpu.writeUint32(address, value >>> 0);
  return storeCycles(address);
}

export function store16(cpu: Processor, address: number, value: number): number {
  cpu.writeUint16(address, value >>> 0);
  return storeCycles(address);
}

export function store8(cpu: Processor, address: number, value: number): number {
  cpu.writeUint8(address, value >>> 0);
  return storeCycles(address);
}

export function push(cpu: Processor, list: number, withLink: boolean): number {
  const count = countBits(list);
  const start = cpu.SP - 4 * (count + (withLink ? 1 : 0));
  let address = start;
  for (let index = 0; index < 8; index++) {
    if (!(list & (1 << index))) continue;
    cpu.writeUint32(address >>> 0, cpu.registers[index] as number);
    address += 4;
  }
  if (withLink) cpu.writeUint32(address >>> 0, cpu.LR);
  cpu.SP = start;
  return 1 + count;
}

export function pop(cpu: Processor, list: number, withJump: boolean): number {
  let address = cpu.SP;
  for (let index = 0; index < 8; index++) {
    if (!(list & (1 << index))) continue;
    cpu.registers[index] = cpu.readUint32(address >>> 0);
    address += 4;
  }
  const count = countBits(list);
  if (!withJump) {
    cpu.SP = address;
    return 1 + count;
  }
  cpu.SP = address + 4;
  branchTo(cpu, cpu.readUint32(address >>> 0));
  return 3 + count;
}

export function storeMultiple(cpu: Processor, base: number, list: number): number {
  let address = cpu.registers[base] as number;
  for (let index = 0; index < 8; index++) {
    if (!(list & (1 << index))) continue;
    cpu.writeUint32(address >>> 0, cpu.registers[index] as number);
    address += 4;
  }
  cpu.state[base] = address;
  return 1 + countBits(list);
}

export function loadMultiple(cpu: Processor, base: number, list: number): number {
  let address = cpu.registers[base] as number;
  for (let index = 0; index < 8; index++) {
    if (!(list & (1 << index))) continue;
    cpu.registers[index] = cpu.readUint32(address >>> 0);
    address += 4;
  }
  if (!(list & (1 << base))) cpu.state[base] = address;
  return 1 + countBits(list);
}
