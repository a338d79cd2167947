// Where the gradient signal goes: Σ|w| and Σw by component, attempt, length, outcome and term, and which tokens carry half of it.
import { ROLES, type Trajectory } from '../rollouts/trajectory.ts';
import type { Observer } from './audit.ts';
import type { Column } from './columns/column.ts';
import { Heaviest, type HeavyToken } from './heaviest.ts';
import { WeightHistogram } from './histogram.ts';
import type { Summary } from './summary.ts';
import type { TokenView } from './tokenView.ts';

/** What the weights are: as the trainer logged them, the objective at the logged advantages, or at those of its own formula. */
export type WeightSource = 'loggedWeights' | 'loggedAdvantages' | 'formula';

/** Shares of Σ|w|; numbers that cannot be computed are NaN. */
export interface Shares {
  readonly from: WeightSource;
  readonly weight: Readonly<Record<string, number>>;
  /** Σw of the component over Σ|w| of all. */
  readonly mass: Readonly<Record<string, number>>;
  readonly byTerm: Readonly<Record<string, number>>;
  readonly byAttempt: readonly number[];
  /** Of the quarters of the trajectories by length, the shortest first. */
  readonly byLength: readonly number[];
  readonly byOutcome: Readonly<Record<string, number>>;
  /** The mean |w| of a decision token over that of a sample token. */
  readonly decisionOverSample: number;
  /** The smallest share of the tokens that carries half of Σ|w|, to 1 %. */
  readonly halfOfWeight: number;
  readonly heaviest: readonly HeavyToken[];
}

const DECISION = ROLES.indexOf('decision');
const SAMPLE = ROLES.indexOf('sample');
/** Attempts counted one by one; the last entry holds the rest. */
const MOST_ATTEMPTS = 16;
const QUARTERS = 4;

/**
 * The weights of a trajectory to add up: as logged or, where no line has any, of the declared objective. Trainers have factors of their
 * own, so that the two are not added.
 */
export function weightsOfView(
  { trajectory, weights }: TokenView,
  areLogged: boolean,
): Float64Array | undefined {
  return areLogged ? trajectory.weights : weights;
}

/** The quarter of each trajectory by length; equal lengths are in one quarter, the lower one. */
function quarterOf(length: Column): (i: number) => number {
  const counts = new Map<number, number>();
  for (const l of length) counts.set(l, (counts.get(l) ?? 0) + 1);
  const lengths = [...counts.keys()].sort((a, b) => a - b);
  /** The length at a place of the order. */
  const at = (place: number): number | undefined => {
    let before = 0;
    return lengths.find((l) => {
      before += counts.get(l)!;
      return place < before;
    });
  };
  const bounds = Array.from(
    { length: QUARTERS - 1 },
    (_, q) => at(Math.ceil(((q + 1) * length.length) / QUARTERS) - 1) ?? 0,
  );
  return (i) => {
    const q = bounds.findIndex((bound) => length.at(i) <= bound);
    return q === -1 ? QUARTERS - 1 : q;
  };
}

function outcomeOf(correct: number): number {
  return Number.isNaN(correct) ? 2 : correct === 1 ? 0 : 1;
}

const OUTCOMES = ['correct', 'wrong', 'unknown'];

/** Adds up weights in the second pass. */
export class ShareObserver implements Observer {
  private summary: Summary | undefined;
  private quarter: (i: number) => number = () => 0;
  private readonly absolute = new Float64Array(ROLES.length);
  private readonly signed = new Float64Array(ROLES.length);
  private readonly tokens = new Float64Array(ROLES.length);
  private readonly attempts = new Float64Array(MOST_ATTEMPTS);
  private readonly lengths = new Float64Array(QUARTERS);
  private readonly outcomes = new Float64Array(OUTCOMES.length);
  private readonly terms = { policy: 0, kl: 0 };
  private readonly histogram = new WeightHistogram();
  private readonly heaviest = new Heaviest();
  private source: WeightSource | undefined;
  private withLogged = 0;
  private count = 0;

