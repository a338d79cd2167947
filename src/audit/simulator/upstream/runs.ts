// Formats of whole runs and of tools: verifiers v1, RL Logging Board (a hook in OpenRLHF) and UNIPO.
import { ROLES, type Trajectory } from '../../../rollouts/trajectory.ts';
import {
  advantageAt,
  advantageOf,
  byStep,
  contentEnd,
  float32,
  jsonLines,
  orNull,
  outputText,
  promptEnd,
  promptText,
  tokenTexts,
  type UpstreamWriter,
  writtenNumbers,
} from './written.ts';

const [PROMPT, TOOL] = [ROLES.indexOf('prompt'), ROLES.indexOf('tool')];

type Speaker = 'user' | 'assistant' | 'tool';

/** Whose message a token is a part of: what the policy is trained on is its own. */
function speakerOf({ roles, mask }: Trajectory, k: number): Speaker {
  if (mask[k] === 1) return 'assistant';
  return roles[k] === PROMPT ? 'user' : roles[k] === TOOL ? 'tool' : 'assistant';
}

/** A message a run of tokens of one speaker; log-probs and advantages of the sampled tokens only. */
function nodesOf(t: Trajectory): object[] {
  const end = contentEnd(t);
  const texts = tokenTexts(t);
  const nodes: object[] = [];
  for (let from = 0; from < end; ) {
    let to = from + 1;
    const role = speakerOf(t, from);
    while (to < end && speakerOf(t, to) === role) to++;
    const own = Array.from({ length: to - from }, (_, k) => from + k);
    const sampled = own.filter((k) => t.mask[k] === 1);
    const numbers = (values: Float64Array | undefined): (number | null)[] | undefined =>
      values && sampled.map((k) => orNull(values[k]));
    nodes.push({
      parent: nodes.length === 0 ? null : nodes.length - 1,
      message: { role, content: own.map((k) => texts[k]).join(' ') },
      sampled: role === 'assistant',
      token_ids: own.map((k) => t.ids![k]),
      mask: own.map((k) => t.mask[k] === 1),
      logprobs: numbers(t.samplerLogProbs) ?? [],
      advantages: t.advantage === undefined ? undefined : sampled.map((k) => float32(advantageAt(t, k))),
      reference_logprobs: numbers(t.refLogProbs),
    });
    from = to;
  }
  return nodes;
}

function episodeOf(t: Trajectory, i: number): object {
  const versions = t.versions ?? Float64Array.of();
  const trace = {
    version: 1,
    id: t.rollout ?? `trace-${i}`,
    task: { type: 'Simulated', data: {}, key: t.group },
    agent: { config: {}, name: 'agent' },
    nodes: nodesOf(t),
    calls: [{ finish_reason: t.truncated === true ? 'length' : 'stop' }],
    rewards:
      t.rewards === undefined
        ? t.reward === undefined
          ? {}
          : { reward: { score: float32(t.reward), weight: 1 } }
        : Object.fromEntries(
            Object.entries(t.rewards).map(([name, x]) => [
              name,
              Number.isNaN(x) ? null : { score: float32(x), weight: 1 },
            ]),
          ),
    ok: t.failure === undefined,
    errors: t.failure === undefined ? [] : [{ type: 'Error', message: t.failure }],
  };
  return {
    id: `episode-${i}`,
    env: { id: 'simulated' },
    task: { type: 'Simulated', data: {}, key: t.group },
    group: { id: t.group },
    run: {
      type: 'train',
      id: 'run',
      work: {
        type: 'train',
        step: t.step,
        policy: versions.length === 0 ? undefined : { start: versions[0], end: versions.at(-1) },
      },
    },
    ok: true,
    errors: [],
    traces: [trace],
  };
}

/** verifiers v1, as prime-rl writes it beside its exported tokens. Weights of reward functions are 1. */
export const verifiers: UpstreamWriter = {
  name: 'verifiers',
  format: 'verifiers',
  files: (trajectories) =>
    byStep(trajectories, (step, some) => [
      jsonLines(`rollouts/step_${step}/train/effective/traces.jsonl`, some.map(episodeOf)),
    ]),
};

/** RL Logging Board: tokens of the response with four numbers each. */
export const rlLoggingBoard: UpstreamWriter = {
  name: 'rl-logging-board',
  format: 'rl-logging-board',
  files: (trajectories) => [
    jsonLines(
      'rollouts.jsonl',
      trajectories.map((t) => {
        const from = promptEnd(t);
        const numbers = (values: Float64Array | undefined): number[] | undefined =>
          writtenNumbers(t, values, [from, t.length]);
        return {
          prompt: promptText(t),
          response: outputText(t),
          response_tokens: tokenTexts(t).slice(from),
          logprobs: numbers(t.logProbs),
          ref_logprobs: numbers(t.refLogProbs),
          values: numbers(t.values),
          token_rewards: numbers(t.tokenRewards ?? new Float64Array(t.length)),
          reward: orNull(t.reward),
          step: t.step,
        };
      }),
    ),
  ],
};

/** UNIPO: one document a run in its canonical schema. UNIPO itself shows three prompts a step; here are all of them. */
export const unipo: UpstreamWriter = {
  name: 'unipo',
  format: 'unipo',
  files(trajectories) {
    const response = (t: Trajectory, i: number): object => {
      const [from, end] = [promptEnd(t), Math.max(promptEnd(t), contentEnd(t))];
      const numbers = (values: Float64Array | undefined): (number | null)[] | undefined =>
        values && Array.from(values.subarray(from, end), (x) => orNull(x));
      return {
        id: `step${t.step ?? 0}_sample${i}`,
        reward: orNull(t.reward),
        advantage: orNull(advantageOf(t)),
        response_text: outputText(t),
        response_length: end - from,
        tokens: {
          ids: Array.from(t.ids!.subarray(from, end)),
          strings: t.tokens?.slice(from, end),
          log_probs: numbers(t.logProbs),
          ref_log_probs: numbers(t.refLogProbs),
          old_log_probs: numbers(t.oldLogProbs),
          values: numbers(t.values),
          advantages:
            t.advantage === undefined
              ? undefined
              : Array.from({ length: end - from }, (_, k) => float32(advantageAt(t, from + k))),
          returns: numbers(t.returns),
          rewards: numbers(t.tokenRewards),
        },
      };
    };
    const entries: object[] = [];
    byStep(trajectories, (step, some) => {
      const groups = [...new Set(some.map(({ group }) => group))];
      entries.push({
        step,
        is_first_step_after_rollout_phase: true,
        metrics: {},
        prompts: groups.map((group) => {
          const members = some.filter((t) => t.group === group);
          return { prompt: promptText(members[0]!), responses: members.map(response) };
        }),
      });
      return [];
    });
    const header = { task: 'simulated', algorithm: 'unknown', totalSteps: entries.length, hparams: {} };
    return [jsonLines('unipo_metrics.json', [{ header, entries }])];
  },
};
