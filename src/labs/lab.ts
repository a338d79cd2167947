// A lab is data around one generator: what a published system claims, how it is built small, what must be seen, and what must not.
import type { Options, TableOf } from '../base/options.ts';
import type { LabPicture } from './picture.ts';

/** How much of a gradient belongs to a component; shares of all components add up to 1, but for `mass`, which has signs. */
export interface LabShare {
  /** Its part of Σ_t |w_t|. */
  readonly weight: number;
  /** Σ of its w_t over Σ_t |w_t| of all: how much it is pushed up or down on balance, from −1 to 1. */
  readonly mass: number;
  /** ‖g_component‖ over the sum of these norms. */
  readonly gradient: number;
}

/** What one seed gives: plain data, as it is written to the folder of a lab. */
export interface LabSeed {
  /** Numbers by name; checks and controls name them. */
  readonly measured: Readonly<Record<string, number>>;
  /** Columns by name, as long at every seed; the picture names them. */
  readonly series: Readonly<Record<string, readonly number[]>>;
  /** How the gradient of the lab's own objective divides between its components, by name. */
  readonly split: Readonly<Record<string, LabShare>>;
  /** Codes of findings of at least a warning in the lab's rollouts. */
  readonly audit: readonly string[];
}

/** How far a seed is. */
export interface LabProgress {
  /** Of the work of the seed, from 0 to 1. */
  readonly share: number;
  /** What is worth saying, such as `step 120/400, accuracy 0.71`. */
  readonly label: string;
}

/** Where a number must lie; both bounds belong to it. */
export interface Expected {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A number that must lie somewhere, at every seed or on average. */
export interface LabCheck<O = Options> {
  readonly name: string;
  /** What holds if it does. */
  readonly sentence: string;
  /** The name of the number in `measured`. */
  readonly of: string;
  expects(options: O): Expected;
  /**
   * `mean`: the 95 % interval of the mean over seeds must lie within. `every`: each seed must, for identities up to rounding and
   * bounds that are certain.
   */
  readonly over: 'mean' | 'every';
  /** What the authors report for it, in words, where they do; shown beside, never compared with. */
  readonly paper?: string;
}

/** The same comparison, put to something for which the statement is wrong: it is rejected if the number lies outside for certain. */
export interface LabControl<O = Options> extends LabCheck<O> {
  /** What is wrong about it. */
  readonly wrong: string;
}

/** An experiment to try next. */
export interface NextExperiment {
  /** Entries for `--set`, such as `steps=800`. */
  readonly set: readonly string[];
  /** What to expect, in a sentence. */
  readonly expect: string;
}

/** A lab. `O` is inferred from its table of options. */
export interface Lab<O = Options> {
  /** As on the command line. */
  readonly name: string;
  readonly title: string;
  /** Such as `arXiv 2508.11800`. */
  readonly source: string;
  /** What it answers, as one question. */
  readonly question: string;
  /** Where to look in the result, in a few words. */
  readonly look: string;
  /** How long it takes on two cores by default, about. */
  readonly minutes: number;
  /** How it is built, in paragraphs of Markdown with TeX between dollars. */
  readonly method: readonly string[];
  /** What the paper says, cited: a sentence each. */
  readonly paper: readonly string[];
  /** What is our own reading or derivation: a sentence each. */
  readonly ours: readonly string[];
  /** What differs from the paper. */
  readonly differs: readonly string[];
  /** Which texts of the system it rests on. */
  readonly restsOn: string;
  /** Its settings: defaults, what is expected, a sentence each. */
  readonly options: TableOf<O>;
  /** Where its usual seeds begin, if not at 1001: beyond every seed that was looked at while its settings and bounds were chosen. */
  readonly firstSeed?: number;
  /** How many seeds there are if nobody says, if not 5. */
  readonly seeds?: number;
  /** Settings that `--full` changes. */
  readonly full: Partial<O>;
  /** Settings with which it ends in a few seconds and its checks still hold, for tests. */
  readonly small: Partial<O>;
  /**
   * Runs one seed. It pauses at every `yield`, at least every half second, where it may be stopped; the same options and seed give the
   * same result.
   */
  measure(options: O, seed: number): AsyncGenerator<LabProgress, LabSeed>;
  readonly checks: readonly LabCheck<O>[];
  readonly controls: readonly LabControl<O>[];
  /** Codes that the audit of its rollouts must find, because they are the point; all others are a failed check. */
  readonly findings: readonly string[];
  readonly picture: LabPicture;
  readonly next: readonly NextExperiment[];
}

/** Where the seeds of a lab begin if nobody says: no setting and no bound of it was chosen while looking at that one or a larger one. */
export function firstSeedOf({ firstSeed = 1001 }: Pick<Lab, 'firstSeed'>): number {
  return firstSeed;
}

/** How many seeds a lab has if nobody says. */
export function usualSeedsOf({ seeds = 5 }: Pick<Lab, 'seeds'>): number {
  return seeds;
}

/** A lab from its definition; the types of its options are inferred from their table. */
export function defineLab<O>(lab: Lab<O>): Lab<O> {
  return lab;
}
