// What the lab on early rejection measures at one seed: random walks against the bound, then searches of a tiny transformer.
import { scope } from '../../autodiff/index.ts';
import { type RandomStream, randomStream } from '../../base/random.ts';
import { atTemperature, decodable, generate } from '../../episodes/index.ts';
import type { LabProgress, LabSeed } from '../lab.ts';
import { auditedCodes, type LabTrajectory } from '../shared/audited.ts';
import { disposeAll } from '../shared/learner.ts';
import { SplitMean } from '../shared/split.ts';
import { drawPrompt, rightTokens } from './chain.ts';
import { type EarlyRejectionOptions, searchOptions, trainingOptions } from './options.ts';
import { type SearchOptions, search } from './search.ts';
import { answerLogProbs, OBJECTIVE, type Trained, type TrainingStep, train } from './training.ts';
import {
  correlation,
  givenFinal,
  independent,
  opposite,
  rejectionBound,
  rejectionChance,
  rejectionRate,
  type Scores,
  walkCorrelations,
} from './walk.ts';

/** Δ/σ of the check, and of the two counter-examples. */
export const RATIO = 3;
/** See `RATIO`. */
const OPPOSITE_RATIO = 4;
/** τ/L where the final rewards are known. */
const GIVEN_SHARE = 0.25;
/** Leads Δ/σ at which the exact chance is compared with the bound. */
const RATIOS = Array.from({ length: 25 }, (_, i) => i / 4);
/** τ/L of the rejection rates, and the lead at τ = L: Δ grows as τ and σ as √τ. */
const SHARES = [0.04, 0.16, 0.36, 0.64, 1];
const LEAD = 5;

/** τ of a walk of L tokens: 0.64·L, rounded. */
export function walkTau({ walkLength }: EarlyRejectionOptions): number {
  return Math.max(1, Math.round(0.64 * walkLength));
}

function ofWalks(options: EarlyRejectionOptions, random: RandomStream) {
  const { walkLength, walks, rounds, beams } = options;
  const tau = walkTau(options);
  const rate = (candidates: number, scores: Scores, purpose: string): number =>
    // Pairs are cheap, and what is compared with the bound is small.
    rejectionRate(
      { candidates, keep: 1, rounds: candidates === 2 ? 10 * rounds : rounds },
      scores,
      random.split(purpose),
    );
  const byTau = walkCorrelations({ length: walkLength, walks }, () => 1, random.split('walks'));
  // What comes after τ is paid ten times as much as what comes before.
  const late = walkCorrelations(
    { length: walkLength, walks },
    (t) => (t < tau ? 0.1 : 1),
    random.split('late'),
  );
  const ratios = SHARES.map((share) => LEAD * Math.sqrt(share));
  return {
    measured: {
      correlation: byTau[tau - 1]!,
      lateCorrelation: late[tau - 1]!,
      boundRatio: Math.max(...RATIOS.map((x) => rejectionChance(beams, 1, x) / rejectionBound(beams, x))),
      rejection: rate(beams, independent(RATIO), 'independent'),
      oppositeRatio: rate(2, opposite(OPPOSITE_RATIO), 'opposite') / rejectionBound(2, OPPOSITE_RATIO),
      givenFinalRatio: rate(2, givenFinal(RATIO, GIVEN_SHARE), 'given') / rejectionBound(2, RATIO),
    },
    series: {
      walkShare: byTau.map((_, i) => (i + 1) / walkLength),
      walkCorrelation: byTau,
      walkReference: byTau.map((_, i) => Math.sqrt((i + 1) / walkLength)),
      share: SHARES,
      rejection: ratios.map((x, i) => rate(beams, independent(x), `share ${i}`)),
      // A probability is at most 1.
      rejectionBound: ratios.map((x) => Math.min(1, rejectionBound(beams, x))),
    },
  };
}

/** Correlation of the judge's score of t tokens with that of all, over chains that the generator draws without a search; [L]. */
function chainCorrelations(
  { model, generator, judge }: Trained,
  options: EarlyRejectionOptions,
  random: RandomStream,
): number[] {
  const { length } = trainingOptions(options);
  const chains = 4 * options.prompts;
  const prompts = Array.from({ length: chains }, () => drawPrompt({ ...options, length }, random));
  const tokens = Array.from({ length: options.modulus }, (_, v) => v);
  const drawn = generate(decodable(model, generator), {
    prompts,
    streams: prompts.map((_, i) => random.split('row', i)),
    drawing: atTemperature(options.temperature),
    next: (_, some) => (some.length < length ? { tokens, keep: false } : undefined),
    together: 256,
  });
  const sequences = prompts.map((one, i) => [...one, ...drawn[i]!.tokens]);
  const logProb = scope(() => Float64Array.from(answerLogProbs(model, judge, sequences, length).readSync()));
  const sums = Array.from({ length }, () => new Float64Array(chains));
  for (let i = 0; i < chains; i++) {
    let sum = 0;
    for (let t = 0; t < length; t++) {
      sum += logProb[i * length + t]!;
      sums[t]![i] = sum;
    }
  }
  return sums.map((partial) => correlation(partial, sums.at(-1)!));
}

