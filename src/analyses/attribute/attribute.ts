// `attribute`: which tokens move which parameters of a model through which term of an objective.
import {
  checkStepSize,
  conflictFree,
  counterfactual,
  drawRemovals,
  type Grouping,
  type Groups,
  gramCosine,
  gramNorms,
  gramShares,
  groupsOf,
  type InfluenceScope,
  labelsOf,
  type PassHooks,
  type PassStore,
  type Split,
  splitByGroup,
  tokenLogProbsOf,
  totalSeeds,
} from '../../attribution/index.ts';
import { cast, type Parameters, scope, tensor } from '../../autodiff/index.ts';
import { InputError } from '../../base/errors.ts';
import { randomStream } from '../../base/random.ts';
import type { AttributionDocument } from '../../documents/attribution.ts';
import type { TokenBatch } from '../../objectives/index.ts';
import { massLevel, weightLevel } from './levels.ts';
import { type AttributionSubject, parameterCountOf, trajectoryOf } from './subject.ts';

/** How to attribute. */
export interface AttributeOptions {
  readonly by: Grouping;
  /** Which influences of tokens are computed. */
  readonly influence: InfluenceScope;
  /** How many tokens and trajectories are taken out to check influence; 0: none. */
  readonly check: number;
  /** η of the check; chosen from the influences if left out. */
  readonly stepSize?: number;
  /** Of the draws of the check. */
  readonly seed: number;
  readonly onProgress?: (share: number, what: string) => void | Promise<void>;
  readonly signal?: PassHooks['signal'];
  readonly store?: PassStore;
}

/** What an attribution gives; how long it took is for the caller to say. */
export type Attribution = Omit<AttributionDocument, 'peakMiB' | 'seconds'>;

/** Above so many parameters the check computes in the type of the weights, because float64 would take too much memory. */
const MOST_IN_F64 = 2e7;

/** null where a number does not exist. */
function orNull(x: number): number | null {
  return Number.isNaN(x) ? null : x;
}

/** The labels of a component. */
function ofComponent({ labels }: Pick<Split, 'labels'>, name: string): number[] {
  return labels.flatMap(({ component }, l) => (component === name ? [l] : []));
}

/** The cosine between g_sample and g_decision; null where one of them is 0. */
function componentCosine(found: Pick<Split, 'labels'>, gram: Float64Array): number | null {
  return orNull(gramCosine(gram, ofComponent(found, 'sample'), ofComponent(found, 'decision')));
}

function rowsOf(matrix: Float64Array, width: number): number[][] {
  return Array.from({ length: matrix.length / width }, (_, r) => [
    ...matrix.subarray(r * width, (r + 1) * width),
  ]);
}

/** What follows from Gram matrices alone: norms, shares and cosines by label and group. */
function gradientTables(
  found: Split,
): Pick<AttributionDocument, 'norm' | 'share' | 'cosine' | 'gram' | 'gramByGroup'> {
  const { labels, gram, gramByGroup } = found;
  const norms = gramByGroup.map(gramNorms);
  const shares = gramByGroup.map(gramShares);
  return {
    norm: labels.map((_, l) => norms.map((own) => own[l]!)),
    share: labels.map((_, l) => shares.map((own) => own[l]!)),
    cosine: gramByGroup.map((own) => componentCosine(found, own)),
    gram: rowsOf(gram, labels.length),
    gramByGroup: gramByGroup.map((own) => rowsOf(own, labels.length)),
  };
}

/** The level of gradients. */
function gradientLevel(found: Split): AttributionDocument['levels']['gradient'] {
  const { labels, gram } = found;
  const L = labels.length;
  const sizeOf = (own: readonly number[]): number =>
    Math.sqrt(
      Math.max(
        0,
        own.reduce((sum, l) => sum + own.reduce((row, m) => row + gram[l * L + m]!, 0), 0),
      ),
    );
  const components = [...new Set(labels.map(({ component }) => component))];
  return {
    norm: [...gramNorms(gram)],
    share: [...gramShares(gram)],
    total: sizeOf(labels.map((_, l) => l)),
    components: Object.fromEntries(components.map((name) => [name, sizeOf(ofComponent(found, name))])),
    cosine: componentCosine(found, gram),
  };
}

function conflictOf({ gram }: Split): Pick<AttributionDocument, 'conflictFree'> {
  const step = conflictFree(gram);
  if (step === undefined) return {};
  const { coefficients, before, after, cosine, length } = step;
  return {
    conflictFree: { coefficients: [...coefficients], before: [...before], after: [...after], cosine, length },
  };
}

