// What comes through a pipe: read once as it comes, or kept in a temporary file so that it can be read again.
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { systemError } from '../systemError.ts';
import { type ByteFile, openedFile, readError } from './regularFile.ts';

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

/** Writes bytes to a new file. @throws InputError or OutputLost if it cannot be written */
async function writeAll(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const output = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  // An error while one waits for something else must not end the process: it is thrown below.
  const failed = new Promise<never>((_, reject) => output.on('error', reject));
  failed.catch(() => {});
  try {
    for await (const chunk of bytes) {
      if (!output.write(chunk)) await Promise.race([once(output, 'drain'), failed]);
    }
    await Promise.race([new Promise<void>((done) => output.end(done)), failed]);
  } catch (error) {
    output.destroy();
    throw error instanceof Error && 'syscall' in error ? systemError('write', path, error) : error;
  }
}

/**
 * The bytes of a pipe, kept in a temporary file until it is closed; `-` is stdin. Where the system allows it the file has no name while
 * it is read, so that nothing is left of it whatever happens.
 * @throws InputError if the pipe cannot be read; OutputLost if there is no room for it
 */
export async function pipeKept(path: string): Promise<ByteFile> {
  const folder = mkdtempSync(join(tmpdir(), 'gradsplit-kept-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const file = join(folder, 'rollouts');
    await writeAll(file, bytesOf(path));
    const kept = await openedFile(nameOf(path), await open(file, 'r'));
    if (process.platform !== 'win32') remove();
    return {
      ...kept,
      async close() {
        await kept.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
