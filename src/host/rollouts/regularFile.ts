// Bytes of a regular file, as often as they are asked for. It must stay as it was when it was found.
import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import type { RandomAccess } from '../../rollouts/parquet/table.ts';
import { systemError } from '../systemError.ts';

/** The number of bytes read at once. */
const BLOCK = 1 << 20;

/** Something with bytes to read. */
export interface ByteFile {
  /** How it is called in messages and places. */
  readonly name: string;
  /** The number of its bytes; undefined where that is not known before. */
  readonly size: number | undefined;
  /**
   * The bytes from the beginning. A piece may be overwritten once the next one is asked for.
   * @throws InputError if they cannot be read, or are no longer those that were found
   */
  bytes(): AsyncGenerator<Uint8Array>;
  /** Its bytes at any place, where it is a table. */
  readonly table?: RandomAccess;
  /** Frees what it needs. */
  close(): Promise<void>;
}

/** What tells whether a file is still the same. */
type State = readonly number[];

async function stateOf(handle: FileHandle): Promise<State> {
  const { dev, ino, size, mtimeMs } = await handle.stat();
  return [dev, ino, size, mtimeMs];
}

/** Turns what the system says into an InputError, and keeps all other errors. */
export function readError(name: string, error: unknown): unknown {
  return error instanceof Error && 'syscall' in error ? systemError('read', name, error) : error;
}

/** Whose handle it is, and how to get and give it back. */
interface Access {
  readonly name: string;
  open(): Promise<FileHandle>;
  release(handle: FileHandle): Promise<void>;
}

async function* blocks(access: Access, found: State): AsyncGenerator<Uint8Array> {
  const [, , size] = found;
  let handle: FileHandle | undefined;
  const refuseChanged = async (open: FileHandle): Promise<void> => {
    const now = await stateOf(open);
    if (now.every((part, i) => part === found[i])) return;
    throw new InputError(
      `${showText(access.name)}: it has changed while it was read; expected a complete file`,
    );
  };
  try {
    handle = await access.open();
    await refuseChanged(handle);
    // One for all pieces: of new ones many would be waiting for the garbage collector.
    const block = new Uint8Array(Math.min(BLOCK, size!));
    for (let at = 0; at < size!; ) {
      const { bytesRead } = await handle.read(block, 0, Math.min(block.length, size! - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
      yield block.subarray(0, bytesRead);
    }
    await refuseChanged(handle);
  } catch (error) {
    throw readError(access.name, error);
  } finally {
    if (handle !== undefined) await access.release(handle);
  }
}

/**
 * A file at a path. It is opened for every pass.
 * @throws InputError if it cannot be opened
 */
export async function regularFile(path: string): Promise<ByteFile> {
  const access: Access = { name: path, open: () => open(path, 'r'), release: (handle) => handle.close() };
  try {
    const handle = await access.open();
    const found = await stateOf(handle).finally(() => handle.close());
    return { name: path, size: found[2], bytes: () => blocks(access, found), close: async () => {} };
  } catch (error) {
    throw readError(path, error);
  }
}

/** A file that is open already, and is closed in the end; it need not have a name any more. Its `table` is there whatever it holds. */
export async function openedFile(name: string, handle: FileHandle): Promise<ByteFile> {
  const access: Access = { name, open: async () => handle, release: async () => {} };
  const found = await stateOf(handle);
  const length = found[2]!;
  const read = async (begin: number, end: number): Promise<Uint8Array> => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - begin), 0, end - begin, begin);
    return buffer.subarray(0, bytesRead);
  };
  return {
    ...{ name, size: length, table: { length, read } },
    bytes: () => blocks(access, found),
    close: () => handle.close(),
  };
}
