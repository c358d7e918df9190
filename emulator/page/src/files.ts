import { type Board, BoardError, DEFAULT_BOARD_TEXT, parseBoard } from './board/board-file.js';
import { fromFile, isSharedFile, type SharedProgram } from './share/shared-program.js';

const LONGEST_FILE = 20e6;

/** A file as the browser gives it. */
export interface GivenFile {
  readonly name: string;
  readonly size: number;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A board with its file. */
export interface GivenBoard {
  /** Where it is from, for the user. */
  readonly name: string;
  readonly board: Board;
  /** The board file. */
  readonly text: string;
}

/**
 * @param name where it is from
 * @throws BoardError
 */
export function boardOf(name: string, text: string): GivenBoard {
  return { name, board: parseBoard(text), text };
}

/** For a program that does not say what it wants. */
export const PLAIN_BOARD: GivenBoard = boardOf('', DEFAULT_BOARD_TEXT);

/** What files turned out to be that were dropped or chosen together. */
export interface GivenFiles {
  readonly board: GivenBoard | undefined;
  readonly image: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  /** A program that was shared, with all that belongs to it; given by itself. */
  readonly shared: SharedProgram | undefined;
  /** What is wrong with the others, a sentence each. */
  readonly problems: readonly string[];
}

type Given = Omit<GivenFiles, 'problems'>;

/** Reads files that were given together, in whatever order: at most one firmware and one board are taken, or a program that was shared. */
export async function readFiles(files: readonly GivenFile[]): Promise<GivenFiles> {
  const problems: string[] = [];
  const taken = new Map<'board' | 'firmware', string>();
  let given: Given = { board: undefined, image: undefined, shared: undefined };
  for (const file of files) {
    const { name, size } = file;
    const refuseSecond = (kind: 'board' | 'firmware'): void => {
      const before = taken.get(kind);
      if (before !== undefined) throw new Error(`${name} is not used, but ${before}: give one ${kind} at a time.`);
    };
    const isJson = /\.json$/i.test(name);
    const kind = isJson ? 'board' : 'firmware';
    try {
      refuseSecond(kind);
      if (size > LONGEST_FILE) throw new Error(`${name} has ${Math.round(size / 1e6)} MB: that is no ${isJson ? 'board' : 'firmware for a Pico'}.`);
      const read = isJson ? await readJson(file) : { image: { name, bytes: new Uint8Array(await file.arrayBuffer()) } };
      if (read.shared !== undefined) {
        refuseSecond('firmware');
        taken.set('firmware', name);
      }
      taken.set(kind, name);
      given = { ...given, ...read };
    } catch (error) {
      problems.push(error instanceof BoardError ? `${name}: ${error.message}` : error instanceof Error ? error.message : String(error));
    }
  }
  return { ...given, problems };
}

/** A program that was shared has a board, too. */
async function readJson(file: GivenFile): Promise<Partial<Given>> {
  const text = await file.text();
  return isSharedFile(text) ? { shared: await fromFile(file.name, text) } : { board: boardOf(file.name, text) };
}
