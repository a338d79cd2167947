// Every objective with every option that its table names, on seeded batches: w_t by its closed form and by the engine's gradient of its
// loss, against the published formula.
import { rounding, type Tolerance } from '../../attribution/tolerance.ts';
import { largest } from '../../attribution/vectors.ts';
import type { RawOptions } from '../../base/options.ts';
import { type RandomStream, randomStream } from '../../base/random.ts';
import type { TokenBatch } from '../../objectives/batch.ts';
import { type ObjectiveName, objectiveNames, objectives } from '../../objectives/registry.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { type Comparison, check, control, distance, worst } from '../check.ts';
import type { Check, ClaimSubject, Control } from '../claim.ts';
import { ROUTES, type Route, weightsBy } from '../shared/asTrained.ts';
import { publishedWeights } from './publishedWeights.ts';

/** How far the policy is from the one that drew the tokens: not at all, about the clip of sequence ratios, about that of token ratios. */
type Distance = 'on policy' | 'near' | 'far';

/** Spread of log-ratios, by trajectory and by token. */
const SPREADS: Readonly<Record<Distance, number>> = { 'on policy': 0, near: 3e-3, far: 0.5 };

const DECISION = COMPONENTS.indexOf('decision');

/** Attempts and group of each trajectory: groups of four whose members do not stand together, and of two with equal rewards. */
const TRAJECTORIES = [
  { attempts: 1, group: 0 },
  { attempts: 2, group: 1 },
  { attempts: 3, group: 0 },
  { attempts: 1, group: 2 },
  { attempts: 2, group: 0 },
  { attempts: 3, group: 1 },
  { attempts: 1, group: 1 },
  { attempts: 1, group: 2 },
  { attempts: 2, group: 1 },
  { attempts: 1, group: 0 },
];

/** Attempts of one to three tokens with decisions after all but the third; some tokens masked out, one trajectory altogether. */
function seededBatch(seed: number, distance: Distance): TokenBatch {
  const random = randomStream(seed, 'published', Object.keys(SPREADS).indexOf(distance));
  const tokens = TRAJECTORIES.flatMap(({ attempts }, i) => {
    const shift = SPREADS[distance] * (2 * random.uniform() - 1);
    return Array.from({ length: attempts }, (_, attempt) => {
      const length = 1 + ((i + attempt) % 3);
      const kinds = [...new Array<number>(length).fill(0), ...(attempt < 2 ? [DECISION] : [])];
      return kinds.map((component) => ({
        i,
        attempt,
        component,
        ...drawToken(random, SPREADS[distance], shift),
      }));
    }).flat();
  });
  const pick = (field: 'logProb' | 'oldLogProb' | 'refLogProb' | 'value'): Float64Array =>
    Float64Array.from(tokens, (token) => token[field]);
  // A stream of its own, so that the draws above stay what they are.
  const more = randomStream(seed, 'sampler', Object.keys(SPREADS).indexOf(distance));
  const isMasked = tokens.map(({ i }) => i === 6 || (i % 3 === 2 && random.uniform() < 0.3));
  return {
    offsets: Int32Array.from(
      { length: TRAJECTORIES.length + 1 },
      (_, i) => tokens.findLastIndex((token) => token.i < i) + 1,
    ),
    logProb: pick('logProb'),
    oldLogProb: pick('oldLogProb'),
    refLogProb: pick('refLogProb'),
    value: pick('value'),
    mask: Uint8Array.from(isMasked, (masked) => (masked ? 0 : 1)),
    component: Uint8Array.from(tokens, ({ component }) => component),
    attempt: Int32Array.from(tokens, ({ attempt }) => attempt),
    reward: Float64Array.from(TRAJECTORIES, ({ group }) => (group === 2 ? 0.5 : random.uniform())),
    group: Int32Array.from(TRAJECTORIES, ({ group }) => group),
    samplerLogProb: pick('oldLogProb').map((lp) => lp + SPREADS[distance] * (2 * more.uniform() - 1)),
    rewards: [0, 1].map(() => Float64Array.from(TRAJECTORIES, () => more.uniform())),
  };
}

