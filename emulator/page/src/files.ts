import { type Board, BoardError, parseBoard } from './board/board-file.js';

const LONGEST_FILE = 20e6;

/** A file as the browser gives it. */
export interface GivenFile {
  readonly name: string;
  readonly size: number;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What files turned out to be that were dropped or chosen together. */
export interface GivenFiles {
  readonly board: { readonly name: string; readonly board: Board } | undefined;
  readonly image: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  /** What is wrong with the others, a sentence each. */
  readonly problems: readonly string[];
}

/** Reads files that were given together, in whatever order: at most one firmware and one board are taken. */
export async function readFiles(files: readonly GivenFile[]): Promise<GivenFiles> {
  const problems: string[] = [];
  let board: GivenFiles['board'];
  let image: GivenFiles['image'];
  for (const file of files) {
    const { name } = file;
    const isBoard = /\.json$/i.test(name);
    const before = isBoard ? board : image;
    if (before !== undefined) {
      problems.push(`${name} is not used, but ${before.name}: give one ${isBoard ? 'board' : 'firmware'} at a time.`);
      continue;
    }
    try {
      if (file.size > LONGEST_FILE) throw new Error(`${name} has ${Math.round(file.size / 1e6)} MB: that is no ${isBoard ? 'board' : 'firmware for a Pico'}.`);
      if (isBoard) board = { name, board: parseBoard(await file.text()) };
      else image = { name, bytes: new Uint8Array(await file.arrayBuffer()) };
    } catch (error) {
      problems.push(error instanceof BoardError ? `${name}: ${error.message}` : error instanceof Error ? error.message : String(error));
    }
  }
  return { board, image, problems };
}
