// What comes through a pipe: read once as it comes, or kept in a temporary file so that it can be read again.
import { createReadStream, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import type { RecordReader } from '../../rollouts/index.ts';
import { boundedLines } from '../../rollouts/read/lines.ts';
import { systemError } from '../systemError.ts';
import { recognised } from './recognised.ts';
import { type ByteFile, openedFile, readError } from './regularFile.ts';
import { kindOfBytes } from './tableFile.ts';

/** A pipe by its path; `-` is stdin. */
function pipeAt(path: string): Readable {
  return path === '-' ? process.stdin : createReadStream(path);
}

function nameOf(path: string): string {
  return path === '-' ? 'stdin' : path;
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* pipeAt(path);
  } catch (error) {
    throw readError(nameOf(path), error);
  }
}

/** A pipe whose bytes are read once, as they come; `-` is stdin. */
export function pipeOnce(path: string): ByteFile {
  return { name: nameOf(path), size: undefined, bytes: () => bytesOf(path), close: async () => {} };
}

/** Writes bytes to an open file. @throws InputError or OutputLost if they cannot be written */
async function writeAll(file: FileHandle, path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of bytes) {
    try {
      await file.writeFile(chunk);
    } catch (error) {
      throw systemError('write', path, error);
    }
  }
}

/** The most bytes of a pipe that are kept where nobody says more, and the share of what is free: the rest is for others. */
const MOST_KEPT = 16e9;
const SHARE_KEPT = 0.5;

/** How many bytes of a pipe are kept at most in a temporary folder. */
export function mostKept(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.min(MOST_KEPT, Math.floor(SHARE_KEPT * bavail * bsize));
}

const megabytes = (bytes: number): string => `${Number((bytes / 1e6).toPrecision(3))} MB`;

/** The pieces, up to a number of bytes. @throws InputError if there are more */
async function* atMost(
  most: number,
  name: string,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const piece of pieces) {
    read += piece.length;
    if (read > most)
      throw new InputError(
        `${showText(name)}: expected at most ${megabytes(most)} from a pipe, which is kept in ${showText(tmpdir())} to be read again; found more, after ${megabytes(read)}. Write it into a file and give its path, or let audit keep more by --max-pipe`,
      );
    yield piece;
  }
}

/**
 * The bytes of a pipe, kept in a temporary file until it is closed; `-` is stdin. Where the system allows it the file loses its name
 * before anything is written, so that nothing is left of it whatever happens. Nothing is written before its first line ends, and what
 * does not begin with rollouts is not kept.
 * @param records reads the first record; nothing else is to use it
 * @param most how many bytes are kept; by default half of what is free there, and 16 GB
 * @throws InputError if the pipe cannot be read, has more bytes or a line that is too long; OutputLost if there is no room for it
 */
export async function pipeKept(
  path: string,
  records: RecordReader,
  most = mostKept(tmpdir()),
): Promise<ByteFile> {
  const folder = mkdtempSync(join(tmpdir(), 'gradsplit-kept-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  let file: FileHandle | undefined;
  try {
    const place = join(folder, 'rollouts');
    file = await open(place, 'wx+', 0o600);
    if (process.platform !== 'win32') remove();
    const name = nameOf(path);
    const bytes = recognised(name, atMost(most, name, bytesOf(path)), records);
    await writeAll(file, place, boundedLines(showText(name), bytes));
    const kept = await openedFile(name, file);
    const isTable = kindOfBytes(await kept.table!.read(0, Math.min(4, kept.table!.length)), name) === 'table';
    const { table: _, ...asText } = kept;
    return {
      ...(isTable ? kept : asText),
      async close() {
        await kept.close();
        remove();
      },
    };
  } catch (error) {
    await file?.close();
    remove();
    throw error;
  }
}
