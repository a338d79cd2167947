// What is attributed: a model at a batch of responses, with an objective and everything that it reads of them.
import type { ResponseBatch, Segments } from '../../attribution/index.ts';
import type { Options } from '../../base/options.ts';
import type { AttributionDocument } from '../../documents/attribution.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import type { Objective, TokenBatch } from '../../objectives/index.ts';
import type { Place, Trajectory } from '../../rollouts/index.ts';

/** A model at a batch. */
export interface AttributionSubject {
  /** The folder of the model, or whatever names it in the document. */
  readonly checkpoint: string;
  readonly network: Network;
  readonly weights: WeightSource;
  readonly batch: ResponseBatch;
  readonly objective: Objective;
  readonly options: Options;
  /** The batch as the objective sees it, at these log-probs of the policy, [N]. */
  tokensAt(logProb: Float64Array): TokenBatch;
  /** The component of every token. */
  readonly segments: Segments;
  /** What people see: of tokens, [N], and of trajectories, [B]. */
  readonly shown: {
    /** [N] */
    readonly tokens: readonly string[];
    /** [N] the place in the trajectory, prompt included. */
    readonly positions: Int32Array;
    /** [B] */
    readonly groups: readonly string[];
    /** [B] file and line, or the prompt. */
    readonly places: readonly string[];
    /** [B] where a trajectory stands; of a run's own episodes their numbers from 1. */
    readonly origins: readonly Pick<Place, 'file' | 'line'>[];
    /** [B] the tokens before the response. */
    readonly prompts: readonly (readonly string[])[];
    /** [B] what else is known of a trajectory. */
    readonly outcomes: readonly Pick<Trajectory, 'correct' | 'truncated' | 'rewards'>[];
  };
  readonly rollouts: Pick<
    AttributionDocument['rollouts'],
    'from' | 'files' | 'seed' | 'advantages' | 'reference'
  >;
}

/** How many values a network has. */
export function parameterCountOf({ layout }: Network): number {
  return layout.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0);
}

/** The trajectory of every token, [N]. */
export function trajectoryOf(offsets: Int32Array): Int32Array {
  const out = new Int32Array(offsets.at(-1)!);
  for (let i = 0; i + 1 < offsets.length; i++) out.fill(i, offsets[i], offsets[i + 1]);
  return out;
}
