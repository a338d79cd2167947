// How good predicted probabilities are, as exact sums over what a policy may predict: nothing is drawn.
import { PREDICTIONS } from './questions.ts';

/** A policy's predictions beside what happened. */
export interface Predictions {
  /** [C][99] π(prediction | category). */
  readonly probability: readonly Float64Array[];
  /** [C] how often the answer is yes. */
  readonly frequency: Float64Array;
}

/** Bins of a tenth. */
const BINS = 10;

/** For every prediction: how often it is made with the answers yes and no, over categories of equal size; [99] each. */
function byPrediction({ probability, frequency }: Predictions): Record<'yes' | 'no', Float64Array> {
  const [yes, no] = [new Float64Array(PREDICTIONS.length), new Float64Array(PREDICTIONS.length)];
  for (const [c, row] of probability.entries()) {
    for (const [k, share] of row.entries()) {
      yes[k]! += (share * frequency[c]!) / probability.length;
      no[k]! += (share * (1 - frequency[c]!)) / probability.length;
    }
  }
  return { yes, no };
}

/**
 * The expected calibration error: Σ_bins |E[q; bin] − P(yes; bin)|, with bins of a tenth.
 * Source: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", 2015.
 */
export function calibrationError(predictions: Predictions): number {
  const { yes, no } = byPrediction(predictions);
  const gap = new Float64Array(BINS);
  for (const [k, hundredths] of PREDICTIONS.entries()) {
    gap[Math.floor((hundredths * BINS) / 100)]! += (hundredths / 100) * (yes[k]! + no[k]!) - yes[k]!;
  }
  return gap.reduce((sum, x) => sum + Math.abs(x), 0);
}

/** The area under the ROC curve: the probability that a question answered yes has the higher prediction, ties for a half. */
export function areaUnderRoc(predictions: Predictions): number {
  const { yes, no } = byPrediction(predictions);
  let [below, area, positive] = [0, 0, 0];
  for (const [k, x] of yes.entries()) {
    area += x * (below + no[k]! / 2);
    below += no[k]!;
    positive += x;
  }
  return area / (positive * below);
}

/** How often the likelier answer of the prediction is right; predictions of ½ are right half of the time. */
export function accuracy(predictions: Predictions): number {
  const { yes, no } = byPrediction(predictions);
  const right = (k: number): number => {
    const hundredths = PREDICTIONS[k]!;
    return hundredths === 50 ? (yes[k]! + no[k]!) / 2 : hundredths > 50 ? yes[k]! : no[k]!;
  };
  return PREDICTIONS.reduce((sum, _, k) => sum + right(k), 0);
}

/** E[q] of every category, [C]. */
export function meanPredictions({ probability }: Predictions): number[] {
  return probability.map((row) => row.reduce((sum, share, k) => sum + (share * PREDICTIONS[k]!) / 100, 0));
}

/** Predictions of a policy that says 0.99 where the answer is yes more often than not, else 0.01: complete over-confidence. */
export function collapsed(frequency: Float64Array): Predictions {
  const probability = Array.from(frequency, (f) => {
    const row = new Float64Array(PREDICTIONS.length);
    row[f > 0.5 ? row.length - 1 : 0] = 1;
    return row;
  });
  return { probability, frequency };
}
