// Trainers that write texts: verl, TRL, ms-swift, and evaluations of verifiers before its version 1.
import type { Trajectory } from '../../../rollouts/index.ts';
import {
  advantageOf,
  byStep,
  jsonLines,
  orNull,
  outputText,
  promptText,
  type UpstreamWriter,
} from './written.ts';

/** Numbers by name, null for those that are none. */
function numbersOf(numbers: Readonly<Record<string, number>> | undefined): Record<string, number | null> {
  return Object.fromEntries(Object.entries(numbers ?? {}).map(([name, x]) => [name, orNull(x)]));
}

function verlRecord(t: Trajectory): Record<string, unknown> {
  const parts = Object.keys(t.rewards ?? {}).length > 1 ? t.rewards : undefined;
  return {
    ...numbersOf(parts),
    ...numbersOf(t.extras),
    input: promptText(t),
    output: outputText(t),
    gts: t.texts?.groundTruth ?? 'none',
    score: orNull(t.reward),
    step: t.step,
    acc: t.correct === undefined ? undefined : Number(t.correct),
  };
}

/** verl: texts, a score, and what the reward function says besides. */
export const verl: UpstreamWriter = {
  name: 'verl',
  format: 'verl',
  files: (trajectories) =>
    byStep(trajectories, (step, some) => [jsonLines(`${step}.jsonl`, some.map(verlRecord))]),
};

/** verl with `uid`, {sample}_{rollout}_{output}: several outputs may be of one rollout. */
export const verlUid: UpstreamWriter = {
  name: 'verl-uid',
  format: 'verl',
  files: (trajectories) =>
    byStep(trajectories, (step, some) => {
      const rollouts = [...new Set(some.map(({ rollout }, i) => rollout ?? `#${i}`))];
      const outputs = new Map<string, number>();
      const records = some.map((t, i) => {
        const rollout = t.rollout ?? `#${i}`;
        const output = outputs.get(rollout) ?? 0;
        outputs.set(rollout, output + 1);
        return { ...verlRecord(t), uid: `${t.group}_${rollouts.indexOf(rollout)}_${output}` };
      });
      return [jsonLines(`${step}.jsonl`, records)];
    }),
};

/** TRL: the rows of its tables as JSON, for Parquet needs a library of its own. Rewards are unweighted. */
export const trl: UpstreamWriter = {
  name: 'trl',
  format: 'trl',
  files: (trajectories) =>
    byStep(trajectories, (step, some) => [
      jsonLines(
        `completions_${String(step).padStart(5, '0')}.jsonl`,
        some.map((t) => ({
          step,
          prompt: promptText(t),
          completion: outputText(t),
          ...numbersOf(t.rewards),
          advantage: orNull(advantageOf(t)),
        })),
      ),
    ]),
};

/** ms-swift: a line a batch, column by column, steps as texts. */
export const msSwift: UpstreamWriter = {
  name: 'ms-swift',
  format: 'ms-swift',
  files(trajectories) {
    const batches = byStep(trajectories, (step, some) => {
      const names = [...new Set(some.flatMap(({ rewards }) => Object.keys(rewards ?? {})))];
      const hasTruth = some.some(({ texts }) => texts?.groundTruth !== undefined);
      const record = {
        step: some.map(() => String(step)),
        prompt: some.map(promptText),
        completion: some.map(outputText),
        ...Object.fromEntries(
          names.map((name) => [name, some.map(({ rewards }) => orNull(rewards?.[name]))]),
        ),
        advantages: some.map((t) => orNull(advantageOf(t))),
        ...(hasTruth ? { solution: some.map(({ texts }) => texts?.groundTruth ?? '') } : {}),
      };
      return [jsonLines('', [record])];
    });
    return [{ path: 'completions.jsonl', text: batches.map(({ text }) => text).join('') }];
  },
};

/** Evaluations of verifiers before its version 1: messages, a reward and metrics. */
export const verifiersLegacy: UpstreamWriter = {
  name: 'verifiers-legacy',
  format: 'verifiers-legacy',
  files(trajectories) {
    const groups = [...new Set(trajectories.map(({ group }) => group))];
    const records = trajectories.map((t) => ({
      example_id: groups.indexOf(t.group),
      task: 'simulated',
      prompt: [{ role: 'user', content: promptText(t) }],
      completion: t.failure === undefined ? [{ role: 'assistant', content: outputText(t) }] : null,
      reward: orNull(t.reward),
      metrics: numbersOf(t.rewards),
      answer: t.texts?.groundTruth ?? '',
      is_truncated: t.truncated === true,
      is_completed: t.failure === undefined,
      error: t.failure ?? null,
      stop_condition: t.truncated === true ? 'max_total_tokens' : 'done',
    }));
    return [jsonLines('results.jsonl', records)];
  },
};