  /** First pass. */
  first({ weights }: Trajectory): void {
    this.count++;
    if (weights !== undefined) this.withLogged++;
  }

  /** How many trajectories lack logged weights where others have them; they are left out. */
  get leftOut(): number {
    return this.withLogged === 0 ? 0 : this.count - this.withLogged;
  }

  /** Whether no trajectory had weights. */
  get isEmpty(): boolean {
    return this.source === undefined;
  }

  /** Between the passes. */
  between(summary: Summary): void {
    this.summary = summary;
    this.quarter = quarterOf(summary.length);
  }

  /** Second pass. */
  second(view: TokenView): void {
    const weights = weightsOfView(view, this.withLogged > 0);
    if (weights === undefined) return;
    const { trajectory, attempt, terms, i, loggedAdvantage } = view;
    this.source ??=
      trajectory.weights !== undefined
        ? 'loggedWeights'
        : Number.isNaN(loggedAdvantage)
          ? 'formula'
          : 'loggedAdvantages';
    const { roles, mask } = trajectory;
    let total = 0;
    for (let t = 0; t < weights.length; t++) {
      const w = weights[t]!;
      if (mask[t] === 1) this.tokens[roles[t]!]! += 1;
      if (w === 0 || !Number.isFinite(w)) continue;
      const size = Math.abs(w);
      total += size;
      this.absolute[roles[t]!]! += size;
      this.signed[roles[t]!]! += w;
      this.attempts[Math.min(attempt[t]!, MOST_ATTEMPTS - 1)]! += size;
      this.histogram.add(size);
      this.heaviest.add(trajectory, t, w);
    }
    this.lengths[this.quarter(i)]! += total;
    this.outcomes[outcomeOf(this.summary!.correct.at(i))]! += total;
    if (terms === undefined) return;
    for (let t = 0; t < terms.policy.length; t++) {
      this.terms.policy += Math.abs(terms.policy[t]!);
      if (terms.kl !== undefined) this.terms.kl += Math.abs(terms.kl[t]!);
    }
  }

  /** The shares; undefined where no trajectory had weights. */
  shares(): Shares | undefined {
    if (this.source === undefined) return undefined;
    const total = this.absolute.reduce((sum, x) => sum + x, 0);
    const tokens = this.tokens.reduce((sum, x) => sum + x, 0);
    const over = (x: number, sum: number): number => (sum === 0 ? Number.NaN : x / sum);
    const named = (names: readonly string[], values: Float64Array): Record<string, number> =>
      Object.fromEntries(
        names.flatMap((name, k) => (values[k] === 0 ? [] : [[name, over(values[k]!, total)]])),
      );
    const present = ROLES.filter((_, r) => this.tokens[r]! > 0 || this.absolute[r]! > 0);
    const byRole = (values: Float64Array): Record<string, number> =>
      Object.fromEntries(present.map((role) => [role, over(values[ROLES.indexOf(role)]!, total)]));
    const mean = (role: number): number => over(this.absolute[role]!, this.tokens[role]!);
    const attempts = this.attempts.findLastIndex((x) => x > 0) + 1;
    const terms = this.terms.policy + this.terms.kl;
    return {
      from: this.source,
      weight: byRole(this.absolute),
      mass: byRole(this.signed),
      byTerm: terms === 0 ? {} : { policy: this.terms.policy / terms, kl: this.terms.kl / terms },
      byAttempt: [...this.attempts.subarray(0, attempts)].map((x) => over(x, total)),
      byLength: [...this.lengths].map((x) => over(x, total)),
      byOutcome: named(OUTCOMES, this.outcomes),
      decisionOverSample: over(mean(DECISION), mean(SAMPLE)),
      halfOfWeight: this.histogram.halfOf(total, tokens),
      heaviest: this.heaviest.tokens,
    };
  }
}
