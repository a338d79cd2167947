// Follows both gradients and compares every step with the closed forms.
import type { SplitMean } from '../shared/split.ts';
import {
  accuracyOf,
  bernoulliKl,
  conditionalKl,
  klOfRows,
  type Masses,
  tiltAfter,
  tiltedAccuracy,
} from './closedForms.ts';
import type { EnergyOptions } from './options.ts';
import { type Method, Path } from './paths.ts';
import { identityRounding, klRounding } from './rounding.ts';
import { logSumExp, rowOf, type Square, tiltedLogProb, type World } from './world.ts';

/** What was seen along a path; the largest over prompts and steps where it is one number. */
export interface Followed {
  /** [steps + 1] KL(π‖π*), mean over prompts. */
  readonly kl: readonly number[];
  /** [steps + 1] KL(Ber(p)‖Ber(p*)), mean over prompts. */
  readonly bernoulli: readonly number[];
  /** |KL(π‖π*) − KL(Ber(p)‖Ber(p*))|, the right side in closed form. */
  readonly identityGap: number;
  /** |KL − KL(Ber) − Σ P(r)·KL(· | r)|. */
  readonly chainRuleGap: number;
  /** |J(π*) − J(π) − β·KL(π‖π*)| with J(π*) = β log Z. */
  readonly valueGap: number;
  /** The same with KL(π*‖π) in its place. */
  readonly valueGapOfForward: number;
  /** |KL − closed form at s_t| over what rounding allows there. */
  readonly pathOverRounding: number;
  /** The same with s = (1 − e^{−ηβt})/β, which is the flow and not the steps. */
  readonly flowOverRounding: number;
  /** Steps at which the KL of a prompt went up by more than rounding. */
  readonly increases: number;
  /** log π(y | x) at the end. */
  readonly logProb: Square;
  /** [steps] log π(y | x) before each step. */
  readonly before: readonly Square[];
  /** What solving for natural gradients has added to a logit, at most. */
  readonly solverError: number;
}

/** The tables that do not change: of the reference and of the optimum, with log Z by prompt. */
export interface Ends {
  readonly reference: Square;
  readonly optimum: Square;
  /** [n] */
  readonly logZ: Float64Array;
  /** [n] right and wrong of the reference. */
  readonly masses: readonly Masses[];
}

/** π_ref ∝ S and π* ∝ π_ref·e^{r/β}. */
export function endsOf({ affinity, reward }: World, beta: number): Ends {
  const reference = tiltedLogProb(affinity, new Float64Array(reward.length));
  const prompts = [...reward.keys()];
  return {
    reference,
    optimum: tiltedLogProb(
      affinity,
      reward.map((r) => r / beta),
    ),
    logZ: Float64Array.from(prompts, (x) =>
      logSumExp(rowOf(reference, x).map((lp, y) => lp + reward[y]! / beta)),
    ),
    masses: prompts.map((x) => accuracyOf({ logProb: rowOf(reference, x), reward })),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Follows one method from the reference; it yields the number of steps taken. */
export function* follow(
  world: World,
  options: EnergyOptions,
  { method, rate }: { readonly method: Method; readonly rate: number },
  split?: SplitMean,
): Generator<number, Followed> {
  const { beta, steps } = options;
  const { reward } = world;
  const { reference, optimum, logZ, masses } = endsOf(world, beta);
  const path = new Path({ reference, reward, beta, method, rate });
  const stride = rate * beta;
  const rounding = klRounding(options);
  const most = {
    identityGap: 0,
    chainRuleGap: 0,
    valueGap: 0,
    valueGapOfForward: 0,
    pathOverRounding: 0,
    flowOverRounding: 0,
  };
  const keep = (name: keyof typeof most, value: number): void => {
    most[name] = Math.max(most[name], Math.abs(value));
  };
  const [kl, bernoulli, before]: [number[], number[], Square[]] = [[], [], []];
  let increases = 0;
  let last = reward.map(() => Number.POSITIVE_INFINITY);

  const look = (t: number): void => {
    const logProb = path.logProb();
    const allowed = (2 / beta) * 2 * path.solverError() + identityRounding(options) + rounding;
    const found = masses.map((p0, x) => {
      const row = { logProb: rowOf(logProb, x), reward };
      const [towards, away] = [rowOf(optimum, x), rowOf(reference, x)];
      const masses = accuracyOf(row);
      const target = tiltedAccuracy(p0, 1 / beta);
      const one = klOfRows(row.logProb, towards);
      const two = bernoulliKl(masses, target);
      keep('identityGap', one - two);
      const sameTables = bernoulliKl(masses, accuracyOf({ logProb: towards, reward }));
      keep('chainRuleGap', one - sameTables - conditionalKl(row, towards));
      const value = masses.right - beta * klOfRows(row.logProb, away);
      keep('valueGap', beta * logZ[x]! - value - beta * one);
      keep('valueGapOfForward', beta * logZ[x]! - value - beta * klOfRows(towards, row.logProb));
      const at = (s: number): number => bernoulliKl(tiltedAccuracy(p0, s), target);
      keep('pathOverRounding', (one - at(tiltAfter(t, stride, beta))) / allowed);
      keep('flowOverRounding', (one - at((1 - Math.exp(-stride * t)) / beta)) / allowed);
      return { one, two };
    });
    increases += found.filter(({ one }, x) => one > last[x]! + 2 * rounding).length;
    last = Float64Array.from(found, ({ one }) => one);
    kl.push(mean(found.map(({ one }) => one)));
    bernoulli.push(mean(found.map(({ two }) => two)));
  };

  try {
    look(0);
    for (let t = 0; t < steps; t++) {
      before.push(path.logProb());
      path.step(split);
      look(t + 1);
      yield t + 1;
    }
    const [logProb, solverError] = [path.logProb(), path.solverError()];
    return { kl, bernoulli, ...most, increases, logProb, before, solverError };
  } finally {
    path.dispose();
  }
}
