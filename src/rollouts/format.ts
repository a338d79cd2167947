// What a format of rollouts is: how its records are recognised, and how one becomes trajectories.
import type { Fields, JsonRecord } from '../base/fields.ts';
import type { Place, Trajectory } from './trajectory.ts';

/** What a file says once for all of its trajectories, such as the header of rollouts@1. */
export interface Header {
  /** The objective, as `--objective` takes it. */
  readonly objective?: string;
  readonly options?: Readonly<Record<string, unknown>>;
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
  /**
   * The trajectories of one record; none for a record that is only a header.
   * @throws InputError naming file, line and path of the field
   */
  read(fields: Fields, place: Place): readonly Trajectory[];
}
