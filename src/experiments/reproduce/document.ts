// What `reproduce` finds: the document gradsplit/reproduce@1 and its parts.

import type { BySplit, EvaluationDocument } from '../../analyses/evaluate.ts';
import type { Estimate, EstimatedMeasures, Grid, Measures, Shapley } from '../../training/index.ts';

/** The models of a seed: where all begin, and what becomes of it by four ways of going on. */
export const MODELS = ['base', 'sft', 'rl', 'rlSample', 'rlDecision'] as const;

/** The name of a model. */
export type ModelName = (typeof MODELS)[number];

/** The pairs of which components are swapped; a->b. */
export const PAIRS = ['sft->rl', 'base->rl', 'base->sft'] as const;

/** The name of a pair. */
export type PairName = (typeof PAIRS)[number];

/** The models of a pair. */
export function modelsOf(pair: PairName): [ModelName, ModelName] {
  return pair.split('->') as [ModelName, ModelName];
}

/** One split of a pair at one seed. */
export interface SwappedSplit {
  /** x/y: x draws the attempts, y decides. */
  readonly grid: Grid<Measures>;
  /** Of the gain in accuracy from a/a to b/b. */
  readonly shapley: Shapley;
}

/** An episode for people. */
export interface ExampleEpisode {
  readonly attempts: readonly string[];
  readonly right: readonly boolean[];
  /** π(STOP) after each attempt that was decided on. */
  readonly stop: readonly number[];
}

/** The same prompt answered by several models. */
export interface Example {
  readonly prompt: string;
  readonly answers: Readonly<Record<'base' | 'sft' | 'rl', ExampleEpisode>>;
}

/** What is measured on the models of one seed. */
export interface SeedEvaluation {
  readonly seed: number;
  readonly models: Readonly<Record<ModelName, EvaluationDocument>>;
  readonly compare: Readonly<Record<PairName, BySplit<SwappedSplit>>>;
  /** Out of distribution. */
  readonly examples: readonly Example[];
}

/** A pair over all seeds: means with t intervals. */
export interface ComparedPair {
  readonly splits: BySplit<{ readonly grid: Grid<EstimatedMeasures>; readonly shapley: Shapley<Estimate> }>;
}

/** What a statement came to. */
export type Verdict = 'supported' | 'notSupported' | 'undecided';

/** A statement of the claim, measured. */
export interface MeasuredStatement {
  readonly id: string;
  readonly statement: string;
  /** What the number is; the statement says that it is above 0. */
  readonly quantity: string;
  /** Mean over seeds. */
  readonly measured: number;
  /** t interval over seeds. */
  readonly ci95: readonly [number, number];
  readonly bySeed: readonly number[];
  readonly verdict: Verdict;
}

/** A gradsplit/reproduce@1 document. */
export interface ReproduceDocument {
  readonly schema: 'gradsplit/reproduce@1';
  readonly preset: string;
  readonly quick: boolean;
  readonly seeds: readonly number[];
  /** Episodes a split, a model and a seed. */
  readonly episodes: number;
  /** Trajectories that SFT and each RL learned from after the base. */
  readonly trajectories: { readonly sft: number; readonly rl: number };
  readonly models: Readonly<Record<ModelName, readonly EvaluationDocument[]>>;
  readonly compare: Readonly<Record<PairName, ComparedPair>>;
  /** When a statement is supported. */
  readonly rule: string;
  readonly claims: readonly MeasuredStatement[];
}
