// What a trainer does under the name of an objective, in the options of ours.
import type { RawOptions } from '../../base/options.ts';
import type { ObjectiveName } from '../names.ts';

/** An objective as one trainer has it. */
export interface TrainerPreset {
  /** Ours, which with these options does what the trainer does; left out: the one of the same name. */
  readonly objective?: ObjectiveName;
  /** What is other than our defaults. */
  readonly options: RawOptions;
  /** How it is switched on in the trainer, unless that is plain. */
  readonly switch?: string;
  /** File and function of the trainer. */
  readonly source: string;
  /** What it does besides, that no option here says; one sentence each. */
  readonly differs?: readonly string[];
}

/** The objectives of one trainer, by our names. */
export interface Trainer {
  /** As people write it. */
  readonly title: string;
  /** The version that was read, as a commit and its date. */
  readonly version: string;
  readonly presets: Partial<Readonly<Record<ObjectiveName, TrainerPreset>>>;
}
