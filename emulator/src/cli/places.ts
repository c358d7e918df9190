import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { FLASH_BYTES } from '../board/flash-contents.js';
import { UsageError } from '../board/units.js';
import { ImageError } from '../firmware/image.js';

/** A file to be written at the end of a run. */
export interface Output {
  write(text: string): void;
}

/**
 * Opens a file for writing, so that a wrong name is told before the run and not after it.
 *
 * @param option names it in messages
 * @throws UsageError
 */
export function openOutput(option: string, path: string | undefined): Output | undefined {
  if (path === undefined) return undefined;
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (error) {
    throw new UsageError(`${option}: cannot write ${path}: ${inTheWay(path) ?? `${reason(error)};`} choose another place`);
  }
  return {
    write(text) {
      try {
        for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(file, rest));
        closeSync(file);
      } catch (error) {
        throw new UsageError(`${option}: cannot write ${path}: ${reason(error)}`);
      }
    },
  };
}

/** A file that keeps the contents of the flash between runs. */
export interface FlashFile {
  /** What was in it; empty if there was no such file yet. */
  readonly before: Uint8Array;
  write(contents: Uint8Array): void;
}

/**
 * Opens a file for the contents of the flash, and reads what it has.
 *
 * @throws UsageError
 */
export function openFlash(option: string, path: string | undefined): FlashFile | undefined {
  if (path === undefined) return undefined;
  let file: number;
  try {
    file = openSync(path, 'a+'); // what is there stays until the run has ended
  } catch (error) {
    throw new UsageError(`${option}: cannot write ${path}: ${inTheWay(path) ?? `${reason(error)};`} choose another place`);
  }
  closeSync(file);
  const { size } = statSync(path);
  if (size > FLASH_BYTES) throw new UsageError(`${option}: ${path} has ${size} bytes, and the Pico's flash has ${FLASH_BYTES}; give another file`);
  const before = Uint8Array.from(readFileSync(path));
  return {
    before,
    write(contents) {
      try {
        writeFileSync(path, contents);
      } catch (error) {
        throw new UsageError(`${option}: cannot write ${path}: ${reason(error)}`);
      }
    },
  };
}

/** Which of the folders around a file is missing or is none; undefined if they are all there. */
function inTheWay(path: string): string | undefined {
  const folders: string[] = [];
  for (let folder = dirname(path); folders.at(-1) !== folder; folder = dirname(folder)) folders.push(folder);
  for (const folder of folders.reverse()) {
    const status = statSync(folder, { throwIfNoEntry: false });
    if (status === undefined) return `the folder ${folder} does not exist; create it or`;
    if (!status.isDirectory()) return `${folder} is not a folder;`;
  }
  return undefined;
}

/**
 * Reads a firmware and goes on with it.
 *
 * @throws UsageError if it cannot be read, or `use` throws an ImageError
 */
export function withImage<Result>(path: string, use: (file: Uint8Array) => Result): Result {
  return aboutImage(path, () => use(readFileSync(path)));
}

/**
 * Does something with a firmware.
 *
 * @throws UsageError with the file's name for an ImageError or an error of the file system
 */
export function aboutImage<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof ImageError) throw new UsageError(`${path}: ${error.message}`);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UsageError(`${path}: ${reason(error)}`);
  }
}

/** What went wrong with a file, without the code and the path that node puts around it. */
function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
    ENOTDIR: 'no such directory',
    ENOSPC: 'no space left on the device',
    EROFS: 'its file system is read-only',
    ERR_FS_FILE_TOO_LARGE: 'too large for a firmware',
  };
  return known[code ?? ''] ?? message;
}
