// Which of two closed forms logged weights follow: token by token within float32 rounding, with a factor of its own for every trajectory.
import type { Trajectory } from '../rollouts/index.ts';
import type { Evidence, Span } from './rule.ts';
import { SpanList } from './spans.ts';
import type { TokenView } from './tokenView.ts';

/** 32 roundings of float32, relative to what is added up: trainers compute a weight in about ten operations. */
export const ROUNDING = 32 * 2 ** -24;

/** How often a rule may find by accident what it looks for, on one input. */
export const FALSE_ALARMS = 1e-6;

/** Ratios looked at to find the factor of a trajectory. */
const MOST_RATIOS = 31;

/** A closed form of the weights of a trajectory. */
export interface Form {
  /** [T] */
  readonly weights: Float64Array;
  /** [T] the sum of the sizes of the terms that were added up, to which rounding is relative. */
  readonly size: Float64Array;
}

/** The form that adds these terms, [T] each. */
export function formOf(...terms: readonly Float64Array[]): Form {
  const length = terms[0]?.length ?? 0;
  const weights = new Float64Array(length);
  const size = new Float64Array(length);
  for (const term of terms) {
    for (let t = 0; t < length; t++) {
      weights[t]! += term[t]!;
      size[t]! += Math.abs(term[t]!);
    }
  }
  return { weights, size };
}

/** The median of numbers, the upper one of two; NaN if there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** The tokens with mask 1 that have a logged weight. */
function loggedTokens({ weights, mask, length }: Trajectory): number[] {
  const tokens: number[] = [];
  for (let t = 0; t < length; t++) if (mask[t] === 1 && Number.isFinite(weights?.[t])) tokens.push(t);
  return tokens;
}

/**
 * The factor between the logged weights of a trajectory and a form: the median of their quotients, which up to half of the tokens
 * cannot move. NaN where either is 0 everywhere, or nothing is logged.
 */
export function factorOf(
  trajectory: Trajectory,
  { weights }: Form,
  tokens = loggedTokens(trajectory),
): number {
  const logged = trajectory.weights;
  if (logged === undefined) return Number.NaN;
  const usable = tokens.filter((t) => logged[t] !== 0 && weights[t] !== 0);
  const step = Math.max(1, usable.length / MOST_RATIOS);
  const quotients: number[] = [];
  for (let k = 0; k < usable.length; k += step) {
    const t = usable[Math.floor(k)]!;
    quotients.push(logged[t]! / weights[t]!);
  }
  return median(quotients);
}

/** n·D(k/n ‖ p): −log of Chernoff's bound on P(at least k of n), for chances of mean p < k/n. Source: Hoeffding 1963. */
function surprise(k: number, n: number, p: number): number {
  const x = k / n;
  const rest = x === 1 ? 0 : (1 - x) * Math.log((1 - x) / (1 - p));
  return n * (x * Math.log(x / p) + rest);
}

/**
 * The smallest number of n that is more than half of them, and that accident gives in at most FALSE_ALARMS of all inputs.
 * @param p the mean chance that one agrees by accident
 * @param tried how many alternatives are tried together
 */
export function leastAgreement(n: number, p: number, tried: number): number {
  const needed = Math.log(tried / FALSE_ALARMS);
  let least = Math.floor(n / 2) + 1;
  while (least <= n && surprise(least, n, Math.max(p, Number.EPSILON)) < needed) least++;
  return least;
}

/** How a contest ended. */
export interface Outcome {
  /** Tokens on which the two forms differ by more than rounding, without those that the factors take. */
  readonly tokens: number;
  /** How many of them the alternative gives within rounding, and how many the declared form. */
  readonly alternative: number;
  readonly declared: number;
  /** √(Σ(w − form)²/Σw²) over these tokens. */
  readonly misfitOfDeclared: number;
  readonly misfitOfAlternative: number;
  /** More tokens than this have to speak for the alternative. */
  readonly threshold: number;
  readonly isAlternative: boolean;
  /** The standard deviation of the logarithm of the factors of the trajectories under the alternative: 0 if they have one in common. */
  readonly factorSpread: number;
  readonly trajectories: number;
  readonly spans: readonly Span[];
}

/** A form at the factor of one trajectory. */
class Fit {
  private readonly form: Form;
  readonly factor: number;
  /** A form of the opposite sign explains nothing. */
  private readonly isPossible: boolean;

  constructor(trajectory: Trajectory, form: Form, tokens: number[]) {
    this.form = form;
    const factor = factorOf(trajectory, form, tokens);
    this.isPossible = !(factor <= 0);
    this.factor = factor > 0 ? factor : 1;
  }

  at(t: number): number {
    return this.factor * this.form.weights[t]!;
  }

  rounding(t: number, w: number): number {
    return ROUNDING * Math.max(this.factor * this.form.size[t]!, Math.abs(w));
  }

