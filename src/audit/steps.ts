// The course of an audit over the steps of a run: lengths, rewards, groups without variance, decisions, the sampler's mismatch.
import { ROLES, type Trajectory } from '../rollouts/trajectory.ts';
import type { Observer } from './audit.ts';
import type { Column } from './columns/column.ts';
import { batchesOf, groupsOf } from './members.ts';
import { weightsOfView } from './shares.ts';
import type { Summary } from './summary.ts';
import type { TokenView } from './tokenView.ts';

const DECISION = ROLES.indexOf('decision');

/** Column by column, one entry a step, ascending; NaN where a step has no such number. */
export interface StepColumns {
  readonly step: readonly number[];
  readonly trajectories: readonly number[];
  /** Mean L_i. */
  readonly length: readonly number[];
  readonly reward: readonly number[];
  /** The share of the groups whose rewards are all equal. */
  readonly zeroVariance: readonly number[];
  readonly truncated: readonly number[];
  /** The share of Σ|w| on decisions. */
  readonly decisionWeight: readonly number[];
  /** Mean and standard deviation of log π − log π_sampler over tokens with mask 1. */
  readonly mismatchMean: readonly number[];
  readonly mismatchSd: readonly number[];
}

/** Sums of one batch. */
interface Sums {
  weight: number;
  decision: number;
  tokens: number;
  mismatch: number;
  squares: number;
}

function mean(values: Column, members: readonly number[]): number {
  let sum = 0;
  let count = 0;
  for (const i of members) {
    if (Number.isNaN(values.at(i))) continue;
    sum += values.at(i);
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** The share of groups of at least 2 known rewards, by batch, in which all are equal. */
function zeroVariance(summary: Summary): Float64Array {
  const { batch, reward, steps } = summary;
  const equal = new Float64Array(steps.length);
  const groups = new Float64Array(steps.length);
  for (const members of groupsOf(summary)) {
    const known = members.filter((i) => !Number.isNaN(reward.at(i)));
    if (known.length < 2) continue;
    const b = batch.at(known[0]!);
    groups[b]! += 1;
    if (known.every((i) => reward.at(i) === reward.at(known[0]!))) equal[b]! += 1;
  }
  return equal.map((n, b) => (groups[b] === 0 ? Number.NaN : n / groups[b]!));
}

/** Adds up by batch in the second pass. */
export class StepObserver implements Observer {
  private summary: Summary | undefined;
  private sums: Sums[] = [];
  private areLogged = false;

  /** First pass. */
  first({ weights }: Trajectory): void {
    this.areLogged ||= weights !== undefined;
  }

  /** Between the passes. */
  between(summary: Summary): void {
    this.summary = summary;
    this.sums = Array.from(summary.steps, () => ({
      weight: 0,
      decision: 0,
      tokens: 0,
      mismatch: 0,
      squares: 0,
    }));
  }

  /** Second pass. */
  second(view: TokenView): void {
    const { trajectory, i } = view;
    const sums = this.sums[this.summary!.batch.at(i)]!;
    const weights = weightsOfView(view, this.areLogged);
    const { roles, mask, samplerLogProbs } = trajectory;
    const logProbs = trajectory.logProbs ?? trajectory.oldLogProbs;
    for (let t = 0; t < trajectory.length; t++) {
      const w = Math.abs(weights?.[t] ?? 0);
      if (Number.isFinite(w)) {
        sums.weight += w;
        if (roles[t] === DECISION) sums.decision += w;
      }
      if (mask[t] === 0 || logProbs === undefined || samplerLogProbs === undefined) continue;
      const d = logProbs[t]! - samplerLogProbs[t]!;
      if (!Number.isFinite(d)) continue;
      sums.tokens++;
      sums.mismatch += d;
      sums.squares += d * d;
    }
  }

  /** The columns; undefined unless the input has at least two steps. */
  columns(): StepColumns | undefined {
    const summary = this.summary!;
    const batches = batchesOf(summary);
    const order = Array.from(summary.steps.keys())
      .filter((b) => !Number.isNaN(summary.steps[b]))
      .sort((a, b) => summary.steps[a]! - summary.steps[b]!);
    if (order.length < 2) return undefined;
    const equal = zeroVariance(summary);
    const of = (value: (b: number, sums: Sums) => number): number[] =>
      order.map((b) => value(b, this.sums[b]!));
    const over = (x: number, n: number): number => (n === 0 ? Number.NaN : x / n);
    return {
      step: of((b) => summary.steps[b]!),
      trajectories: of((b) => batches.sizeOf(b)),
      length: of((b) => mean(summary.length, batches.at(b))),
      reward: of((b) => mean(summary.reward, batches.at(b))),
      zeroVariance: of((b) => equal[b]!),
      truncated: of((b) => mean(summary.truncated, batches.at(b))),
      decisionWeight: of((_, { decision, weight }) => over(decision, weight)),
      mismatchMean: of((_, { mismatch, tokens }) => over(mismatch, tokens)),
      mismatchSd: of((_, { mismatch, squares, tokens }) =>
        Math.sqrt(Math.max(0, over(squares, tokens) - over(mismatch, tokens) ** 2)),
      ),
    };
  }
}
