// Fills the data of the explorer from an attribution: the columns of the batch, with the influence of every token, and the norm and the
// alignment of every trajectory.
import type { AttributionSubject } from '../analyses/attribute/index.ts';
import { binaryDecisions } from '../audit/binaryDecisions.ts';
import type { AttributionDocument } from '../documents/attribution.ts';
import type { ExplorerData, ExplorerInfluence } from '../documents/explorer.ts';
import type { TokenBatch } from '../objectives/index.ts';
import type { TermWeights } from '../objectives/objective.ts';
import { ROLES, type Trajectory } from '../rollouts/index.ts';
import { isBuiltIn } from './collect.ts';
import { Gatherer } from './gather.ts';

/** Numbers over tokens that a page holds: about 40 MB. */
const MOST_NUMBERS = 4_000_000;

/** Columns over tokens besides influence: text, role, mask, attempt and log-probs. */
const COLUMNS = 8;

const SAMPLE = ROLES.indexOf('sample');

/** What of an attribution is shown. */
type Attributed = Pick<
  AttributionDocument,
  'objective' | 'labels' | 'groups' | 'norm' | 'levels' | 'tokens' | 'trajectories'
>;

/** [n + k] NaN on the k tokens of a prompt, then the numbers of the response. */
function behind(k: number, values: Float64Array): Float64Array {
  const whole = new Float64Array(k + values.length).fill(Number.NaN);
  whole.set(values, k);
  return whole;
}

/** Trajectory i of the batch as rollouts have it, prompt included. */
function trajectoryAt(
  { shown, segments }: AttributionSubject,
  batch: TokenBatch,
  i: number,
): Trajectory & { readonly attempt: Int32Array } {
  const [from, to] = [batch.offsets[i]!, batch.offsets[i + 1]!];
  const prompt = shown.prompts[i]!;
  const k = prompt.length;
  const length = k + to - from;
  const roles = new Uint8Array(length).fill(ROLES.indexOf('prompt'));
  const attempt = new Int32Array(length);
  const mask = new Uint8Array(length);
  for (let t = from; t < to; t++) {
    const name = segments.names[segments.of[t]!]!;
    roles[k + t - from] = Math.max(SAMPLE, ROLES.map(String).indexOf(name));
  }
  attempt.set(batch.attempt.subarray(from, to), k);
  mask.set(batch.mask.subarray(from, to), k);
  const column = (values: Float64Array): Float64Array => behind(k, values.subarray(from, to));
  const { samplerLogProb, value, rewards } = batch;
  const { correct, truncated, rewards: named } = shown.outcomes[i]!;
  const { file, line } = shown.origins[i]!;
  return {
    place: { file, line },
    length,
    unit: 'tokens',
    tokens: [...prompt, ...shown.tokens.slice(from, to)],
    roles,
    attempt,
    mask,
    isMaskLogged: true,
    areRolesLogged: true,
    logProbs: column(batch.logProb),
    oldLogProbs: column(batch.oldLogProb),
    refLogProbs: column(batch.refLogProb),
    ...(samplerLogProb === undefined ? {} : { samplerLogProbs: column(samplerLogProb) }),
    ...(value === undefined ? {} : { values: column(value) }),
    reward: batch.reward[i]!,
    ...(rewards === undefined || named === undefined ? {} : { rewards: named }),
    ...(correct === undefined ? {} : { correct }),
    ...(truncated === undefined ? {} : { truncated }),
    group: shown.groups[i]!,
  };
}

/** w_t by term of the loss, [N] each. */
function termsOf({ objective, options }: AttributionSubject, batch: TokenBatch): TermWeights {
  const { parts } = objective;
  if (parts !== undefined)
    return parts.weights(batch, parts.scales(parts.numbers(batch, options), options), options);
  const total = objective.weights(batch, options);
  return { total, policy: total };
}

/** The same of one trajectory. */
function partOf(
  { total, policy, kl }: TermWeights,
  own: (values: Float64Array) => Float64Array,
): TermWeights {
  return { total: own(total), policy: own(policy), ...(kl === undefined ? {} : { kl: own(kl) }) };
}

/** How many trajectories, from the first, fit into a page whose tokens have so many columns. */
function fitting({ offsets }: TokenBatch, prompts: readonly (readonly string[])[], columns: number): number {
  let numbers = 0;
  let count = 0;
  for (; count < prompts.length; count++) {
    numbers += columns * (prompts[count]!.length + offsets[count + 1]! - offsets[count]!);
    if (numbers > MOST_NUMBERS && count > 0) break;
  }
  return count;
}

/** [T] numbers of response tokens, [N], among the tokens of a page; NaN on prompts. */
function spread(
  values: readonly number[],
  { offsets }: TokenBatch,
  prompts: readonly (readonly string[])[],
  count: number,
): Float64Array {
  const own = Float64Array.from(values);
  return Float64Array.from(
    prompts
      .slice(0, count)
      .flatMap((prompt, i) => [...behind(prompt.length, own.subarray(offsets[i], offsets[i + 1]))]),
  );
}

/**
 * The explorer of an attribution's report. Where not all trajectories fit, the first ones are there, and the page holds their weights,
 * which it could not compute without the others.
 * @param document what `attribute` gave for the subject
 */
export function attributionExplorer(
  subject: AttributionSubject,
  { objective, labels, groups, norm, levels, tokens, trajectories }: Attributed,
): ExplorerData {
  const batch = subject.tokensAt(Float64Array.from(tokens.logProb));
  const { prompts } = subject.shown;
  const { influence, influenceOnLabel, influenceOnPair } = tokens;
  const columnsOfInfluence = influence.length + influenceOnLabel.length + influenceOnPair.flat().length;
  const count = fitting(batch, prompts, COLUMNS + columnsOfInfluence);
  const column = (values: readonly number[]): Float64Array => spread(values, batch, prompts, count);
  const gatherer = new Gatherer();
  // The page would make advantages of rewards.
  const isGiven = subject.rollouts.advantages !== undefined;
  const isStored = count < prompts.length || isGiven || !isBuiltIn(objective.name);
  const terms = isStored ? termsOf(subject, batch) : undefined;
  for (let i = 0; i < count; i++) {
    const trajectory = trajectoryAt(subject, batch, i);
    const { attempt } = trajectory;
    const own = (values: Float64Array): Float64Array =>
      behind(prompts[i]!.length, values.subarray(batch.offsets[i], batch.offsets[i + 1]));
    gatherer.add(
      trajectory,
      attempt,
      binaryDecisions({ trajectory, attempt }).known,
      terms && partOf(terms, own),
    );
  }
  const found: ExplorerInfluence = {
    labels: labels.map(({ component, term }) => `${component}/${term}`),
    groups: [...groups],
    norm,
    total:
      influence.length === 0
        ? new Float64Array(0)
        : column(tokens.weight.map((_, t) => influence.reduce((sum, own) => sum + own[t]!, 0))),
    onGroup: influence.map(column),
    onLabel: influenceOnLabel.map(column),
    onPair: influenceOnPair.map((byGroup) => byGroup.map(column)),
  };
  const columns = gatherer.columns();
  const norms = Float64Array.from(trajectories.norm.slice(0, count));
  return {
    command: 'attribute',
    objective: { name: objective.name, options: objective.options },
    ...columns,
    trajectories: {
      ...columns.trajectories,
      norm: norms,
      alignment: norms.map((own, i) => trajectories.alignment[i]! / (own * levels.gradient.total)),
    },
    influence: found,
    findings: [],
    leftOut: prompts.length - count,
  };
}
