// The three samplers of filtered EM: what each draws, what it keeps, and the law of what it keeps.
import { categorical, type RandomStream } from '../../base/random.ts';
import { joint, likelihood, normalised, prior, type Tables, total } from './tables.ts';
import type { Question, Sizes } from './world.ts';

/** The samplers. */
export const SAMPLERS = ['rejection', 'star', 'pps'] as const;
/** A sampler by name. */
export type SamplerName = (typeof SAMPLERS)[number];

/** How a model answers that has the right answer in its prompt, and how often rejection sampling tries. */
export interface Sampling {
  /** Tries per question of rejection sampling. */
  readonly attempts: number;
  /**
   * h: a rationale is drawn in proportion to π(z | x)·π(y* | x, z)^h. 1 is the posterior; 0 pays no attention to whether the rationale
   * leads to the answer.
   */
  readonly hint: number;
  /** κ, the probability that the answer is copied from the prompt, whatever the rationale. */
  readonly copy: number;
}

/** A rationale that was kept, with the log-probabilities with which it and y* were drawn. */
export interface Kept {
  readonly rationale: number;
  readonly drawn: readonly [number, number];
}

/** What a sampler did at one question. */
export interface Sampled {
  readonly kept: Kept | undefined;
  /** Pairs of rationale and answer that it drew. */
  readonly draws: number;
}

/** What a question is under a policy: everything a sampler needs to know. */
export interface Asked {
  /** [M] π(z | x). */
  readonly prior: Float64Array;
  /** [M] π(y* | x, z). */
  readonly likelihood: Float64Array;
  /** [M] π(z | x, y*), the exact E-step. */
  readonly posterior: Float64Array;
  /** π(y* | x). */
  readonly success: number;
}

/** A question under a policy. */
export function asked(sizes: Sizes, tables: Tables, question: Question): Asked {
  const both = joint(sizes, tables, question);
  return {
    prior: prior(sizes, tables, question),
    likelihood: likelihood(sizes, tables, question),
    posterior: normalised(both),
    success: total(both),
  };
}

/** The rationales of a model that has the answer in its prompt, [M]: ∝ π(z | x)·π(y* | x, z)^h. */
export function hinted({ prior, likelihood }: Asked, { hint }: Sampling): Float64Array {
  return normalised(prior.map((p, z) => p * likelihood[z]! ** hint));
}

/** Its probability of y* after each rationale, [M]: κ + (1 − κ)·π(y* | x, z). */
function hintedAnswer({ likelihood }: Asked, { copy }: Sampling): Float64Array {
  return likelihood.map((l) => copy + (1 - copy) * l);
}

/** Probability with which each rationale is drawn under the hint and kept, [M]. */
function hintedKept(question: Asked, sampling: Sampling): Float64Array {
  const answers = hintedAnswer(question, sampling);
  return hinted(question, sampling).map((q, z) => q * answers[z]!);
}

/**
 * The probability with which a sampler keeps each rationale at a question, [M]. Rejection: the posterior times 1 − (1 − J)^attempts, the
 * probability that some try is right. STaR: J times the posterior, where the first try is right, and (1 − J) times what the hint gives.
 * PPS: what the hint gives.
 */
export function keptProbability(sampler: SamplerName, question: Asked, sampling: Sampling): Float64Array {
  const { posterior, success } = question;
  if (sampler === 'rejection') {
    const found = 1 - (1 - success) ** sampling.attempts;
    return posterior.map((p) => found * p);
  }
  const withHint = hintedKept(question, sampling);
  if (sampler === 'pps') return withHint;
  return posterior.map((p, z) => success * p + (1 - success) * withHint[z]!);
}

/** The law of a rationale that a sampler has kept, [M]: the q of its E-step. Under rejection it is the posterior, however often it tries. */
export function keptLaw(sampler: SamplerName, question: Asked, sampling: Sampling): Float64Array {
  return sampler === 'rejection'
    ? question.posterior
    : normalised(keptProbability(sampler, question, sampling));
}

/** One try without the hint: what is kept if its answer is y*. */
function unhintedTry({ prior, likelihood }: Asked, random: RandomStream): Kept | undefined {
  const rationale = categorical([...prior], random);
  if (random.uniform() >= likelihood[rationale]!) return undefined;
  return { rationale, drawn: [Math.log(prior[rationale]!), Math.log(likelihood[rationale]!)] };
}

/** One try with the hint. */
function hintedTry(question: Asked, sampling: Sampling, random: RandomStream): Kept | undefined {
  const law = hinted(question, sampling);
  const rationale = categorical([...law], random);
  const right = hintedAnswer(question, sampling)[rationale]!;
  if (random.uniform() >= right) return undefined;
  return { rationale, drawn: [Math.log(law[rationale]!), Math.log(right)] };
}

/**
 * Runs a sampler at a question: rejection tries without the hint until an answer is right, at most `attempts` times; STaR tries once
 * without it, and once with it if that failed (its rationalisation); PPS tries once with it.
 */
export function sample(
  sampler: SamplerName,
  question: Asked,
  sampling: Sampling,
  random: RandomStream,
): Sampled {
  if (sampler === 'pps') return { kept: hintedTry(question, sampling, random), draws: 1 };
  const tries = sampler === 'star' ? 1 : sampling.attempts;
  for (let draws = 1; draws <= tries; draws++) {
    const kept = unhintedTry(question, random);
    if (kept !== undefined) return { kept, draws };
  }
  if (sampler === 'rejection') return { kept: undefined, draws: tries };
  return { kept: hintedTry(question, sampling, random), draws: 2 };
}
