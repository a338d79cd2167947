// Mistakes about log-probs, as functions that alter sound trajectories.

import type { Mistake } from '../../../src/audit/simulator/index.ts';
import { randomStream } from '../../../src/base/random.ts';
import { ROLES, type Trajectory } from '../../../src/rollouts/index.ts';

const EOS = ROLES.indexOf('eos');

const trained = ({ mask }: Trajectory, t: number): boolean => mask[t] === 1;

/** The array with other numbers where the condition holds. */
export function changed(
  values: Float64Array,
  holds: (t: number) => boolean,
  to: (value: number, t: number) => number,
): Float64Array {
  return values.map((x, t) => (holds(t) ? to(x, t) : x));
}

/** logprob-positive: a sentinel of 1.0 on the first trained token of every fifth trajectory. */
export const sentinel: Mistake = (t, _, i) =>
  i % 5 === 0
    ? {
        samplerLogProbs: changed(
          t.samplerLogProbs!,
          (k) => k === t.mask.indexOf(1),
          () => 1,
        ),
      }
    : {};

/** logprob-nonfinite: −∞ at one trained token, NaN in the file at two others. */
export const nonfinite: Mistake = (t, _, i) => {
  const k = t.mask.indexOf(1);
  if (i === 3)
    return {
      logProbs: changed(
        t.logProbs!,
        (j) => j === k,
        () => Number.NEGATIVE_INFINITY,
      ),
    };
  if (i === 7)
    return {
      samplerLogProbs: changed(
        t.samplerLogProbs!,
        (j) => j === k,
        () => Number.NaN,
      ),
      nan: [{ field: 'samplerLogProbs', token: k }],
    };
  if (i !== 5) return {};
  return {
    oldLogProbs: changed(
      t.oldLogProbs!,
      (j) => j === k,
      () => Number.NaN,
    ),
    nan: [{ field: 'oldLogProbs', token: k }],
  };
};

/** nan-under-mask: log-probs of what tools said are NaN in the file, those of the trainer and those of the sampler. */
export const nanAtTools: Mistake = (t) => {
  const tools = Array.from(t.roles.keys()).filter((k) => ROLES[t.roles[k]!] === 'tool');
  const without = (values: Float64Array): Float64Array =>
    changed(
      values,
      (k) => tools.includes(k),
      () => Number.NaN,
    );
  return {
    logProbs: without(t.logProbs!),
    samplerLogProbs: without(t.samplerLogProbs!),
    nan: tools.flatMap((token) => ['logProbs', 'samplerLogProbs'].map((field) => ({ field, token }))),
  };
};

/** placeholder-logprob: the end token was appended, and its log-prob filled with 0. */
export const appendedEnd: Mistake = (t) => ({
  samplerLogProbs: changed(
    t.samplerLogProbs!,
    (k) => t.roles[k] === EOS,
    () => 0,
  ),
});

/** temperature-missing: the trainer's log-probs are at temperature 1, those of the reference too. */
export const untemperedTrainer: Mistake = (_, { raw, rawOld, rawRef }) => ({
  logProbs: raw,
  oldLogProbs: rawOld,
  refLogProbs: rawRef,
});

/** temperature-missing: the sampler's log-probs are at temperature 1, those of the policy that drew. */
export const untemperedSampler: Mistake = (t, { rawOld }) => ({
  samplerLogProbs: changed(
    t.samplerLogProbs!,
    (k) => trained(t, k),
    (x, k) => x + rawOld[k]! - t.oldLogProbs![k]!,
  ),
});

/** truncated-sampling: the sampler's log-probs are those of the kept tokens. */
export const afterTheCut: Mistake = (t, { logKept }) => ({
  samplerLogProbs: changed(
    t.samplerLogProbs!,
    (k) => trained(t, k),
    (x, k) => x - logKept[k]!,
  ),
});

/** sampled-logprob-wrong: the sampler's log-prob of the most probable token. */
export const topInstead: Mistake = (t, { top }) => ({
  samplerLogProbs: changed(
    t.samplerLogProbs!,
    (k) => trained(t, k),
    (_, k) => top[k]!,
  ),
});

