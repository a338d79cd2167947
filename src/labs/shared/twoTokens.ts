// Policies whose rollouts have two tokens, as two labs have them: where to look in the prompt, then what to answer.
import {
  concat,
  gather,
  indices,
  logSoftmax,
  type Parameters,
  pick,
  reshape,
  scope,
  type Tensor,
} from '../../autodiff/index.ts';
import type { RawOptions } from '../../base/options.ts';
import { categorical, type RandomStream } from '../../base/random.ts';
import { chooseObjective, type TokenBatch } from '../../objectives/index.ts';
import type { LabTrajectory } from './audited.ts';
import { evenOffsets, onPolicyBatch } from './onPolicy.ts';
import { type SegmentGradient, segmentGradient } from './split.ts';

/** How such a policy computes, in ops of the engine. `C` holds P prompts. */
export interface TwoTokenPolicy<C> {
  /** Logits of the N places to look at, [P, N]. */
  looks(parameters: Parameters, prompts: C): Tensor;
  /** Logits of the A answers by what is seen, [S, A]. */
  answers(parameters: Parameters): Tensor;
  /** What is seen at a place of a prompt, from 0 to S − 1. */
  seen(prompts: C, prompt: number, place: number): number;
}

/** B rollouts; rollout i has the tokens 2i, where it looks, and 2i + 1, the answer. */
export interface TwoTokens {
  /** [B] the prompt, as its place among the prompts; it is the group. */
  readonly prompt: Int32Array;
  /** [B] where it looks. */
  readonly look: Int32Array;
  /** [B] what it sees there. */
  readonly seen: Int32Array;
  /** [B] */
  readonly answer: Int32Array;
}

/** Log-probabilities of all tokens there could be, by row. */
export interface Tables {
  /** [P][N] log π(place | prompt). */
  readonly look: readonly Float64Array[];
  /** [S][A] log π(answer | seen). */
  readonly answer: readonly Float64Array[];
}

function rowsOf(logits: Tensor): Float64Array[] {
  const values = Float64Array.from(logSoftmax(logits).readSync());
  const [rows, columns] = logits.shape as [number, number];
  return Array.from({ length: rows }, (_, r) => values.subarray(r * columns, (r + 1) * columns));
}

/** What a policy writes with which probability. */
export function tablesOf<C>(policy: TwoTokenPolicy<C>, parameters: Parameters, prompts: C): Tables {
  return scope(() => ({
    look: rowsOf(policy.looks(parameters, prompts)),
    answer: rowsOf(policy.answers(parameters)),
  }));
}

function drawn(logProb: Float64Array, random: RandomStream): number {
  return categorical(Array.from(logProb, Math.exp), random);
}

/** `group` rollouts of every prompt, those of a prompt one after the other. */
export function drawRollouts<C>(
  policy: TwoTokenPolicy<C>,
  { look, answer }: Tables,
  prompts: C,
  group: number,
  random: RandomStream,
): TwoTokens {
  const size = look.length * group;
  const out = {
    prompt: Int32Array.from({ length: size }, (_, i) => Math.floor(i / group)),
    look: new Int32Array(size),
    seen: new Int32Array(size),
    answer: new Int32Array(size),
  };
  for (const [i, p] of out.prompt.entries()) {
    out.look[i] = drawn(look[p]!, random);
    out.seen[i] = policy.seen(prompts, p, out.look[i]!);
    out.answer[i] = drawn(answer[out.seen[i]!]!, random);
  }
  return out;
}

/** log π of the tokens of rollouts, [2B], in ops of the engine. */
export function tokenLogProbs<C>(
  policy: TwoTokenPolicy<C>,
  parameters: Parameters,
  prompts: C,
  { prompt, look, seen, answer }: TwoTokens,
): Tensor {
  const rowsAt = (logits: Tensor, row: Int32Array, column: Int32Array): Tensor =>
    reshape(pick(gather(logSoftmax(logits), indices(row)), indices(column)), [row.length, 1]);
  const tokens = [
    rowsAt(policy.looks(parameters, prompts), prompt, look),
    rowsAt(policy.answers(parameters), seen, answer),
  ];
  return reshape(concat(tokens, 1), [2 * prompt.length]);
}

/** Rollouts as an objective sees them, on policy: the first token is of the component `sample`, the second of `decision`. */
export function batchOf(
  { prompt }: Pick<TwoTokens, 'prompt'>,
  reward: Float64Array,
  logProb: Float64Array,
): TokenBatch {
  return {
    ...onPolicyBatch({ offsets: evenOffsets(prompt.length, 2), logProb, reward, group: prompt }),
    component: Uint8Array.from(logProb, (_, t) => t % 2),
  };
}

/** An objective by its name, with the options it is given. */
export interface NamedObjective {
  readonly name: string;
  readonly options: RawOptions;
}

/** The gradient of an objective on rollouts, divided between the two tokens, whose names are given. */
export function gradientOf<C>(
  policy: TwoTokenPolicy<C>,
  parameters: Parameters,
  prompts: C,
  rollouts: TwoTokens,
  reward: Float64Array,
  { name, options: raw }: NamedObjective,
  segments: readonly [string, string],
): SegmentGradient {
  const { objective, options } = chooseObjective(name, raw);
  return segmentGradient({
    parameters,
    logProbs: (p) => tokenLogProbs(policy, p, prompts, rollouts),
    loss: (logProb, values) => objective.loss(logProb, batchOf(rollouts, reward, values), options),
    segment: Uint8Array.from({ length: 2 * reward.length }, (_, t) => t % 2),
    segments,
  });
}

/** Rollouts of a step as the audit reads them: a token that stands for the prompt, then the two. */
export function trajectoriesOf(
  { prompt, look, seen, answer }: TwoTokens,
  tables: Tables,
  reward: Float64Array,
  correct: Uint8Array,
  step: number,
): LabTrajectory[] {
  return Array.from(prompt, (p, i) => ({
    group: `${step}:${p}`,
    step,
    tokens: [`prompt${p}`, `place${look[i]}`, `answer${answer[i]}`],
    roles: ['prompt', 'sample', 'decision'],
    logProbs: [Number.NaN, tables.look[p]![look[i]!]!, tables.answer[seen[i]!]![answer[i]!]!],
    reward: reward[i]!,
    correct: correct[i] === 1,
  }));
}
