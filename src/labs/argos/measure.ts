// One seed: all settings from the same demonstrations, and the numbers that checks and the picture name.
import type { LabProgress, LabSeed } from '../lab.ts';
import { auditedCodes, type LabTrajectory } from '../shared/audited.ts';
import { SplitMean } from '../shared/split.ts';
import type { ArgosOptions } from './options.ts';
import { type Accuracy, type ArgosPoint, type ArgosSetting, REINFORCED, SETTINGS, train } from './train.ts';

type Runs = Readonly<Record<ArgosSetting, readonly ArgosPoint[]>>;

function last<T>(values: readonly T[]): T {
  return values[values.length - 1]!;
}

/** Of right answers, the share whose point is not in the object. */
export function ungrounded({ answer, grounded }: Accuracy): number {
  return 1 - grounded / answer;
}

/** What the colour of the border is worth as an answer: s + (1 − s)/A. */
export function borderWorth({ shortcut, colours }: Pick<ArgosOptions, 'shortcut' | 'colours'>): number {
  return shortcut + (1 - shortcut) / colours;
}

/**
 * By how much P(point and answer) leaves its bounds max(0, P(point) + P(answer) − 1) … min(P(point), P(answer)); 0 within.
 * Source: Fréchet, 1935.
 */
export function outsideBounds({ point, answer, grounded }: Accuracy): number {
  const [low, high] = [Math.max(0, point + answer - 1), Math.min(point, answer)];
  return Math.max(0, low - grounded, grounded - high);
}

/** The numbers that checks name. */
export function measuredOf(
  runs: Runs,
  options: Pick<ArgosOptions, 'shortcut' | 'colours'>,
  split: ReturnType<SplitMean['shares']>,
): Record<string, number> {
  const start = runs.composed[0]!.whole;
  const end = (setting: ArgosSetting): Accuracy => last(runs[setting]).whole;
  const unaided = (setting: ArgosSetting): number => last(runs[setting]).broken.answer;
  const all = SETTINGS.flatMap((setting) => runs[setting].flatMap(({ whole, broken }) => [whole, broken]));
  return {
    pointStart: start.point,
    answerStart: start.answer,
    outcomeAnswerGain: end('outcome').answer - start.answer,
    outcomePointRatio: end('outcome').point / start.point,
    outcomeExcess: end('outcome').answer - borderWorth(options),
    sftAnswerGain: end('sft').answer - start.answer,
    sftUngrounded: ungrounded(end('sft')),
    composedUngrounded: ungrounded(end('composed')),
    composedPointGain: end('composed').point - start.point,
    composedAnswerGain: end('composed').answer - start.answer,
    composedBorder: end('composed').border,
    brokenBorder: end('broken').border,
    brokenPointGain: end('broken').point - start.point,
    composedUnaided: unaided('composed'),
    outcomeUnaided: unaided('outcome'),
    unaidedGain: unaided('composed') - unaided('outcome'),
    boundError: Math.max(...all.map(outsideBounds)),
    halfError: Math.abs(split.point!.weight - 0.5),
  };
}

function seriesOf(runs: Runs): Record<string, number[]> {
  const columns: Record<string, number[]> = { step: runs.composed.map(({ step }) => step) };
  for (const setting of SETTINGS) {
    columns[`${setting}Point`] = runs[setting].map(({ whole }) => whole.point);
    columns[`${setting}Answer`] = runs[setting].map(({ whole }) => whole.answer);
    columns[`${setting}Border`] = runs[setting].map(({ whole }) => whole.border);
    columns[`${setting}BrokenPoint`] = runs[setting].map(({ broken }) => broken.point);
    columns[`${setting}BrokenAnswer`] = runs[setting].map(({ broken }) => broken.answer);
  }
  return columns;
}

/** Runs all settings at a seed. */
export async function* measure(options: ArgosOptions, seed: number): AsyncGenerator<LabProgress, LabSeed> {
  const split = new SplitMean();
  const rollouts: LabTrajectory[] = [];
  const runs: Record<ArgosSetting, ArgosPoint[]> = { sft: [], outcome: [], composed: [], broken: [] };
  for (const [k, setting] of SETTINGS.entries()) {
    const watched = setting === 'composed' ? { split, rollouts } : {};
    for (const { step, point } of train(options, setting, seed, watched)) {
      if (point !== undefined) runs[setting].push(point);
      yield {
        share: (k + step / options.steps) / SETTINGS.length,
        label: `${setting}, step ${step}/${options.steps}, point ${last(runs[setting]).whole.point.toFixed(2)}`,
      };
    }
  }
  const shares = split.shares();
  return {
    measured: measuredOf(runs, options, shares),
    series: seriesOf(runs),
    split: shares,
    audit: await auditedCodes(rollouts, REINFORCED.name, REINFORCED.options),
  };
}