/** shifted-by-one: the sampler's numbers stand one token too early, or too late for a negative `by`; where they run out there is a 0. */
export const shifted =
  (by: 1 | -1): Mistake =>
  (t) => ({
    samplerLogProbs: t.samplerLogProbs!.map((x, k) => {
      const moved = t.samplerLogProbs![k + by] ?? Number.NaN;
      return Number.isNaN(moved) && !Number.isNaN(x) ? 0 : moved;
    }),
  });

/** retokenised: three tokens in a hundred trajectories are others, which the trainer finds improbable. */
export const otherTokens: Mistake = (t, _, i) => {
  if (i % 6 !== 0) return {};
  const k = t.mask.indexOf(1) + 1;
  const alter = (x: Float64Array): Float64Array =>
    changed(
      x,
      (j) => j === k && trained(t, k),
      (v) => v - 7,
    );
  return { logProbs: alter(t.logProbs!), oldLogProbs: alter(t.oldLogProbs!) };
};

/** sampler-mismatch: noise with a standard deviation of 0.25 on every token. */
export const noisySampler: Mistake = (t, _, i) => {
  const random = randomStream(7, 'mistake', i);
  return { samplerLogProbs: t.samplerLogProbs!.map((x) => -Math.abs(x + 0.25 * random.normal())) };
};

/** dropout-in-old: noise with a standard deviation of 0.25 on the log-probs at the start of the step. */
export const dropout: Mistake = (t, _, i) => {
  const random = randomStream(7, 'mistake', i);
  return { oldLogProbs: t.oldLogProbs!.map((x) => -Math.abs(x + 0.25 * random.normal())) };
};

/** ref-temperature: the reference's log-probs are at temperature 1. */
export const untemperedReference: Mistake = (_, { rawRef }) => ({ refLogProbs: rawRef });

/** critic-tempered: values are divided by the temperature. */
export const temperedCritic =
  (temperature: number): Mistake =>
  (t) => ({ values: t.values!.map((x) => x / temperature) });

/** ratio-one-stale: the trained policy recomputes old log-probs. */
export const recomputed: Mistake = (t) => ({ oldLogProbs: t.logProbs! });

/** kl-negative: policy and reference are swapped. */
export const swapped: Mistake = (t) => ({ refLogProbs: t.logProbs!, logProbs: t.refLogProbs! });

/** stale-kv: noise of the sampler that grows with the step, on the first part of a response. */
export const staleCache =
  (part: number): Mistake =>
  (t, _, i) => {
    const random = randomStream(9, 'cache', i);
    const first = t.mask.indexOf(1);
    const end = first + part * (t.length - first);
    return {
      samplerLogProbs: changed(
        t.samplerLogProbs!,
        (k) => k < end,
        (x) => -Math.abs(x + 0.01 * t.step! * random.normal()),
      ),
    };
  };

/** kl-negative: the same in all log-probs of the policy. */
export const allSwapped: Mistake = ({ oldLogProbs, refLogProbs }) => ({
  refLogProbs: oldLogProbs!,
  logProbs: refLogProbs!,
  oldLogProbs: refLogProbs!,
  samplerLogProbs: refLogProbs!,
});

/** mixed-versions: an older policy drew the first 45 tokens of every fifth trajectory. */
export const olderBeginning: Mistake = (t, _, i) => {
  const random = randomStream(1, 'older', i);
  const half = t.mask.indexOf(1) + 45;
  if (i % 5 !== 0) return {};
  return {
    samplerLogProbs: changed(
      t.samplerLogProbs!,
      (k) => k < half,
      (x) => -Math.abs(x + 0.3 * random.normal()),
    ),
  };
};

/** mixed-versions: the second half of every fourth trajectory was drawn by the next version. */
export const laterVersion: Mistake = (t, _, i) =>
  i % 4 === 0 ? { versions: t.versions!.map((v, k) => (k > (2 * t.length) / 3 ? v + 1 : v)) } : {};
