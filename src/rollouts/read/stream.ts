// Reads the bytes of rollouts as a stream: lines of JSON, or one JSON document over many lines.
import { InputError } from '../../base/errors.ts';
import { parseJsonLine } from '../../base/jsonLine.ts';
import { parseJson } from '../../base/jsonText.ts';
import { showText } from '../../base/show.ts';
import type { Place, Trajectory } from '../trajectory.ts';
import { LineSplitter, LONGEST_LINE } from './lines.ts';
import { isBlank, lineText, refuseBinary } from './lineText.ts';
import { type ReadOptions, RecordReader, showPlace } from './recordReader.ts';
import type { ReadReport } from './report.ts';

/** A line and where it stands. */
interface Line {
  readonly bytes: Uint8Array;
  readonly place: Place;
}

const BLANKS: readonly number[] = [32, 9, 13];
const [COMMA, OPEN_ARRAY, OPEN_OBJECT] = [44, 91, 123];

/** Whether a line begins a value and does not end it, as the first line of a document over many lines does. */
function isOpening(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => !BLANKS.includes(byte));
  const last = bytes.findLast((byte) => !BLANKS.includes(byte));
  return (
    (first === OPEN_ARRAY || first === OPEN_OBJECT) &&
    (last === COMMA || last === OPEN_ARRAY || last === OPEN_OBJECT)
  );
}

function isIndented([first]: Uint8Array): boolean {
  return first === 32 || first === 9;
}

/** Reads bytes as they come; for a source that is read at once as well as for one that is waited for. */
export class RolloutStream {
  private readonly source: string;
  private readonly splitter: LineSplitter;
  private readonly records: RecordReader;
  /** A first line that a document over many lines may begin with. */
  private opening: Line | undefined;
  /** The lines of a document over many lines; undefined where lines are records. */
  private document: string[] | undefined;
  private documentSize = 0;

  /**
   * @param source how the bytes are called in messages and places, such as the name of the file
   * @param records what turns records into trajectories; one for all files of a run
   */
  constructor(source: string, records: RecordReader) {
    this.source = source;
    this.splitter = new LineSplitter(showText(source));
    this.records = records;
    records.beginFile();
  }

  /**
   * The trajectories that a piece of the bytes completes.
   * @throws InputError naming file, line and path of the field
   */
  *push(bytes: Uint8Array): Generator<Trajectory> {
    for (const line of this.splitter.push(bytes)) yield* this.line(line);
  }

  /**
   * The trajectories of what is left after the last piece.
   * @param isOneOfSeveral whether a file without rollouts may be left out
   * @throws InputError as `push` does, and if there were no rollouts at all
   */
  *end(isOneOfSeveral = false): Generator<Trajectory> {
    const last = this.splitter.end();
    if (last !== undefined) yield* this.line(last);
    if (this.opening !== undefined) yield* this.record(this.opening);
    if (this.document !== undefined) yield* this.wholeDocument(this.document);
    this.records.endFile(this.source, isOneOfSeveral);
  }

  private line(bytes: Uint8Array): readonly Trajectory[] {
    const place: Place = { file: this.source, line: this.splitter.count };
    if (this.document !== undefined) {
      this.keep(lineText(bytes, showPlace(place), false));
      return [];
    }
    if (isBlank(bytes)) return [];
    const { opening } = this;
    if (opening !== undefined) return this.secondLine(opening, { bytes, place });
    if (this.records.linesOfFile === 0 && isOpening(bytes)) {
      this.opening = { bytes: new Uint8Array(bytes), place };
      return [];
    }
    return this.record({ bytes, place });
  }

  /** A document over many lines is indented; a line that only looks like its beginning has been cut. */
  private secondLine(opening: Line, second: Line): readonly Trajectory[] {
    this.opening = undefined;
    if (!isIndented(second.bytes)) return [...this.record(opening), ...this.record(second)];
    this.document = [];
    for (const { bytes, place } of [opening, second])
      this.keep(lineText(bytes, showPlace(place), place.line === 1));
    return [];
  }

  private record({ bytes, place }: Line): readonly Trajectory[] {
    return this.records.read(place, () => this.parse(bytes, place));
  }

  private parse(bytes: Uint8Array, place: Place): unknown {
    const name = showPlace(place);
    const text = lineText(bytes, name, place.line === 1);
    try {
      return parseJsonLine(text, name);
    } catch (error) {
      refuseBinary(bytes, name);
      throw error;
    }
  }

  private keep(text: string): void {
    this.document!.push(text);
    this.documentSize += text.length + 1;
    if (this.documentSize <= LONGEST_LINE) return;
    throw new InputError(
      `${showText(this.source)}: line 1: expected one JSON object a line, or a document of at most ` +
        `${Math.floor(LONGEST_LINE / 1e6)} MB, found the beginning of a longer one`,
    );
  }

  private wholeDocument(lines: readonly string[]): readonly Trajectory[] {
    return this.records.read({ file: this.source, line: 1 }, () =>
      parseJson(lines.join('\n'), showText(this.source)),
    );
  }
}

/** Trajectories as they are read, with what reading them has found out so far. */
export interface ReadRollouts extends AsyncIterable<Trajectory> {
  readonly report: ReadReport;
}

/**
 * Reads rollouts from bytes that come piece by piece, such as those of a file or of a response. It can be gone through once.
 * @param chunks the bytes, divided anywhere
 * @throws InputError for an unknown name of a format; while one goes through it, naming file, line and path of the field
 */
export function readRollouts(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadOptions,
): ReadRollouts {
  const records = new RecordReader(options);
  const stream = new RolloutStream(options.source ?? 'rollouts', records);
  return {
    report: records,
    async *[Symbol.asyncIterator]() {
      for await (const chunk of chunks) yield* stream.push(chunk);
      yield* stream.end();
    },
  };
}
