// One seed: all settings on the same contexts, and the numbers that checks and the picture name.
import type { LabProgress, LabSeed } from '../lab.ts';
import { auditedCodes, type LabTrajectory } from '../shared/audited.ts';
import { SplitMean } from '../shared/split.ts';
import type { EapoOptions } from './options.ts';
import { luckyAmongKept, luckyByBayes, wrongAmongHigh } from './selfConfirmation.ts';
import { type EapoPoint, type EvidenceSetting, OBJECTIVE, SETTINGS, train } from './train.ts';

type Runs = Readonly<Record<EvidenceSetting, readonly EapoPoint[]>>;

function last<T>(values: readonly T[]): T {
  return values[values.length - 1]!;
}

/** What evidence gains over the last two thirds of the evaluations. */
function lateGain(points: readonly EapoPoint[]): number {
  return last(points).evidence - points[Math.floor(points.length / 3)]!.evidence;
}

/** The numbers that checks name. */
export function measuredOf(runs: Runs, split: ReturnType<SplitMean['shares']>): Record<string, number> {
  const end = (setting: EvidenceSetting): number => last(runs[setting]).evidence;
  const [staticGain, refreshedGain] = [lateGain(runs.static), lateGain(runs.refreshed)];
  const answer = (setting: EvidenceSetting): number => last(runs[setting]).answer;
  // The first evaluation comes before any rollout.
  const [, first] = runs.refreshed;
  const counted = runs.refreshed.slice(1).map(({ high }) => high);
  const error = counted.map((high) => Math.abs(luckyAmongKept(high) - luckyByBayes(high)));
  return {
    evidenceOutcome: end('outcome'),
    evidenceStatic: end('static'),
    evidenceRefreshed: end('refreshed'),
    evidenceShuffled: end('shuffled'),
    answerOutcome: answer('outcome'),
    answerRefreshed: answer('refreshed'),
    staticOverOutcome: end('static') - end('outcome'),
    refreshedOverStatic: end('refreshed') - end('static'),
    shuffledOverStatic: end('shuffled') - end('static'),
    shuffledOverRefreshed: end('shuffled') - end('refreshed'),
    staticGain,
    refreshedGain,
    staticAgainstHalf: staticGain - refreshedGain / 2,
    refreshedAgainstHalf: refreshedGain - staticGain / 2,
    guessExcess: answer('outcome') - last(runs.outcome).popular,
    luckyFirst: luckyAmongKept(first!.high),
    luckyLast: luckyAmongKept(last(counted)),
    luckyFall: luckyAmongKept(first!.high) - luckyAmongKept(last(counted)),
    filterFirst: luckyAmongKept(first!.high) / wrongAmongHigh(first!.high),
    modelGain: last(runs.refreshed).model - runs.refreshed[0]!.model,
    bayesError: Math.max(...error),
    halfError: Math.abs(split.evidence!.weight - 0.5),
  };
}

function seriesOf(runs: Runs): Record<string, number[]> {
  const columns: Record<string, number[]> = { step: runs.refreshed.map(({ step }) => step) };
  for (const setting of SETTINGS) {
    columns[`${setting}Evidence`] = runs[setting].map(({ evidence }) => evidence);
    columns[`${setting}Answer`] = runs[setting].map(({ answer }) => answer);
    columns[`${setting}Model`] = runs[setting].map(({ model }) => model);
    // Before the first rollout nothing is kept.
    columns[`${setting}Lucky`] = runs[setting].slice(1).map(({ high }) => luckyAmongKept(high));
  }
  return { ...columns, keptStep: columns.step!.slice(1) };
}

/** Runs all settings at a seed. */
export async function* measure(options: EapoOptions, seed: number): AsyncGenerator<LabProgress, LabSeed> {
  const split = new SplitMean();
  const rollouts: LabTrajectory[] = [];
  const runs: Record<EvidenceSetting, EapoPoint[]> = { outcome: [], static: [], refreshed: [], shuffled: [] };
  for (const [k, setting] of SETTINGS.entries()) {
    const watched = setting === 'refreshed' ? { split, rollouts } : {};
    for (const { step, point } of train(options, setting, seed, watched)) {
      if (point !== undefined) runs[setting].push(point);
      yield {
        share: (k + step / options.steps) / SETTINGS.length,
        label: `${setting}, step ${step}/${options.steps}, evidence ${last(runs[setting]).evidence.toFixed(2)}`,
      };
    }
  }
  const shares = split.shares();
  return {
    measured: measuredOf(runs, shares),
    series: seriesOf(runs),
    split: shares,
    audit: await auditedCodes(rollouts, OBJECTIVE.name, OBJECTIVE.options),
  };
}
