// Responses of anyone's rollouts, in the tokens of a model, as what is attributed.
import {
  givenAdvantages,
  objectiveBatch,
  type ResponseBatch,
  type Responses,
  responseMicroBatches,
  type Segments,
  withAdvantages,
} from '../../attribution/index.ts';
import type { Options } from '../../base/options.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import type { Objective } from '../../objectives/index.ts';
import { ROLES } from '../../rollouts/trajectory.ts';
import type { AttributionSubject } from './subject.ts';

/** Everything besides the responses. */
export interface FromResponses {
  /** What names the model in the document. */
  readonly checkpoint: string;
  readonly network: Network;
  readonly weights: WeightSource;
  readonly objective: Objective;
  readonly options: Options;
  /** The most tokens that go through the network at once; all if left out. */
  readonly maxTokens?: number;
  readonly files?: readonly string[];
  /** Another policy, of which the penalty is taken: what names it, and its log-probs of the response tokens, [N]. */
  readonly reference?: { readonly checkpoint: string; readonly logProb: Float64Array };
}

/**
 * Responses as one batch of rectangles, whose tokens are in the order of the responses.
 * @param maxTokens the most tokens of a rectangle; any number if left out
 * @throws InputError for a trajectory with more
 */
export function batchOfResponses(responses: Responses, maxTokens?: number): ResponseBatch {
  const parts = responseMicroBatches(responses, maxTokens);
  const N = responses.offsets.at(-1)!;
  const rows = new Int32Array(N);
  const targets = new Int32Array(N);
  const V = responses.layout?.vocabulary;
  const legal = V === undefined ? undefined : new Uint8Array(N * V);
  let before = 0;
  for (const { batch, tokens } of parts) {
    for (const [k, t] of tokens.entries()) {
      rows[t] = before + batch.rows[k]!;
      targets[t] = batch.targets[k]!;
      if (V !== undefined && batch.legal !== undefined)
        legal!.set(batch.legal.subarray(k * V, (k + 1) * V), t * V);
    }
    before += batch.inputs.reduce((sum, { ids }) => sum + ids.length, 0);
  }
  return {
    inputs: parts.flatMap(({ batch }) => batch.inputs),
    offsets: responses.offsets,
    rows,
    targets,
    ...(legal === undefined ? {} : { legal }),
  };
}

/** The role of every response token, so that the end and the output of tools are components of their own. */
function segmentsOf({ trajectories, prompts, offsets }: Responses): Segments {
  const of = new Uint8Array(offsets.at(-1)!);
  for (const [i, { roles }] of trajectories.entries()) {
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) of[t] = roles[prompts[i]! + t - offsets[i]!]!;
  }
  return { names: ROLES, of };
}

/**
 * The subject of responses at a model.
 * @throws InputError for a trajectory with more than `maxTokens` tokens, or without a reward that the objective reads
 */
export function fromResponses(responses: Responses, given: FromResponses): AttributionSubject {
  const { trajectories, prompts, offsets } = responses;
  const { checkpoint, network, weights, options, maxTokens, files, reference } = given;
  const advantages = given.objective.imitates ? undefined : givenAdvantages(responses);
  const objective = advantages === undefined ? given.objective : withAdvantages(given.objective, advantages);
  const isRewardNeeded = !objective.imitates && advantages === undefined;
  const refLogProb = reference === undefined ? {} : { refLogProb: reference.logProb };
  // A reward that is missing is found before anything is computed.
  objectiveBatch(responses, { logProb: new Float64Array(offsets.at(-1)!) }, isRewardNeeded);
  const positions = new Int32Array(offsets.at(-1)!);
  for (let i = 0; i < prompts.length; i++) {
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) positions[t] = prompts[i]! + t - offsets[i]!;
  }
  return {
    checkpoint,
    network,
    weights,
    batch: batchOfResponses(responses, maxTokens),
    objective,
    options,
    tokensAt: (logProb) => objectiveBatch(responses, { logProb, ...refLogProb }, isRewardNeeded).batch,
    segments: segmentsOf(responses),
    shown: {
      tokens: trajectories.flatMap(({ tokens }, i) => tokens.slice(prompts[i])),
      positions,
      groups: trajectories.map(({ group }, i) => group ?? `alone ${i}`),
      places: trajectories.map(({ place: { file, line } }) => `${file}:${line}`),
      origins: trajectories.map(({ place }) => place),
      prompts: trajectories.map(({ tokens }, i) => tokens.slice(0, prompts[i])),
      outcomes: trajectories,
    },
    rollouts: {
      from: 'file',
      ...(files === undefined ? {} : { files: [...files] }),
      ...(advantages === undefined ? {} : { advantages: 'logged' }),
      ...(reference === undefined ? {} : { reference: reference.checkpoint }),
    },
  };
}
