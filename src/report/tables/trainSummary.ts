// What a training run has reached, in sentences, and where its report lies.
import { showText } from '../../base/show.ts';
import type { MetricsLine, TrainDocument } from '../../documents/train.ts';

/** A time in words: `12 s`, `4 min`, `2.5 h`. */
export function timeInWords(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}

/** The measures of the last step that has them. */
function reached({ loss, reward, firstAttempt, stopGivenCorrect, resampleGivenWrong }: MetricsLine): string {
  const measures = {
    loss,
    reward,
    'right first attempts': firstAttempt,
    'P(STOP | right)': stopGivenCorrect,
    'P(RESAMPLE | wrong)': resampleGivenWrong,
  };
  const said = Object.entries(measures).flatMap(([name, x]) =>
    x === null ? [] : [`${name} ${x.toFixed(3)}`],
  );
  return said.length === 0 ? 'it learned from nothing' : said.join(', ');
}

/**
 * The result of a run in a sentence, the place of its report, and the line that identifies its weights.
 * @param report the path of the report
 */
export function trainSummary(
  { steps, last, seconds, checkpoint, sha256 }: TrainDocument,
  report: string,
): string {
  const result =
    last === null ? 'No step was taken' : `At step ${last.step} (${last.phase}): ${reached(last)}`;
  return [
    `${result}; ${timeInWords(seconds)}.`,
    `The report is ${showText(report)}.`,
    `${steps} steps, ${checkpoint}, sha256 ${sha256}`,
  ].join('\n');
}
