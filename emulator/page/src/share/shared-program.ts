import { printable } from '../../../src/printable.js';
import type { Files } from '../examples.js';
import { pack, unpack, UnpackError } from './compressed.js';

/** A program as somebody gives it to somebody else: what is needed to see the same on another page. */
export interface SharedProgram {
  /** The example that it is, or was before it was edited; or the name of a file of the user's own, which comes with its image. */
  readonly program: string;
  /** The text of the board file, if it is not the example's own board. */
  readonly board: string | undefined;
  /** The sources that were edited; of a program of the user's own, all of them. */
  readonly sources: Files;
  /** What runs: an ELF or UF2 file. Undefined if it is to be had from the page, or to be compiled. */
  readonly image: Uint8Array | undefined;
}

/** What was shared cannot be read, with the reason in words for the user. */
export class ShareError extends Error {
  override readonly name = 'ShareError';
}

const VERSION = 1;
const LONGEST_NAME = 80;
const MOST_SOURCES = 50;
const MOST_TEXT = 2e6;
const MOST_IMAGE = 20e6;
const FIELDS = ['uasync', 'program', 'board', 'sources', 'image'];

/** Without its image, as text for an address. */
export async function toFragment({ program, board, sources }: SharedProgram): Promise<string> {
  return pack(new TextEncoder().encode(JSON.stringify({ uasync: VERSION, program, board, sources: Object.fromEntries(sources) })));
}

/** @throws ShareError */
export async function fromFragment(fragment: string): Promise<SharedProgram> {
  const text = new TextDecoder().decode(await unpacked(fragment, MOST_TEXT, 'The link cannot be read'));
  return read(text, 'The link cannot be read');
}

/** All of it, as the contents of a file. */
export async function toFile({ program, board, sources, image }: SharedProgram): Promise<string> {
  const packed = image === undefined ? undefined : await pack(image);
  return `${JSON.stringify({ uasync: VERSION, program: sharedName(program), board, sources: Object.fromEntries(sources), image: packed }, undefined, 2)}\n`;
}

/** Whether a JSON file is of toFile(), and not a board file. */
export function isSharedFile(text: string): boolean {
  return /^\uFEFF?\s*\{\s*"uasync"\s*:/.test(text);
}

/**
 * @param name of the file, for messages
 * @throws ShareError
 */
export function fromFile(name: string, text: string): Promise<SharedProgram> {
  return read(text, `${name} cannot be read`);
}

async function read(text: string, problem: string): Promise<SharedProgram> {
  const fail = (reason: string): ShareError => new ShareError(`${problem}: ${reason}.`);
  let fields: unknown;
  try {
    fields = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw fail(`it is not JSON (${printable((error as Error).message)})`);
  }
  if (!isObject(fields)) throw fail('it is not an object');
  const { uasync, program, board, sources, image } = fields;
  if (typeof uasync === 'number' && uasync > VERSION) throw fail('a newer version of this page has made it');
  if (uasync !== VERSION) throw fail('this page has not made it');
  const unknown = Object.keys(fields).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw fail(`it has an unknown field "${printable(unknown).slice(0, LONGEST_NAME)}"`);
  if (!isName(program)) throw fail('it does not name a program');
  if (board !== undefined && typeof board !== 'string') throw fail('its board is not the text of a board file');
  if (image !== undefined && typeof image !== 'string') throw fail('its image is not text');
  if (!isObject(sources)) throw fail('its sources are missing');
  const files = Object.entries(sources);
  if (files.length > MOST_SOURCES) throw fail(`it has ${files.length} sources; at most ${MOST_SOURCES} have room`);
  const texts = files.map(([name, content]) => {
    if (!isName(name) || typeof content !== 'string') throw fail('one of its sources has no name, or no text');
    return [name, content] as const;
  });
  return { program, board, sources: new Map(texts), image: image === undefined ? undefined : await unpacked(image, MOST_IMAGE, `${problem}: its image`) };
}

async function unpacked(text: string, most: number, problem: string): Promise<Uint8Array> {
  try {
    return await unpack(text, most);
  } catch (error) {
    if (error instanceof UnpackError) throw new ShareError(`${problem}: ${error.message}.`);
    throw error;
  }
}

/** Of a program, or of a file within it: never a path out of a folder, and nothing that could not be seen. */
function isName(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > LONGEST_NAME || !/^[^\p{C}<>&"'`\\]+$/u.test(value)) return false;
  return value.split('/').every((step) => step.trim() !== '' && !step.includes('..') && step !== '.');
}

/** A name as it can be shared: a file of the user's own may have any. */
function sharedName(name: string): string {
  const kept = name.replace(/[\p{C}<>&"'`\\]/gu, '-').replace(/\.{2,}/g, '.').trim();
  const end = /\.\w{1,8}$/.exec(kept)?.[0] ?? '';
  return kept.length > LONGEST_NAME ? `${kept.slice(0, LONGEST_NAME - end.length)}${end}` : kept;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