function drawToken(random: RandomStream, spread: number, shift: number) {
  const logProb = -0.1 - 2 * random.uniform();
  return {
    logProb,
    oldLogProb: logProb + shift + spread * (2 * random.uniform() - 1),
    refLogProb: logProb + 2 * random.uniform() - 1,
    value: random.uniform(),
  };
}

/** Options of one run, and the batch it is on. Several change at once: a fault in any of them moves w_t. */
interface Case {
  readonly distance: Distance;
  readonly options: RawOptions;
}

const KL = { beta: 0.3 };

const CASES: readonly Case[] = [
  { distance: 'on policy', options: {} },
  { distance: 'near', options: {} },
  { distance: 'far', options: {} },
  { distance: 'far', options: KL },
  {
    distance: 'far',
    options: {
      ...KL,
      klPlacement: 'loss',
      klEstimator: 'k1',
      aggregation: 'tokenMean',
      update: 'sample',
      baseline: 0.4,
      groupBaseline: 'others',
      stdScope: 'others',
      sequenceRatio: 'product',
      samplerLevel: 'sequence',
      samplerLow: 0.8,
      samplerHigh: 1.2,
      divideByMean: true,
      gatePositive: 2,
      rewardWeights: [2, 0.5],
      offPolicyThreshold: -0.1,
    },
  },
  {
    distance: 'far',
    options: {
      ...KL,
      klPlacement: 'loss',
      klEstimator: 'k2',
      klWeight: 'segment',
      aggregation: 'sequenceMean',
      attemptCost: 0.05,
      normalizeByStd: false,
      segmentWeight: 'segment',
      clipHigh: 0.1,
      samplerHigh: 1.1,
      differenceHigh: 0.01,
      differenceLow: 0.02,
      advantageScale: 0.7,
      gateNegative: 3,
      whitenOver: 'trajectory',
      whitenDdof: 0,
    },
  },
  {
    distance: 'far',
    options: {
      ...KL,
      klPlacement: 'loss',
      klEstimator: 'k3',
      aggregation: 'sequenceSum',
      update: 'decision',
      ddof: 0,
      wrongAttempts: 'masked',
      clipLow: 0.4,
      critic: 'value',
      stdScope: 'batch',
      groupOfOne: 'reward',
      samplerLow: 0.9,
      whitenOver: 'token',
      whitenEpsilon: 0.1,
      whitenEpsilonIn: 'variance',
    },
  },
  {
    distance: 'near',
    options: {
      ...KL,
      klPlacement: 'reward',
      klEstimator: 'k3',
      klWeight: 'segment',
      aggregation: 'constant',
      maxLength: 7,
      stdEpsilon: 0.1,
      wrongAttempts: 'masked',
      segmentWeight: 'segment',
    },
  },
  {
    distance: 'far',
    options: {
      ...KL,
      klPlacement: 'reward',
      klEstimator: 'k2',
      attemptCost: 0.05,
      dualClip: 1.2,
      critic: 'value',
      gaeLambda: 0.6,
      whitenEpsilon: 0.1,
      whitenEpsilonIn: 'std',
      aggregation: 'microBatchMean',
      microBatchSize: 4,
    },
  },
  { distance: 'far', options: { ...KL, klPlacement: 'loss', klEstimator: 'k3Corrected' } },
  { distance: 'on policy', options: { ...KL, klPlacement: 'reward', klEstimator: 'k1', update: 'decision' } },
];

/** Those options of a case that the objective has. */
function optionsOf(name: ObjectiveName, { options }: Case): RawOptions {
  const table = objectives[name].options;
  return Object.fromEntries(Object.entries(options).filter(([key]) => key in table));
}

/** The same batch, put to a formula that is wrong. */
type Wrong = (name: ObjectiveName, batch: TokenBatch, options: RawOptions) => Float64Array;

