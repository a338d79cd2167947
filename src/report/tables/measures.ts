// What the tables of measures share: their names in words, and an estimate as text.
import type { Estimate, EstimatedMeasures, EvaluationMeasures } from '../../documents/evaluation.ts';
import { formatNumber } from '../format.ts';
import type { Column } from './layout.ts';

/** The measures of one number, in the order of the tables. */
export type PlainMeasure = Exclude<keyof EvaluationMeasures, 'laterAttempts'>;

/** How the measures are called. */
export const MEASURE_NAMES: Readonly<Record<PlainMeasure, string>> = {
  accuracy: 'accuracy',
  firstAttempt: 'first attempt',
  stopGivenCorrect: 'P(STOP | right)',
  resampleGivenWrong: 'P(RESAMPLE | wrong)',
  balancedAccuracy: 'balanced accuracy',
  auc: 'AUC of P(STOP)',
  attempts: 'attempts',
  closedForm: 'accuracy without a limit',
};

const DIGITS = 3;

/** `0.873 [0.851, 0.893]`; a dash where there was nothing to measure. */
export function showEstimate({ mean, ci95: [low, high] }: Estimate): string {
  if (!Number.isFinite(mean)) return '–';
  const show = (x: number): string => (Number.isFinite(x) ? formatNumber(x, DIGITS) : '–');
  return `${show(mean)} [${show(low)}, ${show(high)}]`;
}

/** The mean and the interval of an estimate as two cells. */
export function estimateCells(estimate: Estimate): readonly [mean: string, interval: string] {
  const text = showEstimate(estimate);
  const at = text.indexOf(' ');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** The two columns of an estimate: intervals of all of them are left out together where they do not fit. */
export function estimateColumns(heads: readonly string[]): Column[] {
  return heads.flatMap((head): Column[] => [
    [head, 'left'],
    ['95 %', 'left', { drop: 1 }],
  ]);
}

/** The lines of a table: a measure each, with two columns per policy or split. */
export function measureLines(columns: readonly EstimatedMeasures[]): string[][] {
  const plain = Object.entries(MEASURE_NAMES).map(([name, label]) => [
    label,
    ...columns.flatMap((m) => estimateCells(m[name as PlainMeasure])),
  ]);
  const later = columns[0]!.laterAttempts.map((_, k) => [
    `attempt ${k + 2}, all before wrong`,
    ...columns.flatMap((m) => estimateCells(m.laterAttempts[k]!)),
  ]);
  return [...plain.slice(0, 2), ...later, ...plain.slice(2)];
}
