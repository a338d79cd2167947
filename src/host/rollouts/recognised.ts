// Bytes of a pipe that are let through only while they may be rollouts: what keeps them is not filled by something else without end.
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { type RecordReader, RolloutStream } from '../../rollouts/index.ts';
import { isCompressed } from './decompress.ts';
import { kindOfBytes } from './tableFile.ts';

/** The most bytes before the first record: as many as a line may have. */
const MOST_BEFORE = 1 << 28;
/** As many bytes as tell what kind of file it is. */
const MAGIC = 4;

/** Reads pieces until there is a record. */
class FirstRecord {
  private readonly name: string;
  private readonly records: RecordReader;
  private readonly stream: RolloutStream;
  private readonly most: number;
  private bytes = 0;

  constructor(name: string, records: RecordReader, most: number) {
    this.name = name;
    this.records = records;
    this.stream = new RolloutStream(name, records);
    this.most = most;
  }

  /** Whether there has been one. @throws InputError as reading does, and if there is none among too many bytes */
  isFoundIn(piece: Uint8Array): boolean {
    // One trajectory is enough to know; the others of the piece are read in the first pass.
    for (const _ of this.stream.push(piece)) return true;
    this.bytes += piece.length;
    if (this.records.lines > 0) return true;
    if (this.bytes <= this.most) return false;
    const limit = Math.floor(this.most / 1e6);
    throw new InputError(`${showText(this.name)}: expected rollouts, found none in the first ${limit} MB`);
  }
}

/**
 * The pieces, each once it is known that they may be rollouts: text whose first record is not of any format ends them. Compressed bytes
 * and tables pass.
 * @param records reads the first record; nothing else is to use it
 * @param most how many bytes may come before the first record
 * @throws InputError as reading the first record does
 */
export async function* recognised(
  name: string,
  pieces: AsyncIterable<Uint8Array>,
  records: RecordReader,
  most: number = MOST_BEFORE,
): AsyncGenerator<Uint8Array> {
  const first = new FirstRecord(name, records, most);
  let start: Uint8Array = new Uint8Array(0);
  let isKnown = false;
  for await (const piece of pieces) {
    if (isKnown) {
      yield piece;
      continue;
    }
    const isStart = start.length < MAGIC;
    const whole = isStart ? Buffer.concat([start, piece]) : piece;
    if (isStart) start = whole;
    if (isStart && whole.length < MAGIC) continue;
    const isText = !isStart || (kindOfBytes(whole, name) === 'text' && !isCompressed(whole));
    isKnown = !isText || first.isFoundIn(whole);
    yield whole;
  }
  if (start.length < MAGIC && start.length > 0) yield start;
}
