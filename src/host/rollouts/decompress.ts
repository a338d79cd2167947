// Undoes gzip and zstd, by the bytes that a file begins with.
import { Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { isZstd, unpackZstd } from '../zstd.ts';
import { kindOfBytes } from './tableFile.ts';

const GZIP = [0x1f, 0x8b];
/** No mark of a kind of file is longer. */
const LONGEST_MAGIC = 16;

function beginsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Whether bytes begin something that `decompressed` undoes. */
export function isCompressed(start: Uint8Array): boolean {
  return beginsWith(start, GZIP) || isZstd(start);
}

function decompressorFor(start: Uint8Array): Transform | undefined {
  if (beginsWith(start, GZIP)) return zlib.createGunzip();
  if (!isZstd(start)) return undefined;
  return (zlib as { readonly createZstdDecompress?: () => Transform }).createZstdDecompress?.();
}

/** Errors of the file itself pass through; those of zlib are about its bytes. */
function compressionError(name: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof InputError) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR' || /unexpected end/i.test(error.message)) {
    return new InputError(`${showText(name)}: the compressed data end early`, { cause: error });
  }
  return /^(Z_|ZSTD_|ERR_ZSTD)/.test(code)
    ? new InputError(`${showText(name)}: the compressed data are damaged`, { cause: error })
    : error;
}

async function* through(
  transform: Transform,
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const input = Readable.from(bytes);
  input.on('error', (error) => transform.destroy(error));
  try {
    yield* input.pipe(transform);
  } catch (error) {
    throw compressionError(name, error);
  } finally {
    input.destroy();
  }
}

/** The first bytes, as many as tell what they begin: a pipe may hand over one at a time. */
async function startOf(bytes: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < LONGEST_MAGIC) {
    const next = await bytes.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
  }
  return start;
}

/**
 * Bytes as they were before gzip or zstd; others as they are, each piece until the next one is asked for.
 * @param name how the file is called in messages
 * @throws InputError if the compressed bytes are damaged or end early, or are no text but a pickle or a table
 */
export async function* decompressed(
  name: string,
  bytes: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    const start = await startOf(bytes);
    const all = async function* (): AsyncGenerator<Uint8Array> {
      if (start.length > 0) yield start;
      yield* bytes;
    };
    // A decoder reads ahead.
    const copies = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of all()) yield new Uint8Array(piece);
    };
    if (kindOfBytes(start, name) === 'table') {
      throw new InputError(
        `${showText(name)}: expected text, found Parquet, which cannot be read from a pipe`,
      );
    }
    const transform = decompressorFor(start);
    if (transform !== undefined) yield* through(transform, name, copies());
    else yield* isZstd(start) ? unpackZstd(copies(), name) : all();
  } finally {
    await bytes.return(undefined);
  }
}
