// What a format of rollouts is: how its records are recognised, and how one becomes trajectories.
import type { Fields, JsonRecord } from '../base/fields.ts';
import type { Place, Trajectory } from './trajectory.ts';

/** What a file says once for all of its trajectories, such as the header of rollouts@1. */
export interface Header {
  /** The objective, as `--objective` takes it. */
  readonly objective?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** What stands in for tokens; tokens of a model if left out. */
  readonly unit?: 'words';
}

/** One format. Its records are the lines of a JSONL file, or the rows of a table. */
export interface RolloutFormat {
  /** As `--format` takes it. */
  readonly name: string;
  /** The trainer and its file, for people. */
  readonly title: string;
  /** The switch of the trainer that writes it. */
  readonly writtenBy: string;
  /** What such a file cannot tell, one sentence each. */
  readonly lacks: readonly string[];
  /** Whether a record has the fields that tell this format from all others. */
  recognises(record: JsonRecord): boolean;
  /** Whether a record, which may only be the first, is a header without trajectories. */
  isHeader?(record: JsonRecord): boolean;
  /**
   * What such a header says.
   * @throws InputError naming file, line and path of the field
   */
  readHeader?(fields: Fields): Header;
  /**
   * The trajectories of one record.
   * @param header what the header said, where there was one
   * @throws InputError naming file, line and path of the field
   */
  read(fields: Fields, place: Place, header?: Header): readonly Trajectory[];
}
