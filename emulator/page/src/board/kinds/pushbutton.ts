import { GND, type Key, type Kind, type Part } from './kind.js';

/** Between a pin and ground. */
export interface PushbuttonPart extends Part {
  readonly type: 'pushbutton';
  readonly pin: number;
  readonly key: Key | undefined;
}

export const PUSHBUTTON: Kind<PushbuttonPart> = {
  title: 'Push button',
  label: 'Button',
  color: 'red',
  terminals: [{ field: 'pin', isDriven: true }, GND],
  fields: ['key'],
  read: (part) => ({ pin: part.pin('pin'), key: part.key() }),
};
