// Turns records into trajectories: finds their format, holds all of them to it, and counts what is left out.
import { InputError } from '../../base/errors.ts';
import { Fields, isRecord, type JsonRecord } from '../../base/fields.ts';
import { showText, showValue } from '../../base/show.ts';
import type { Header, RolloutFormat } from '../format.ts';
import { formats as knownFormats } from '../formats/index.ts';
import type { Place, Trajectory } from '../trajectory.ts';
import { formatNamed, recognise, showFields } from './recognise.ts';
import type { ReadReport, SkippedLine } from './report.ts';

/** How to read. */
export interface ReadOptions {
  /** How the input is called in messages and places, such as the name of the file; `rollouts` if left out. */
  readonly source?: string;
  /** The format, or its name; recognised by the fields of the first record if left out. */
  readonly format?: string | RolloutFormat;
  /** The formats to choose among: all of `rolloutFormats` if left out. */
  readonly formats?: readonly RolloutFormat[];
  /** Leaves out what is wrong, and counts it. */
  readonly skipBad?: boolean;
}

/** Left-out lines that are named. */
const MOST_NAMED = 5;

/** How a place is called in messages. */
export function showPlace({ file, line }: Place): string {
  return `${showText(file)}: line ${line}`;
}

/** Reads records one after the other; its members are the report. */
export class RecordReader implements ReadReport {
  format: RolloutFormat | undefined;
  header: Header | undefined;
  lines = 0;
  trajectories = 0;
  skipped = 0;
  repeated = 0;
  readonly firstSkipped: SkippedLine[] = [];
  private readonly formats: readonly RolloutFormat[];
  private readonly skipBad: boolean;
  /** Headers, which do not count as lines. */
  private headers = 0;
  /** What there was before the file that is being read. */
  private before = { lines: 0, trajectories: 0, skipped: 0, headers: 0 };

  /** @throws InputError for an unknown name of a format */
  constructor({ format, formats = knownFormats, skipBad = false }: ReadOptions = {}) {
    this.formats = formats;
    this.skipBad = skipBad;
    this.format = typeof format === 'string' ? formatNamed(format, formats) : format;
  }

  /**
   * The trajectories of a record.
   * @param make gives the record; what it throws counts as an error of the record
   * @throws InputError naming the place, unless such records are left out
   */
  read(place: Place, make: () => unknown): readonly Trajectory[] {
    this.lines++;
    try {
      const read = this.readRecord(make(), place);
      this.trajectories += read.length;
      return read;
    } catch (error) {
      if (!(error instanceof InputError) || !this.skipBad) throw error;
      this.leaveOut(place, error.message);
      return [];
    }
  }

  /** Lines of the file that is being read, its header included. */
  get linesOfFile(): number {
    const { before, lines, headers } = this;
    return lines - before.lines + headers - before.headers;
  }

  /** Begins with another file. */
  beginFile(): void {
    const { lines, trajectories, skipped, headers } = this;
    this.before = { lines, trajectories, skipped, headers };
  }

  /**
   * Ends a file.
   * @throws InputError if there was no trajectory in it, unless it is one of several of which such are left out
   */
  endFile(file: string, isOneOfSeveral = false): void {
    const { before } = this;
    if (this.trajectories > before.trajectories) return;
    const skipped = this.skipped - before.skipped;
    const name = showText(file);
    const message =
      this.linesOfFile === 0
        ? `${name}: expected rollouts, found nothing`
        : skipped === 0
          ? `${name}: expected rollouts, found ${this.headers > before.headers ? 'only a header' : 'none'}`
          : `${name}: none of its ${this.linesOfFile} lines can be read; the first: ${this.firstSkipped[0]!.message}`;
    if (!this.skipBad || !isOneOfSeveral) throw new InputError(message);
    if (skipped === 0) this.leaveOut({ file, line: 1 }, message);
  }

  private leaveOut(place: Place, message: string): void {
    this.skipped++;
    if (this.firstSkipped.length < MOST_NAMED) this.firstSkipped.push({ place, message });
  }

  private readRecord(record: unknown, place: Place): readonly Trajectory[] {
    const name = showPlace(place);
    if (!isRecord(record)) throw new InputError(`${name}: expected an object, found ${showValue(record)}`);
    if (this.format === undefined) this.format = recognise(record, name, this.formats);
    else this.refuseOther(this.format, record, name);
    const fields = new Fields(record, name, '');
    if (this.format.isHeader?.(record) === true) {
      this.readHeader(this.format, fields);
      return [];
    }
    return this.format.read(fields, place, this.header);
  }

  private readHeader(format: RolloutFormat, fields: Fields): void {
    if (this.linesOfFile > 1) fields.failWith('expected the header in the first line only');
    const header = format.readHeader?.(fields);
    if (this.headers > 0 && JSON.stringify(header) !== JSON.stringify(this.header)) {
      fields.failWith('expected the same header as in the file before');
    }
    this.header = header;
    this.headers++;
    this.lines--;
  }

  /** @throws InputError if the record is recognised by another format and not by the one of those before */
  private refuseOther(format: RolloutFormat, record: JsonRecord, name: string): void {
    if (format.recognises(record)) return;
    const other = this.formats.find((known) => known !== format && known.recognises(record));
    if (other === undefined) return;
    throw new InputError(
      `${name}: expected rollouts as ${format.name} has them, found ${showFields(record)}, as in ${other.name}`,
    );
  }
}