/** Numbers by label, group and token that a document holds. */
const MOST_OF_PAIRS = 2_000_000;

/** Digits that tell every f32 from its neighbours. */
const DIGITS_OF_F32 = 9;

function tokensOf(
  { shown, segments: { names, of }, weights: { dtype } }: AttributionSubject,
  { offsets, logProb }: TokenBatch,
  found: Split,
  weights: Float64Array,
): AttributionDocument['tokens'] {
  const { influence, influenceOnLabel, influenceOnPair } = found;
  const pairs = influenceOnPair.length * influence.length * of.length;
  const shortOf = (own: Float64Array): number[] =>
    Array.from(own, (x) => (dtype === 'f32' ? Number(x.toPrecision(DIGITS_OF_F32)) : x));
  return {
    trajectory: [...trajectoryOf(offsets)],
    position: [...shown.positions],
    token: [...shown.tokens],
    component: Array.from(of, (c) => names[c]!),
    weight: [...weights],
    influence: influence.map((own) => [...own]),
    influenceOnLabel: influenceOnLabel.map((own) => [...own]),
    influenceOnPair: pairs > MOST_OF_PAIRS ? [] : influenceOnPair.map((byGroup) => byGroup.map(shortOf)),
    logProb: [...logProb],
  };
}

/** The labels of a subject at its own log-probs. */
async function begin(subject: AttributionSubject, hooks: PassHooks) {
  const { network, weights, batch, objective, options, segments } = subject;
  const logProb = await tokenLogProbsOf(network, weights, batch, hooks);
  const bad = logProb.findIndex((x) => !Number.isFinite(x));
  if (bad !== -1) {
    const place = subject.shown.places[trajectoryOf(batch.offsets)[bad]!];
    throw new InputError(
      `${subject.checkpoint}: expected log-probs that are numbers, found ${logProb[bad]} at token ${subject.shown.positions[bad]} of ${place}`,
    );
  }
  const tokens = subject.tokensAt(logProb);
  return { tokens, labels: labelsOf(objective, tokens, options, segments) };
}

/** Takes tokens out, and compares; see `counterfactual`. */
async function checkOf(
  subject: AttributionSubject,
  tokens: TokenBatch,
  found: Split,
  { check: count, seed, stepSize, signal, onProgress }: AttributeOptions,
): Promise<AttributionDocument['check']> {
  const { network, weights: source, batch, objective, options } = subject;
  const weights = totalSeeds(found.labels);
  const influence = weights.map((_, t) => found.influence.reduce((sum, own) => sum + own[t]!, 0));
  const dtype = parameterCountOf(network) <= MOST_IN_F64 ? 'f64' : source.dtype;
  const parameters: Parameters = scope(() => {
    const loaded = source.load(network.layout.map(({ path }) => path));
    return Object.fromEntries(Object.entries(loaded).map(([path, value]) => [path, cast(value, dtype)]));
  });
  try {
    const eta = stepSize ?? checkStepSize(influence);
    const result = await counterfactual(
      {
        network,
        parameters,
        batch,
        objectiveAt: (logProb) =>
          scope(() => -objective.loss(tensor(logProb), tokens, options).readSync()[0]!),
        weights,
        influence,
      },
      drawRemovals(count, batch.offsets, weights, randomStream(seed, 'check')),
      eta,
      {
        onProgress: (done, of) => onProgress?.(done / of, `check by removal ${Math.min(done + 1, of)}`),
        ...(signal === undefined ? {} : { signal }),
      },
    );
    const { removals, ...numbers } = result;
    return {
      ...numbers,
      dtype,
      removals: {
        kind: removals.map(({ kind }) => kind),
        index: removals.map(({ index }) => index),
        predicted: removals.map(({ predicted }) => predicted),
        actual: removals.map(({ actual }) => actual),
        secondOrder: removals.map(({ secondOrder }) => secondOrder),
      },
    };
  } finally {
    for (const value of Object.values(parameters)) value.dispose();
  }
}

function hooksOf(
  { signal, onProgress }: AttributeOptions,
  from: number,
  to: number,
  what: string,
): PassHooks {
  return {
    onProgress: (done, of) => onProgress?.(from + ((to - from) * done) / of, what),
    ...(signal === undefined ? {} : { signal }),
  };
}

