// One seed of the lab: preferences, reward models with and without a bottleneck, and the optimisations against them.
import { randomStream } from '../../base/random.ts';
import { mean } from '../../base/student.ts';
import type { LabProgress, LabSeed } from '../lab.ts';
import { auditedCodes } from '../shared/audited.ts';
import { gaussianOutliers } from './gaussianOutliers.ts';
import { Judge } from './judge.ts';
import { type Course, type Optimised, optimise } from './optimise.ts';
import type { InformOptions } from './options.ts';
import { referenceParameters, Sampler } from './policy.ts';
import { goldReward, type Pair, preferred, type Response } from './responses.ts';
import { RewardModel } from './rewardModel.ts';

/** Fresh pairs and fresh responses of the reference policy that measures are taken on. */
const FRESH = 2000;

/** The reward of the responses of a step. */
type RewardOf = (responses: readonly Response[], step: number) => Float64Array;

/** The reward model's reward less γ·D. */
function penalised(judge: Judge, penalty: number): RewardOf {
  return (responses) => {
    const { reward, distance } = judge.judge(responses);
    return reward.map((r, i) => r - penalty * distance[i]!);
  };
}

/** So many distances a response pays for in the control: the distance of a single one is so noisy that it may keep the policy from learning. */
const PAID_FOR = 8;

/** The same with the mean distance of others in the batch: as large on average, and of no response in particular. */
function penalisedAtRandom(judge: Judge, penalty: number, seed: number): RewardOf {
  return (responses, step) => {
    const { reward, distance } = judge.judge(responses);
    const random = randomStream(seed, 'shuffle', step);
    const n = distance.length;
    return reward.map((r, i) => {
      let paid = 0;
      for (let k = 0; k < PAID_FOR; k++) paid += distance[(i + 1 + random.integer(n - 1)) % n]!;
      return r - (penalty * paid) / PAID_FOR;
    });
  };
}

/** The probability that the reward model and a fresh preference agree on a pair: the mean over pairs of σ(gold difference, as it ranks them). */
function agreement(judge: Judge, pairs: readonly Pair[], lengthCost: number): number {
  const { reward } = judge.judge(pairs.flat());
  return mean(
    pairs.map(([a, b], i) => {
      const difference = goldReward(a, lengthCost) - goldReward(b, lengthCost);
      return 1 / (1 + Math.exp(reward[2 * i]! > reward[2 * i + 1]! ? -difference : difference));
    }),
  );
}

function last(values: readonly number[]): number {
  return values.at(-1)!;
}

/** How far gold has fallen below its highest value. */
function fall({ gold }: Pick<Course, 'gold'>): number {
  return Math.max(...gold) - last(gold);
}

/** The part of the fall that a penalty prevents: 0 if gold ends where it ends without, 1 if it ends at the highest value without. */
function prevented(withPenalty: Course, without: Course): number {
  return (last(withPenalty.gold) - last(without.gold)) / fall(without);
}

/** What a penalty prevents beyond half of the fall, in units of gold: a difference, which a seed without a fall does not blow up. */
function beyondHalf(withPenalty: Course, without: Course): number {
  return last(withPenalty.gold) - last(without.gold) - fall(without) / 2;
}

/** The share of outliers above nine tenths, by the fall that comes with it. */
function weighedShare(share: number, { gold }: Course): number {
  return (share - 0.9) * fall({ gold });
}

function measuredOf(
  runs: Readonly<Record<'free' | 'ibl' | 'shuffled' | 'onGold' | 'plain' | 'plainIbl', Course>>,
): Record<string, number> {
  const { free, ibl, shuffled, onGold, plain, plainIbl } = runs;
  const peak = free.gold.indexOf(Math.max(...free.gold));
  return {
    goldFall: fall(free),
    proxyAfterPeak: (last(free.proxy) - free.proxy[peak]!) / (last(free.proxy) - free.proxy[0]!),
    shareAtPeak: free.share[peak]!,
    shareAtEnd: last(free.share),
    shareOnGold: last(onGold.share),
    shareWithPenalty: last(ibl.share),
    outlyingAtEnd: weighedShare(last(free.share), free),
    outlyingOnGold: weighedShare(last(onGold.share), free),
    outlyingWithoutBottleneck: weighedShare(last(plain.share), plain),
    beyondHalf: beyondHalf(ibl, free),
    beyondHalfShuffled: beyondHalf(shuffled, free),
    beyondHalfWithoutBottleneck: beyondHalf(plainIbl, plain),
    prevented: prevented(ibl, free),
    preventedShuffled: prevented(shuffled, free),
    preventedWithoutBottleneck: prevented(plainIbl, plain),
    preventedGain: prevented(ibl, free) - prevented(plainIbl, plain),
    goldWithPenalty: last(ibl.gold),
    goldWithPenaltyWithoutBottleneck: last(plainIbl.gold),
    goldByBottleneck: last(ibl.gold) - last(plainIbl.gold),
    alikeByBottleneck:
      (last(ibl.gold) - last(free.gold)) / 2 - Math.abs(last(ibl.gold) - last(plainIbl.gold)),
    shareWithoutBottleneck: last(plain.share),
    goldFallWithoutBottleneck: fall(plain),
    rewardOverDistance: Math.max(...Object.values(runs).flatMap(({ perDistance }) => perDistance)),
  };
}