/** w_t of an objective by a route, over all cases, against a formula. */
function against(name: ObjectiveName, route: Route, batches: Batches, formula: Wrong): Comparison {
  return worst(
    CASES.map((one) => {
      const options = optionsOf(name, one);
      const batch = batches[one.distance];
      return distance(weightsBy(route, name, batch, options), formula(name, batch, options));
    }),
  );
}

type Batches = Readonly<Record<Distance, TokenBatch>>;

function batchesOf(seed: number): Batches {
  const of = (distance: Distance): TokenBatch => seededBatch(seed, distance);
  return { 'on policy': of('on policy'), near: of('near'), far: of('far') };
}

/**
 * A weight is a sum over T tokens at most (twice: a KL penalty, then a mean), a root, two exponentials. Its parts are at most e^spread·A
 * with |A| ≤ (1 + penalty)/σ, where σ of two rewards that differ by d is at least d/2.
 */
function toleranceOf({ far }: Batches): Tolerance {
  const { logProb, refLogProb, reward, group } = far;
  const tokens = logProb.length;
  const log = 1 + largest(logProb.map((lp, t) => lp - refLogProb[t]!));
  const inGroup = [0, 1].map((g) => reward.filter((_, i) => group[i] === g));
  const closest = Math.min(...inGroup.map((rs) => Math.max(...rs) - Math.min(...rs)));
  const size = (Math.exp(1) * (1 + tokens * Math.exp(log))) / (closest / reward.length);
  return rounding(4 * tokens + 40 * log, size, 'e · (1 + T e^|log-ratio|) / (least spread of rewards / B)');
}

/** Both routes of every objective against its formula. */
export function publishedChecks({ seed }: ClaimSubject): Check[] {
  const batches = batchesOf(seed);
  return objectiveNames.flatMap((name) =>
    ROUTES.map((route) =>
      check(
        `${name}, every option, its ${route}: w_t as published`,
        against(name, route, batches, publishedWeights),
        toleranceOf(batches),
      ),
    ),
  );
}

/** Wrong formulas, and an objective to which it matters. */
const WRONG: readonly { readonly name: ObjectiveName; readonly fault: string; readonly formula: Wrong }[] = [
  {
    name: 'grpo',
    fault: 'the sign of the KL penalty turned',
    formula: (name, batch, options) =>
      publishedWeights(name, batch, { ...options, ...('beta' in options ? { beta: -KL.beta } : {}) }),
  },
  {
    name: 'grpo',
    fault: 'the two policies of the KL penalty exchanged',
    formula: (name, batch, options) => {
      const refLogProb = batch.logProb.map((lp, t) => 2 * lp - batch.refLogProb[t]!);
      return publishedWeights(name, { ...batch, refLogProb }, options);
    },
  },
  {
    name: 'grpo',
    fault: 'the other ddof',
    formula: (name, batch, options) =>
      publishedWeights(name, batch, { ...options, ddof: options.ddof === 0 ? 1 : 0 }),
  },
  {
    name: 'rloo',
    fault: 'no 1/B',
    formula: (name, batch, options) =>
      publishedWeights(name, batch, options).map((w) => w * batch.reward.length),
  },
  {
    name: 'ppo',
    fault: 'the other component updated',
    formula: (name, batch, options) => {
      const { update } = options;
      const other = update === 'sample' ? 'decision' : update === 'decision' ? 'sample' : 'both';
      return publishedWeights(name, batch, { ...options, update: other });
    },
  },
  {
    name: 'sft',
    fault: 'every token the same weight',
    formula: (name, batch, options) => publishedWeights(name, batch, { ...options, segmentWeight: 'token' }),
  },
];

/** The comparison of the checks, put to formulas that are wrong. */
export function publishedControls(subject: ClaimSubject): Control[] {
  const batches = batchesOf(subject.seed);
  return WRONG.flatMap(({ name, fault, formula }) =>
    ROUTES.map((route) =>
      control(
        { ...subject, companionIs: 'companion' },
        `${name}, its ${route}: ${fault}`,
        `The weights of ${name} are those of its formula with ${fault}.`,
        against(name, route, batches, formula),
        toleranceOf(batches),
      ),
    ),
  );
}