  explains(t: number, w: number): boolean {
    return this.isPossible && Math.abs(w - this.at(t)) <= this.rounding(t, w);
  }
}

/**
 * Compares two forms over many trajectories, O(1) numbers in all. A token speaks for a form if the logged weight is the form's times the
 * factor of the trajectory, within rounding; only tokens on which the forms differ by more than four times that count.
 */
export class Contest {
  private readonly tried: number;
  private readonly places = new SpanList();
  private tokens = 0;
  private alternative = 0;
  private declared = 0;
  /** Sum of the chances that a token agrees with the alternative by accident. */
  private chance = 0;
  /** Of the logarithms of factors under the alternative: how many, their mean, and the sum of squares about it. */
  private readonly factors = { count: 0, mean: 0, squares: 0 };
  private square = 0;
  private leftByDeclared = 0;
  private leftByAlternative = 0;
  /** Trajectories with a token that speaks for the alternative. */
  private trajectories = 0;

  /** @param tried how many alternatives the rule tries */
  constructor(tried = 1) {
    this.tried = tried;
  }

  /** Adds the tokens with mask 1 of a trajectory with logged weights. */
  add({ trajectory }: TokenView, declared: Form, alternative: Form): void {
    const { weights: logged } = trajectory;
    if (logged === undefined) return;
    const tokens = loggedTokens(trajectory);
    const one = new Fit(trajectory, declared, tokens);
    const other = new Fit(trajectory, alternative, tokens);
    this.addFactor(Math.log(other.factor));
    let [seen, forDeclared, forAlternative, chance] = [0, 0, 0, 0];
    let [from, to] = [-1, 0];
    for (const t of tokens) {
      const [w, d, a] = [logged[t]!, one.at(t), other.at(t)];
      const rounding = other.rounding(t, w);
      if (!(Math.abs(d - a) > 4 * (one.rounding(t, w) + rounding))) continue;
      seen++;
      chance += Math.min(1, (2 * rounding) / Math.abs(d - a));
      if (one.explains(t, w)) forDeclared++;
      if (other.explains(t, w)) {
        forAlternative++;
        if (from < 0) from = t;
        to = t + 1;
      }
      this.square += w * w;
      this.leftByDeclared += (w - d) ** 2;
      this.leftByAlternative += (w - a) ** 2;
    }
    if (seen === 0) return;
    // Where most tokens tell the forms apart, one of them is what the factor was taken from.
    const taken = 2 * seen > tokens.length ? 1 : 0;
    this.tokens += seen - taken;
    this.chance += (chance * (seen - taken)) / seen;
    this.declared += Math.max(0, forDeclared - taken);
    this.alternative += Math.max(0, forAlternative - taken);
    if (forAlternative > taken) {
      this.trajectories++;
      this.places.add(trajectory, from, to);
    }
  }

  private addFactor(log: number): void {
    const { factors } = this;
    const off = log - factors.mean;
    factors.mean += off / ++factors.count;
    factors.squares += off * (log - factors.mean);
  }

  /**
   * The alternative wins if it gives more than half of the tokens, and more than accident would: at most FALSE_ALARMS for all
   * alternatives that are tried together, if weights lie anywhere between the two forms.
   */
  outcome(): Outcome {
    const { tokens, alternative, declared, square, trajectories } = this;
    const least = leastAgreement(tokens, this.chance / tokens, this.tried);
    return {
      tokens,
      alternative,
      declared,
      misfitOfDeclared: Math.sqrt(this.leftByDeclared / square),
      misfitOfAlternative: Math.sqrt(this.leftByAlternative / square),
      threshold: least - 1,
      isAlternative: tokens > 0 && alternative >= least,
      factorSpread: Math.sqrt(this.factors.squares / this.factors.count),
      trajectories,
      spans: this.places.spans,
    };
  }
}

/** How the thresholds of such rules were derived, for their documentation. */
export const CONTEST_THRESHOLD =
  'A token counts if the two forms differ there by more than 8 times 32 float32 roundings. Null: weights are the declared ones up to rounding, or anything between and around the two forms; then at most 1e-6 for all alternatives that the rule tries (Chernoff), and more than half of the tokens must agree.';

/** The evidence of a contest that the alternative won. */
export function contestEvidence(
  {
    tokens,
    alternative,
    declared,
    misfitOfDeclared,
    misfitOfAlternative,
    trajectories,
    threshold,
    spans,
  }: Outcome,
  message: string,
): Evidence {
  const count = `${alternative} of ${tokens} tokens that tell the two apart`;
  return {
    message: `${message}: ${count}, in ${trajectories} trajectories; the declared weights give ${declared}`,
    evidence: { tokens, alternative, declared, misfitOfDeclared, misfitOfAlternative, trajectories },
    threshold,
    spans,
  };
}
