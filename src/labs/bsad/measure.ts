// What the lab on dueling measures at one seed: failure rates, queries against gap and confidence, the lottery, and RLOO beside it.
import { type RandomStream, randomStream } from '../../base/random.ts';
import { mean } from '../../base/student.ts';
import type { LabProgress, LabSeed } from '../lab.ts';
import { auditedCodes, type LabTrajectory } from '../shared/audited.ts';
import { normalQuantile } from '../shared/normal.ts';
import { SplitMean } from '../shared/split.ts';
import { type BsadResult, bsad } from './bsad.ts';
import {
  anytime,
  direct,
  everyLook,
  logistic,
  lotteryChance,
  type Preference,
  type Stopping,
} from './duel.ts';
import {
  actionValues,
  type Deterministic,
  decisions,
  equalGaps,
  lottery,
  type Mdp,
  optimalPolicy,
} from './mdp.ts';
import type { BsadLabOptions } from './options.ts';
import { OBJECTIVE, trainRloo } from './rloo.ts';

/** A piece of work that yields its share done, from 0 to 1. */
type Part<T> = Generator<number, T>;

/** The gaps of the sweep are the given one over powers of √2. */
const HALVINGS = [2, 1.5, 1, 0.5, 0];
/** The δ of the sweep are powers of the given one. */
const POWERS = [1, 2, 4, 8, 16];
/** Batch sizes of the lottery's curve. */
const BATCHES = Array.from({ length: 30 }, (_, i) => i + 1);

function* repeated<T>(count: number, run: (i: number) => Generator<void, T>): Part<T[]> {
  const results: T[] = [];
  for (let i = 0; i < count; i++) {
    const one = run(i);
    let next = one.next();
    for (; next.done !== true; next = one.next()) yield i / count;
    results.push(next.value);
    yield (i + 1) / count;
  }
  return results;
}

/** A setting of the method: which process, and how each duel stops. */
interface Setting {
  readonly mdp: Mdp;
  readonly batch: number;
  stopping(): Stopping;
}

/** The slope of log y against log x, by least squares. */
export function exponent(x: readonly number[], y: readonly number[]): number {
  const [u, v] = [x.map(Math.log), y.map(Math.log)];
  const [mu, mv] = [mean(u), mean(v)];
  const covariance = u.reduce((sum, a, i) => sum + (a - mu) * (v[i]! - mv), 0);
  return covariance / u.reduce((sum, a) => sum + (a - mu) ** 2, 0);
}

/** Everything at one seed. */
class Experiment {
  readonly #options: BsadLabOptions;
  readonly #random: RandomStream;
  readonly #prefers: Preference;

  constructor(options: BsadLabOptions, seed: number) {
    this.#options = options;
    this.#random = randomStream(seed, 'bsad lab');
    this.#prefers = options.link === 'direct' ? direct : logistic(options.temperature);
  }

