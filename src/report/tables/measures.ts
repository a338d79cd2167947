// What the tables of measures share: their names in words, and an estimate as text.
import type { Estimate, EstimatedMeasures, EvaluationMeasures } from '../../documents/evaluation.ts';
import { formatNumber } from '../format.ts';

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
  closedForm: 'accuracy without a limit of attempts',
};

const DIGITS = 3;

/** `0.873 [0.851, 0.893]`; a dash where there was nothing to measure. */
export function showEstimate({ mean, ci95: [low, high] }: Estimate): string {
  if (!Number.isFinite(mean)) return '–';
  const show = (x: number): string => (Number.isFinite(x) ? formatNumber(x, DIGITS) : '–');
  return `${show(mean)} [${show(low)}, ${show(high)}]`;
}

/** The lines of a table: a measure each, with one column per policy or split. */
export function measureLines(columns: readonly EstimatedMeasures[]): string[][] {
  const plain = Object.entries(MEASURE_NAMES).map(([name, label]) => [
    label,
    ...columns.map((m) => showEstimate(m[name as PlainMeasure])),
  ]);
  const later = columns[0]!.laterAttempts.map((_, k) => [
    `attempt ${k + 2}, all before wrong`,
    ...columns.map((m) => showEstimate(m.laterAttempts[k]!)),
  ]);
  return [...plain.slice(0, 2), ...later, ...plain.slice(2)];
}
