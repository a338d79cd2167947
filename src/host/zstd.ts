// Unpacks Zstandard while it is read. Node before 22.15 has no decoder of its own.
import { Decompress } from 'fzstd';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';

/** The first four bytes of a frame. */
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** The largest window in bytes, 128 MiB: that of `zstd` without --long. */
const LARGEST_WINDOW = 2 ** 27;
/** A header is at most this long. */
const HEADER = 18;

/** Whether bytes begin as a Zstandard file does. */
export function isZstd(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** How many bytes the decoder keeps for a frame with this header: its window, or all of its content (RFC 8878, 3.1.1.1). */
function windowOf(header: Uint8Array): number {
  const [descriptor, first] = [header[4] ?? 0, header[5] ?? 0];
  if ((descriptor & 0x20) === 0) return 2 ** (10 + (first >> 3)) * (1 + (first & 7) / 8);
  const at = 5 + [0, 1, 2, 4][descriptor & 3]!;
  const bytes = header.subarray(at, at + [1, 2, 4, 8][descriptor >> 6]!);
  return bytes.reduce((size, byte, i) => size + byte * 256 ** i, 0);
}

/**
 * The content of a Zstandard file, piece by piece; frames one after the other are read to the end. No more is kept than the window of a
 * frame. Checksums are not verified.
 * @param name the file, for messages
 * @throws InputError if it ends early or is damaged, or begins with a frame whose window is larger than 128 MiB
 */
export async function* unpackZstd(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  let unpacked: Uint8Array[] = [];
  const decoder = new Decompress((piece) => void unpacked.push(piece));
  const push = (piece: Uint8Array, isLast: boolean): readonly Uint8Array[] => {
    unpacked = [];
    try {
      decoder.push(piece, isLast);
    } catch (error) {
      throw new InputError(`${showText(name)}: the Zstandard stream ${whatIsWrong(error)}`);
    }
    return unpacked;
  };
  let header: Uint8Array | undefined = new Uint8Array(0);
  const begin = (bytes: Uint8Array): readonly Uint8Array[] => {
    const window = windowOf(bytes);
    if (window <= LARGEST_WINDOW) return push(bytes, false);
    throw new InputError(
      `${showText(name)}: the Zstandard stream needs a window of ${window} bytes; expected at most ${LARGEST_WINDOW}`,
    );
  };
  for await (const piece of pieces) {
    if (header === undefined) yield* push(piece, false);
    else {
      header = joined(header, piece);
      if (header.length < HEADER) continue;
      yield* begin(header);
      header = undefined;
    }
  }
  if (header !== undefined) yield* begin(header);
  yield* push(new Uint8Array(0), true);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Whatever the decoder stumbles over is damage of the file: it reads nothing else. */
function whatIsWrong(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return reason === 'unexpected EOF' ? 'ends before its end' : `is damaged: ${reason}`;
}