  /** δ shared out among the duels of all decisions. */
  #share(mdp: Mdp, delta = this.#options.delta): number {
    return delta / (decisions(mdp) * (mdp.actions - 1));
  }

  #process(gap: number, random: RandomStream): Mdp {
    return equalGaps({ ...this.#options, gap }, random.split('process'));
  }

  #run({ mdp, batch, stopping }: Setting, random: RandomStream): Generator<void, BsadResult> {
    const { reach } = this.#options;
    return bsad(mdp, { batch, prefers: this.#prefers, stopping, reach }, random.split('run'));
  }

  /** How often some action is wrong, and what the policies lose on average. */
  *failures(): Part<{ rate: number; regret: number }> {
    const processes = new Map<number, Mdp>();
    const results = yield* repeated(this.#options.runs, (i) => {
      const random = this.#random.split('failures', i);
      const mdp = this.#process(this.#options.gap, random);
      processes.set(i, mdp);
      const delta = this.#share(mdp);
      return this.#run({ mdp, batch: this.#options.batch, stopping: () => anytime(delta) }, random);
    });
    const regrets = results.map(({ policy }, i) => regretOf(processes.get(i)!, policy));
    return { rate: mean(regrets.map((regret) => (regret > 0 ? 1 : 0))), regret: mean(regrets) };
  }

  /** How often a single decision at a quarter of the gap is wrong. */
  *decisionFailures(stopping: () => Stopping, purpose: string): Part<number> {
    const { gap, batch, noise, decisionRuns } = this.#options;
    const mdp = (i: number): Mdp =>
      equalGaps({ horizon: 1, states: 1, actions: 2, gap: gap / 4, noise }, this.#random.split(purpose, i));
    const results = yield* repeated(decisionRuns, (i) =>
      this.#run({ mdp: mdp(i), batch, stopping }, this.#random.split(purpose, i)),
    );
    return mean(results.map(({ policy }, i) => (regretOf(mdp(i), policy) > 0 ? 1 : 0)));
  }

  /** Mean queries and trajectories at a gap and a δ. */
  *cost(
    gap: number,
    delta: number,
    runs: number,
    purpose: string,
  ): Part<{ queries: number; trajectories: number }> {
    const results = yield* repeated(runs, (i) => {
      const random = this.#random.split(`${purpose} ${gap} ${delta}`, i);
      const mdp = this.#process(gap, random);
      const share = this.#share(mdp, delta);
      return this.#run({ mdp, batch: this.#options.batch, stopping: () => anytime(share) }, random);
    });
    return {
      queries: mean(results.map(({ queries }) => queries)),
      trajectories: mean(results.map(({ trajectories }) => trajectories)),
    };
  }

  /** How often the method takes the lottery, which is right. */
  *lotteryRight(batch: number): Part<number> {
    const results = yield* repeated(this.#options.runs, (i) => {
      const random = this.#random.split(`lottery ${batch}`, i);
      return this.#run({ mdp: lottery, batch, stopping: () => anytime(this.#options.delta) }, random);
    });
    return mean(results.map(({ policy }) => policy[0]![0]!));
  }

  /** How often a batch of lotteries is preferred to one of the safe action. */
  lotteryWins(batch: number, duels: number): number {
    const random = this.#random.split('lottery duels', batch);
    const sum = (action: number): number => {
      let total = 0;
      for (let i = 0; i < batch; i++) total += lottery.draw(0, 0, action, random);
      return total;
    };
    let wins = 0;
    for (let i = 0; i < duels; i++) if (this.#prefers(sum(1), sum(0), random)) wins++;
    return wins / duels;
  }

  /** RLOO on one process, with its split, a sample of its rollouts and what its most probable actions lose. */
  *rloo(): Part<{ split: SplitMean; rollouts: LabTrajectory[]; regret: number }> {
    const { rlooSteps, gap } = this.#options;
    const random = this.#random.split('rloo');
    const mdp = this.#process(gap, random);
    const split = new SplitMean();
    const rollouts: LabTrajectory[] = [];
    let [regret, step] = [0, 0];
    for (const seen of trainRloo(mdp, { ...this.#options, steps: rlooSteps }, random)) {
      split.add(seen.split);
      // Eight steps from the whole course are enough for the audit.
      if (step % Math.ceil(rlooSteps / 8) === 0) rollouts.push(...seen.rollouts);
      regret = regretOf(mdp, seen.policy);
      yield ++step / rlooSteps;
    }
    return { split, rollouts, regret };
  }
}

/** V* − V^π at the start; at most rounding where the policies agree, and then 0. */
function regretOf(mdp: Mdp, policy: Deterministic): number {
  const best = optimalPolicy(mdp);
  const isSame = policy.every((actions, h) => actions.every((a, s) => a === best[h]![s]));
  const value = (which: Deterministic): number => actionValues(mdp, which)[0]![0]![which[0]![0]!]!;
  return isSame ? 0 : value(best) - value(policy);
}

async function* within<T>(
  part: Part<T>,
  [from, to]: readonly [number, number],
  label: string,
): AsyncGenerator<LabProgress, T> {
  let next = part.next();
  for (; next.done !== true; next = part.next()) {
    yield { share: from + (to - from) * next.value, label };
  }
  return next.value;
}

/** A power law through the points in the middle of their logarithms. */
function through(x: readonly number[], y: readonly number[], slope: number): number[] {
  const at = mean(y.map(Math.log)) - slope * mean(x.map(Math.log));
  return x.map((value) => Math.exp(at + slope * Math.log(value)));
}

/** Runs one seed of the lab. */
export async function* measure(options: BsadLabOptions, seed: number): AsyncGenerator<LabProgress, LabSeed> {
  const { gap, delta, batch, sweepRuns, duels } = options;
  const it = new Experiment(options, seed);
  const failures = yield* within(it.failures(), [0, 0.2], 'failures of the whole method');
  const decision = yield* within(
    it.decisionFailures(() => anytime(delta), 'decision'),
    [0.2, 0.25],
    'failures of a decision',
  );
  const oneLook = -normalQuantile(delta);
  const peeking = yield* within(
    it.decisionFailures(() => everyLook(oneLook), 'peeking'),
    [0.25, 0.27],
    'failures with a test for one look',
  );
  const gaps = HALVINGS.map((k) => gap * 2 ** -k);
  const byGap: { queries: number; trajectories: number }[] = [];
  for (const [i, one] of gaps.entries()) {
    const span = [0.27 + 0.3 * (1 - 2 ** -i), 0.27 + 0.3 * (1 - 2 ** -(i + 1))] as const;
    byGap.push(yield* within(it.cost(one, delta, sweepRuns, 'gap'), span, `gap ${one.toPrecision(2)}`));
  }
  const deltas = POWERS.map((k) => delta ** k);
  const byDelta: number[] = [];
  for (const [i, one] of deltas.entries()) {
    const span = [(57 + 7 * i) / 100, (64 + 7 * i) / 100] as const;
    const { queries } = yield* within(
      it.cost(gap, one, 2 * sweepRuns, 'delta'),
      span,
      `δ ${one.toPrecision(1)}`,
    );
    byDelta.push(queries);
  }
  const right = yield* within(it.lotteryRight(batch), [0.92, 0.93], 'lottery');
  const rightAlone = yield* within(it.lotteryRight(1), [0.93, 0.94], 'lottery, one by one');
  const wins: number[] = [];
  for (const size of BATCHES) {
    wins.push(it.lotteryWins(size, Math.ceil(duels / 10)));
    yield { share: 0.94 + 0.02 * (size / BATCHES.length), label: 'duels of the lottery' };
  }
  const rloo = yield* within(it.rloo(), [0.96, 1], 'RLOO');
  const queries = byGap.map((one) => one.queries);
  const moreDigits = deltas.slice(1).map((one) => Math.log(delta / one));
  const moreQueries = byDelta.slice(1).map((one) => one - byDelta[0]!);
  return {
    measured: {
      failures: failures.rate,
      regret: failures.regret,
      decisionFailures: decision,
      peekingFailures: peeking,
      gapExponent: exponent(gaps, queries),
      deltaExponent: exponent(moreDigits, moreQueries),
      queries: queries.at(-1)!,
      trajectories: byGap.at(-1)!.trajectories,
      lotteryWins: it.lotteryWins(batch, duels),
      lotteryWinsAlone: it.lotteryWins(1, duels),
      lotteryRight: right,
      lotteryRightAlone: rightAlone,
      rlooRegret: rloo.regret,
    },
    series: {
      gap: gaps,
      queriesByGap: queries,
      gapReference: through(gaps, queries, -2),
      moreDigits,
      moreQueries,
      digitsReference: through(moreDigits, moreQueries, 1),
      batch: BATCHES,
      lotteryWins: wins,
      lotteryExact: BATCHES.map(lotteryChance),
    },
    split: rloo.split.shares(),
    audit: await auditedCodes(rloo.rollouts, OBJECTIVE.name, OBJECTIVE.options),
  };
}
