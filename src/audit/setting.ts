// What an audit is told besides the rollouts: the objective with its options, and where these come from.
import type { Options } from '../base/options.ts';
import type { Objective } from '../objectives/index.ts';
import type { PageMemory } from './columns/pageMemory.ts';

/** An objective with its options complete. */
export interface ChosenObjective {
  readonly objective: Objective;
  readonly options: Options;
  /** The trainer whose conventions the options follow, such as `trl`. */
  readonly trainer?: string;
  /** Who says so: the user, the header of the file, or a fit to what the trainer logged. */
  readonly from: 'user' | 'header' | 'fit';
  /** Bounds of its clip that logged weights show, by option, each between two values; of a fit only. */
  readonly clip?: Readonly<Record<string, readonly [number, number]>>;
}

/** What an audit is told. */
export interface Setting {
  /** Undefined where nobody says: rules that need it are not checked. */
  readonly chosen?: ChosenObjective;
  /** Where the columns are; left out: in memory. */
  readonly memory?: PageMemory;
}

/** The name of the declared objective without its trainer: `gspo` of `gspo@verl`. */
export function baseName({ chosen }: Setting): string | undefined {
  return chosen?.objective.name.split('@')[0];
}

/** The value of an option of the declared objective; undefined if there is no objective, or it has no such option. */
export function optionOf({ chosen }: Setting, name: string): number | string | boolean | undefined {
  const value =
    chosen === undefined || !Object.hasOwn(chosen.options, name) ? undefined : chosen.options[name];
  return typeof value === 'object' ? undefined : value;
}
