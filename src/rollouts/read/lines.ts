// Divides bytes into lines. A line that comes in many pieces is put together once, so that its length costs no more than its bytes.
import { InputError } from '../../base/errors.ts';

/** The most bytes of a line: half of what a string can hold in every engine, since a character may be written as an escape. */
export const LONGEST_LINE = 1 << 28;

const NEWLINE = 10;

/** @throws InputError for a line of more bytes than a line may have */
function refuseLonger(source: string, line: number, bytes: number, longest: number): void {
  if (bytes <= longest) return;
  const limit = Math.floor(longest / 1e6);
  throw new InputError(`${source}: line ${line}: expected at most ${limit} MB, found a longer line`);
}

/**
 * The pieces, none before the first line is known to end, and an error as soon as a line is too long: what keeps them is not filled by
 * something that has no lines. Compressed bytes pass, since they are as good as random.
 * @throws InputError for a line that is too long, naming it
 */
export async function* boundedLines(
  source: string,
  pieces: AsyncIterable<Uint8Array>,
  longest: number = LONGEST_LINE,
): AsyncGenerator<Uint8Array> {
  const first: Uint8Array[] = [];
  let line = 1;
  let size = 0;
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      refuseLonger(source, line++, size + end - from, longest);
      size = 0;
      from = end + 1;
    }
    size += piece.length - from;
    refuseLonger(source, line, size, longest);
    if (line === 1) first.push(new Uint8Array(piece));
    else {
      yield* first.splice(0);
      yield piece;
    }
  }
  yield* first;
}

/** The lines of bytes that come piece by piece. A piece may be used again when its lines were taken. */
export class LineSplitter {
  private readonly source: string;
  private readonly longest: number;
  private readonly pieces: Uint8Array[] = [];
  private held = 0;
  /** The lines that were handed out. */
  count = 0;

  constructor(source: string, longest: number = LONGEST_LINE) {
    this.source = source;
    this.longest = longest;
  }

  /**
   * The lines that a piece completes, as bytes without the line feed.
   * @throws InputError for a line that is too long
   */
  *push(piece: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      const line = this.take(piece.subarray(from, end));
      from = end + 1;
      this.count++;
      yield line;
    }
    if (from < piece.length) this.hold(new Uint8Array(piece.subarray(from)));
  }

  /** The last line, where no line feed ends it; undefined where there is none. */
  end(): Uint8Array | undefined {
    if (this.held === 0) return undefined;
    this.count++;
    return this.take(new Uint8Array(0));
  }

  private hold(rest: Uint8Array): void {
    this.pieces.push(rest);
    this.held += rest.length;
    refuseLonger(this.source, this.count + 1, this.held, this.longest);
  }

  private take(last: Uint8Array): Uint8Array {
    if (this.held === 0) return last;
    const line = new Uint8Array(this.held + last.length);
    let at = 0;
    for (const piece of this.pieces) {
      line.set(piece, at);
      at += piece.length;
    }
    line.set(last, at);
    this.pieces.length = 0;
    this.held = 0;
    return line;
  }
}
