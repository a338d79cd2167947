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
  /** How the input is called in messages and places, such as the name of the file. */
  readonly source: string;
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
  readonly firstSkipped: SkippedLine[] = [];
  private readonly formats: readonly RolloutFormat[];
  private readonly skipBad: boolean;

  /** @throws InputError for an unknown name of a format */
  constructor({ format, formats = knownFormats, skipBad = false }: ReadOptions) {
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
      this.skipped++;
      if (this.firstSkipped.length < MOST_NAMED) this.firstSkipped.push({ place, message: error.message });
      return [];
    }
  }

  /**
   * Says what is missing after the last record.
   * @throws InputError if there was no trajectory
   */
  end(source: string): void {
    if (this.trajectories > 0) return;
    const name = showText(source);
    if (this.lines === 0) throw new InputError(`${name}: expected rollouts, found nothing`);
    if (this.skipped === 0) throw new InputError(`${name}: expected rollouts, found only a header`);
    throw new InputError(
      `${name}: none of its ${this.lines} lines can be read; the first: ${this.firstSkipped[0]!.message}`,
    );
  }

  private readRecord(record: unknown, place: Place): readonly Trajectory[] {
    const name = showPlace(place);
    if (!isRecord(record)) throw new InputError(`${name}: expected an object, found ${showValue(record)}`);
    if (this.format === undefined) this.format = recognise(record, name, this.formats);
    else this.refuseOther(this.format, record, name);
    const fields = new Fields(record, name, '');
    if (this.format.isHeader?.(record) === true) {
      if (this.lines - this.skipped > 1) fields.failWith('expected the header in the first line only');
      this.header = this.format.readHeader?.(fields);
      return [];
    }
    return this.format.read(fields, place, this.header);
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