function seriesOf(runs: Readonly<Record<string, Course>>): Record<string, readonly number[]> {
  const columns = Object.entries(runs).flatMap(([name, { gold, share, proxy }]) => [
    [`${name}Gold`, gold],
    [`${name}Share`, share],
    [`${name}Proxy`, proxy],
  ]);
  return { step: Object.values(runs)[0]!.step, ...Object.fromEntries(columns) };
}

/** Runs one seed; see `Lab.measure`. */
export async function* measure(options: InformOptions, seed: number): AsyncGenerator<LabProgress, LabSeed> {
  const {
    pairs: pairCount,
    draws: drawCount,
    reference: referenceCount,
    lengthCost,
    level,
    penalty,
    steps,
    rewardSteps,
    ridge,
  } = options;
  const start = referenceParameters();
  const sampler = new Sampler(start);
  for (const tensor of Object.values(start)) tensor.dispose();
  const data = randomStream(seed, 'data');
  const drawPairs = (count: number): Pair[] =>
    Array.from({ length: count }, () => preferred(sampler.draw(data), sampler.draw(data), lengthCost, data));
  const draws = Array.from({ length: drawCount }, () => drawPairs(pairCount));
  const reference = sampler.drawMany(referenceCount, data);
  const freshPairs = drawPairs(FRESH);
  const fresh = sampler.drawMany(FRESH, data);

  const total = 2 * drawCount * rewardSteps + 6 * steps;
  let done = 0;
  const train = function* (pairs: readonly Pair[], bottleneck: number): Generator<LabProgress, RewardModel> {
    const model = new RewardModel(pairs, { ...options, bottleneck }, seed);
    for (let step = 0; step < rewardSteps; step++) {
      model.step();
      done++;
      if (step % 10 === 0) yield { share: done / total, label: `reward model ${step + 1}/${rewardSteps}` };
    }
    return model;
  };
  const run = function* (name: string, rewardOf: RewardOf, seen: Judge): Generator<LabProgress, Optimised> {
    const course = optimise(options, seed, rewardOf, seen);
    for (let next = course.next(); ; next = course.next()) {
      if (next.done === true) return next.value;
      done++;
      if (next.value % 5 === 0) yield { share: done / total, label: `${name} ${next.value}/${steps}` };
    }
  };

  const [bottlenecked, deterministic]: [RewardModel[], RewardModel[]] = [[], []];
  for (const pairs of draws) {
    bottlenecked.push(yield* train(pairs, options.bottleneck));
    deterministic.push(yield* train(pairs, 0));
  }
  const judgeOf = (model: RewardModel): Judge => new Judge(model, reference, level, ridge);
  const agreements = (models: readonly RewardModel[]): number =>
    mean(models.map((model) => agreement(judgeOf(model), freshPairs, lengthCost)));
  const [judge, plainJudge] = [judgeOf(bottlenecked[0]!), judgeOf(deterministic[0]!)];
  const withBottleneck = agreements(bottlenecked);
  const agreementGain = withBottleneck - agreements(deterministic);
  yield { share: done / total, label: 'reward models are trained' };
  const free = yield* run('reward alone', penalised(judge, 0), judge);
  const ibl = yield* run('with the penalty', penalised(judge, penalty), judge);
  const shuffled = yield* run('shuffled penalty', penalisedAtRandom(judge, penalty, seed), judge);
  const gold: RewardOf = (responses) => Float64Array.from(responses, (r) => goldReward(r, lengthCost));
  const onGold = yield* run('gold reward', gold, judge);
  const plain = yield* run('no bottleneck', penalised(plainJudge, 0), plainJudge);
  const plainIbl = yield* run('no bottleneck, with the penalty', penalised(plainJudge, penalty), plainJudge);
  const courses = {
    free: free.course,
    ibl: ibl.course,
    shuffled: shuffled.course,
    onGold: onGold.course,
    plain: plain.course,
    plainIbl: plainIbl.course,
  };
  yield { share: 1, label: 'outliers of Gaussians' };
  const measured = {
    ...measuredOf(courses),
    ...gaussianOutliers(options.latent, level, seed),
    shareOfReference: judge.judge(fresh).outliers,
    agreement: withBottleneck,
    agreementGain,
  };
  for (const model of [...bottlenecked, ...deterministic]) model.free();
  yield { share: 1, label: 'audit' };
  return {
    measured,
    series: seriesOf(courses),
    split: ibl.split.shares(),
    audit: await auditedCodes(ibl.rollouts, 'rloo', { beta: options.kl }),
  };
}
