// Trainers that write tokens: NeMo-RL, prime-rl, open-instruct, and what the converters for the pickles of slime and SkyRL give.
import { ROLES, type Trajectory } from '../../../rollouts/index.ts';
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
  pythonLine,
  type UpstreamFile,
  type UpstreamWriter,
  writtenNumbers,
} from './written.ts';

/** NeMo-RL: slices of a batch that is padded on the right, with an axis of 1 left; 0.0 where nothing was generated. */
export const nemoRl: UpstreamWriter = {
  name: 'nemo-rl',
  format: 'nemo-rl',
  files: (trajectories) =>
    byStep(trajectories, (step, some) => {
      const width = Math.max(...some.map(contentEnd));
      const records = some.map((t, idx) => {
        const end = contentEnd(t);
        const row = (of: (k: number) => number): number[][] => [
          Array.from({ length: width }, (_, k) => (k < end ? of(k) : 0)),
        ];
        const isMasked = t.mask.every((m) => m === 0);
        const numbers = (values: Float64Array | undefined): number[][] | undefined =>
          values &&
          row((k) =>
            Number.isNaN(values[k]!) && !t.nan?.some(({ token }) => token === k) ? 0 : float32(values[k]),
          );
        return {
          content: [outputText(t)],
          rewards: [float32(t.reward)],
          input_lengths: [end],
          token_ids: row((k) => t.ids![k]!),
          token_loss_mask: row((k) => (isMasked ? Number(k >= promptEnd(t)) : t.mask[k]!)),
          sample_loss_mask: [isMasked ? 0 : 1],
          advantages: t.advantage === undefined ? undefined : row((k) => float32(advantageAt(t, k))),
          generation_logprobs: numbers(t.samplerLogProbs),
          prev_logprobs: numbers(t.oldLogProbs),
          idx,
        };
      });
      return [jsonLines(`train_data_step${step}.jsonl`, records)];
    }),
};

/** open-instruct: ids of prompt and response, the sampler's log-probs of the response. */
export const openInstruct: UpstreamWriter = {
  name: 'open-instruct',
  format: 'open-instruct',
  files(trajectories) {
    const groups = [...new Set(trajectories.map(({ group }) => group))];
    const records = trajectories.map((t, i) => {
      const [from, end] = [promptEnd(t), contentEnd(t)];
      return {
        step: t.step,
        sample_idx: i,
        prompt_idx: groups.indexOf(t.group),
        prompt_tokens: Array.from(t.ids!.subarray(0, from)),
        response_tokens: Array.from(t.ids!.subarray(from, Math.max(from, end))),
        reward: orNull(t.reward),
        advantage: orNull(advantageOf(t)),
        finish_reason: t.failure !== undefined ? 'error' : t.truncated === true ? 'length' : 'stop',
        dataset: 'simulated',
        ground_truth: t.texts?.groundTruth ?? '',
        request_info: null,
        logprobs: writtenNumbers(t, t.samplerLogProbs, [from, end]),
      };
    });
    return [jsonLines('run_rollouts_000000.jsonl', records)];
  },
};

/** prime-rl's exported tokens: the numbers of its trainer, null where they are not finite; no rewards and no groups. */
export const primeRl: UpstreamWriter = {
  name: 'prime-rl',
  format: 'prime-rl',
  files: (trajectories) =>
    byStep(trajectories, (step, some) => {
      const ranks = [...new Set(some.map(({ rank = 0 }) => rank))];
      const folder = `token_exports/step_${step}`;
      const files = ranks.map((rank) => {
        const own = some.filter((t) => (t.rank ?? 0) === rank);
        const records = own.map((t, i) => {
          const end = contentEnd(t);
          const column = (values: Float64Array | undefined): (number | null)[] =>
            Array.from({ length: end }, (_, k) => {
              const x = values?.[k] ?? Number.NaN;
              return Number.isFinite(x) ? Math.fround(x) : null;
            });
          return {
            schema_version: 1,
            step,
            rank,
            micro_step: t.microbatch ?? 0,
            micro_sequence_idx: i,
            export_sequence_idx: i,
            env_name: 'simulated',
            token_ids: Array.from(t.ids!.subarray(0, end)),
            position_ids: Array.from({ length: end }, (_, k) => k),
            loss_mask: Array.from(t.mask.subarray(0, end), (m) => m === 1),
            advantages: Array.from({ length: end }, (_, k) => float32(advantageAt(t, k))),
            inference_logprobs: column(t.samplerLogProbs),
            trainer_logprobs: column(t.logProbs),
          };
        });
        return jsonLines(`${folder}/rank_${rank}.jsonl`, records);
      });
      return [...files, { path: `${folder}/STABLE`, text: '' }];
    }),
};

const [PROMPT, SAMPLE, TOOL, PAD, EOS] = (['prompt', 'sample', 'tool', 'pad', 'eos'] as const).map((role) =>
  ROLES.indexOf(role),
) as [number, number, number, number, number];

