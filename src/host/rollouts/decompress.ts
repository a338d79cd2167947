// Undoes gzip and zstd, by the bytes that a file begins with.
import { Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { isZstd, unpackZstd } from '../zstd.ts';
import { kindOfBytes } from './tableFile.ts';

const GZIP = [0x1f, 0x8b];

function beginsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
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

/**
 * Bytes as they were before gzip or zstd; others as they are.
 * @param name how the file is called in messages
 * @throws InputError if the compressed bytes are damaged or end early, or are no text but a pickle or a table
 */
export async function* decompressed(
  name: string,
  bytes: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    const first = await bytes.next();
    if (first.done === true) return;
    const all = (async function* () {
      yield first.value;
      yield* bytes;
    })();
    if (kindOfBytes(first.value, name) === 'table') {
      throw new InputError(
        `${showText(name)}: expected text, found Parquet, which cannot be read from a pipe`,
      );
    }
    const transform = decompressorFor(first.value);
    if (transform !== undefined) yield* through(transform, name, all);
    else yield* isZstd(first.value) ? unpackZstd(all, name) : all;
  } finally {
    await bytes.return(undefined);
  }
}
