// All planted mistakes about masks, divisors and weights of tokens.
import { planted as batchCountDivisor } from './batch-count-divisor.ts';
import { planted as borderShift } from './border-shift.ts';
import { planted as decisionStarved } from './decision-starved.ts';
import { planted as eosUntrained } from './eos-untrained.ts';
import { planted as eotUntrained } from './eot-untrained.ts';
import { planted as forkDuplicated } from './fork-duplicated.ts';
import { planted as lengthBias } from './length-bias.ts';
import { planted as lengthDrift } from './length-drift.ts';
import { planted as lengthMismatch } from './length-mismatch.ts';
import { planted as maskCountsAll } from './mask-counts-all.ts';
import { planted as maskIsAdvantage } from './mask-is-advantage.ts';
import { planted as maskOffByOnePadding } from './mask-off-by-one-padding.ts';
import { planted as maskedInDenominator } from './masked-in-denominator.ts';
import { planted as microbatchMean } from './microbatch-mean.ts';
import type { Planted } from './mistake.ts';
import { planted as padTrained } from './pad-trained.ts';
import { planted as paddedDivisor } from './padded-divisor.ts';
import { planted as promptTokensTrained } from './prompt-tokens-trained.ts';
import { planted as rankMean } from './rank-mean.ts';
import { planted as segmentsOverweighted } from './segments-overweighted.ts';
import { planted as templateTokensTrained } from './template-tokens-trained.ts';
import { planted as toolTokensTrained } from './tool-tokens-trained.ts';
import { planted as truncatedTrained } from './truncated-trained.ts';

/** In alphabetical order of the codes. */
export const weightMistakes: readonly Planted[] = [
  batchCountDivisor,
  borderShift,
  decisionStarved,
  eosUntrained,
  eotUntrained,
  forkDuplicated,
  lengthBias,
  lengthDrift,
  lengthMismatch,
  maskCountsAll,
  maskIsAdvantage,
  maskOffByOnePadding,
  maskedInDenominator,
  microbatchMean,
  padTrained,
  paddedDivisor,
  promptTokensTrained,
  rankMean,
  segmentsOverweighted,
  templateTokensTrained,
  toolTokensTrained,
  truncatedTrained,
];