/** A sample of slime as the converter of docs/rollouts.md makes it of a pickle; that of a training step has more numbers by token. */
const slimeLines = (trajectories: readonly Trajectory[], isTrained: boolean): UpstreamFile[] => [
  {
    path: 'rollouts.jsonl',
    text: trajectories
      .map((t) => {
        const from = promptEnd(t);
        const { place, length, unit, ids, mask, reward, group, truncated, samplerLogProbs } = t;
        const { failure, versions, texts, advantage } = t;
        const known = versions?.filter(Number.isFinite);
        const roles = mask.map((m, k) => (k < from ? PROMPT : m === 1 ? SAMPLE : TOOL));
        const own: Trajectory = {
          ...{ place, length, unit, roles, isMaskLogged: true, areRolesLogged: true },
          mask: mask.map((m, k) => (k < from ? 0 : m)),
          ...(ids && { ids }),
          ...(t.nan && { nan: t.nan }),
          ...(reward !== undefined && { reward }),
          ...(group !== undefined && { group }),
          ...(t.step !== undefined && { step: t.step }),
          truncated: truncated === true,
          ...(samplerLogProbs && { samplerLogProbs }),
          ...(failure !== undefined && { failure }),
          ...(known !== undefined &&
            known.length > 0 && { versions: Float64Array.of(known[0]!, known.at(-1)!) }),
          ...(texts?.groundTruth !== undefined && { texts: { groundTruth: texts.groundTruth } }),
          ...(isTrained && t.logProbs && { logProbs: t.logProbs }),
          ...(isTrained && t.refLogProbs && { refLogProbs: t.refLogProbs }),
          ...(isTrained && t.values && { values: t.values }),
          ...(isTrained && t.returns && { returns: t.returns }),
          ...(isTrained &&
            advantage !== undefined && {
              advantage: Float64Array.from({ length }, (_, k) => (k < from ? 0 : advantageAt(t, k))),
            }),
        };
        return pythonLine(own);
      })
      .join(''),
  },
];

/** slime's rollouts: what is left of `--save-debug-rollout-data` after the converter. */
export const slime: UpstreamWriter = {
  name: 'slime',
  format: 'rollouts@1',
  files: (trajectories) => slimeLines(trajectories, false),
};

/** slime's training data: what is left of `--save-debug-train-data` after the converter. */
export const slimeTrain: UpstreamWriter = {
  name: 'slime-train',
  format: 'rollouts@1',
  files: (trajectories) => slimeLines(trajectories, true),
};

/** The trajectory with padding on the left up to a width. */
function leftPadded(t: Trajectory, width: number): Trajectory {
  const more = width - t.length;
  const numbers = (x: Float64Array): Float64Array =>
    Float64Array.from({ length: width }, (_, k) => (k < more ? Number.NaN : x[k - more]!));
  const flags = (x: Uint8Array, fill: number): Uint8Array =>
    Uint8Array.from({ length: width }, (_, k) => (k < more ? fill : x[k - more]!));
  const { advantage } = t;
  return {
    ...{ place: t.place, length: width, unit: t.unit, isMaskLogged: true, areRolesLogged: true },
    roles: flags(t.roles, PAD),
    mask: flags(t.mask, 0),
    ...(t.ids && { ids: Int32Array.from({ length: width }, (_, k) => (k < more ? 0 : t.ids![k - more]!)) }),
    ...(t.nan && { nan: t.nan.map(({ field, token }) => ({ field, token: token + more })) }),
    ...(t.logProbs && { logProbs: numbers(t.logProbs) }),
    ...(t.refLogProbs && { refLogProbs: numbers(t.refLogProbs) }),
    ...(t.samplerLogProbs && { samplerLogProbs: numbers(t.samplerLogProbs) }),
    ...(t.values && { values: numbers(t.values) }),
    ...(t.returns && { returns: numbers(t.returns) }),
    ...(t.step !== undefined && { step: t.step }),
    ...(advantage !== undefined && {
      advantage: Float64Array.from({ length: width }, (_, k) =>
        k < more + promptEnd(t) ? 0 : advantageAt(t, k - more),
      ),
    }),
  };
}

/**
 * SkyRL: what is left of its pickle after the converter of docs/rollouts.md, which is told the end token. Batches are padded on the left,
 * and their rewards and groups were taken out before.
 */
export const skyRl: UpstreamWriter = {
  name: 'skyrl',
  format: 'rollouts@1',
  files: (trajectories) =>
    byStep(trajectories, (step, some) => {
      const width = Math.max(...some.map(({ length }) => length));
      const roles = (t: Trajectory): Uint8Array =>
        t.roles.map((role, k) =>
          role === PROMPT || role === PAD || (role === EOS && t.mask[k] === 1) ? role : SAMPLE,
        );
      const lines = some.map((t) => pythonLine(leftPadded({ ...t, roles: roles(t) }, width)));
      return [{ path: `global_step_${step}.jsonl`, text: lines.join('') }];
    }),
};