/** Right chains of a step of training, as the audit sees them. */
function demonstrations({ sequences, logProb }: TrainingStep, step: number): LabTrajectory[] {
  const length = logProb.length / sequences.length;
  return sequences.map((one, i) => ({
    group: `prompt ${step}-${i}`,
    step,
    tokens: one.map(String),
    roles: one.map((_, t) => (t < one.length - length ? ('prompt' as const) : ('sample' as const))),
    logProbs: [
      ...new Array<number>(one.length - length).fill(Number.NaN),
      ...logProb.subarray(i * length, (i + 1) * length),
    ],
    reward: 1,
    correct: true,
  }));
}

/** Accuracy and FLOPs of a search. */
interface Searched {
  readonly accuracy: number;
  readonly flops: number;
}

async function* searched(
  trained: Trained,
  options: EarlyRejectionOptions,
  given: Partial<SearchOptions>,
  { random, at, label }: { random: RandomStream; at: number; label: string },
): AsyncGenerator<LabProgress, Searched> {
  const chosen = { ...searchOptions(options), ...given };
  const sizes = { ...options, length: chosen.length };
  const prompts = Array.from({ length: options.prompts }, (_, i) =>
    drawPrompt(sizes, random.split('prompt', i)),
  );
  const steps = search(trained, prompts, chosen, random.split('search'));
  let next = steps.next();
  for (; next.done !== true; next = steps.next()) yield { share: at, label };
  const { best, flops } = next.value;
  const right = best.filter(({ tokens }) => rightTokens(tokens, sizes) === chosen.length).length;
  return { accuracy: right / best.length, flops: flops / best.length };
}

/** Runs one seed of the lab. */
export async function* measure(
  options: EarlyRejectionOptions,
  seed: number,
): AsyncGenerator<LabProgress, LabSeed> {
  const random = randomStream(seed, 'early-rejection lab');
  const walks = ofWalks(options, random);
  yield { share: 0.03, label: 'random walks' };
  const split = new SplitMean();
  const rollouts: LabTrajectory[] = [];
  const training = train(trainingOptions(options), random.split('training'));
  let judge = 0;
  let next = training.next();
  for (let step = 0; next.done !== true; next = training.next(), step++) {
    split.add(next.value.split);
    judge = next.value.right;
    if (step % Math.ceil(options.steps / 4) === 0) rollouts.push(...demonstrations(next.value, step));
    const label = `step ${step + 1}/${options.steps}, a right token has ${next.value.right.toFixed(2)}`;
    yield { share: 0.03 + 0.5 * ((step + 1) / options.steps), label };
  }
  const trained = next.value;
  const { stepLength, modulus, late } = options;
  const { tau, length } = searchOptions(options);
  const byTau: Searched[] = [];
  const taus = Array.from({ length: stepLength }, (_, i) => i + 1);
  for (const one of taus) {
    const at = 0.53 + 0.3 * ((one - 1) / stepLength);
    byTau.push(
      yield* searched(trained, options, { tau: one }, { random, at, label: `search with τ = ${one}` }),
    );
  }
  const spoil = (token: number, stream: RandomStream): number =>
    stream.uniform() < late ? (token + 1 + stream.integer(modulus - 1)) % modulus : token;
  const spoiled: Searched[] = [];
  for (const one of [tau, stepLength]) {
    const at = one === tau ? 0.85 : 0.92;
    spoiled.push(
      yield* searched(trained, options, { tau: one, spoil }, { random, at, label: 'late errors' }),
    );
  }
  const correlations = chainCorrelations(trained, options, random.split('chains'));
  disposeAll(trained.judge, trained.generator);
  const [early, whole] = [byTau[tau - 1]!, byTau.at(-1)!];
  return {
    measured: {
      ...walks.measured,
      judge,
      chainCorrelation: correlations[Math.round(0.64 * length) - 1]!,
      accuracy: whole.accuracy,
      earlyAccuracy: early.accuracy,
      accuracyLoss: whole.accuracy - early.accuracy,
      saving: whole.flops / early.flops,
      lateAccuracy: spoiled[1]!.accuracy,
      lateLoss: spoiled[1]!.accuracy - spoiled[0]!.accuracy,
    },
    series: {
      ...walks.series,
      chainShare: correlations.map((_, i) => (i + 1) / length),
      chainCorrelation: correlations,
      tau: taus,
      flops: byTau.map((one) => one.flops),
      accuracy: byTau.map((one) => one.accuracy),
    },
    split: split.shares(),
    audit: await auditedCodes(rollouts, OBJECTIVE.name, OBJECTIVE.options),
  };
}