/**
 * Attributes the gradient of an objective at a model: by component, term and group of parameters, per trajectory and per token.
 * @throws InputError if no token has a weight, the batch does not fit the model, or log-probs are not numbers
 */
export async function attribute(
  subject: AttributionSubject,
  options: AttributeOptions,
): Promise<Attribution> {
  const { network, weights, batch, objective, rollouts, shown, segments } = subject;
  if (options.check > 0 && rollouts.advantages !== undefined)
    throw new InputError(
      '--check: expected rollouts with rewards, of which the objective is computed, found advantages alone',
    );
  // A first share for log-probs, a last one for the check, whose removals cost about four passes each.
  const first = 0.05;
  const last = options.check === 0 ? 1 : 0.5;
  const { tokens, labels } = await begin(subject, hooksOf(options, 0, first, 'log-probs'));
  const groups: Groups = groupsOf(network, options.by);
  const { onProgress, signal, store } = options;
  const found = await splitByGroup(
    { network, weights, batch, labels, groups },
    {
      influence: options.influence,
      ...(onProgress === undefined
        ? {}
        : { onProgress: (share, what) => onProgress(first + (last - first) * share, what) }),
      ...(signal === undefined ? {} : { signal }),
      ...(store === undefined ? {} : { store }),
    },
  );
  const check =
    options.check === 0 || options.influence === 'none'
      ? undefined
      : await checkOf(subject, tokens, found, {
          ...options,
          ...(onProgress === undefined
            ? {}
            : { onProgress: (share, what) => onProgress(last + (1 - last) * share, what) }),
        });
  const total = totalSeeds(labels);
  return {
    schema: 'gradsplit/attribution@1',
    model: {
      architecture: network.architecture,
      parameters: parameterCountOf(network),
      checkpoint: subject.checkpoint,
      dtype: weights.dtype,
    },
    objective: { name: objective.name, options: plainOptions(subject) },
    rollouts: {
      ...rollouts,
      trajectories: batch.offsets.length - 1,
      tokens: batch.targets.length,
      groups: new Set(shown.groups).size,
    },
    by: options.by,
    labels: labels.map(({ component, term }) => ({ component, term })),
    groups: [...groups.names],
    groupSizes: [...groups.sizes],
    ...gradientTables(found),
    levels: {
      weight: weightLevel(found, total, tokens, segments),
      mass: await massLevel(subject, tokens),
      gradient: gradientLevel(found),
    },
    ...conflictOf(found),
    tokens: tokensOf(subject, tokens, found, total),
    trajectories: {
      norm: [...found.trajectoryNorm],
      alignment: [...found.alignment],
      reward: [...tokens.reward].map((x) => (rollouts.advantages === undefined ? x : Number.NaN)),
      group: [...shown.groups],
      place: [...shown.places],
    },
    residual: found.residual,
    bound: found.bound,
    ...(check === undefined ? {} : { check }),
  };
}

/** Options as documents hold them. */
function plainOptions({ options }: AttributionSubject): AttributionDocument['objective']['options'] {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
}

/** How the split was at one checkpoint of a run. */
export interface CheckpointSplit {
  readonly step: number;
  readonly phase: 'base' | 'train';
  readonly labels: AttributionDocument['labels'];
  readonly norm: AttributionDocument['norm'];
  readonly cosine: AttributionDocument['cosine'];
  readonly cosineOfAll: number | null;
  readonly weightShare: readonly number[];
}

/** Splits the gradient at a checkpoint, without tokens and trajectories: one pass. */
export async function splitCheckpoint(
  subject: AttributionSubject,
  at: Pick<CheckpointSplit, 'step' | 'phase'>,
  options: Pick<AttributeOptions, 'by' | 'signal'>,
): Promise<CheckpointSplit> {
  const hooks = options.signal === undefined ? {} : { signal: options.signal };
  const { tokens, labels } = await begin(subject, hooks);
  const { network, weights, batch } = subject;
  const groups = groupsOf(network, options.by);
  const found = await splitByGroup(
    { network, weights, batch, labels, groups },
    { influence: 'none', withoutTrajectories: true, ...hooks },
  );
  const { norm, cosine } = gradientTables(found);
  return {
    ...at,
    labels: labels.map(({ component, term }) => ({ component, term })),
    norm,
    cosine,
    cosineOfAll: componentCosine(found, found.gram),
    weightShare: weightLevel(found, totalSeeds(labels), tokens, subject.segments).share,
  };
}
