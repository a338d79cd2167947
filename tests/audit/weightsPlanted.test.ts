// Every mistake about masks, divisors and weights is found where it is planted, and nothing is said where it is not.
import { describe, expect, test } from 'vitest';
import { planted as batchCountDivisor } from './planted/batch-count-divisor.ts';
import { planted as borderShift } from './planted/border-shift.ts';
import { planted as decisionStarved } from './planted/decision-starved.ts';
import { planted as eosUntrained } from './planted/eos-untrained.ts';
import { planted as eotUntrained } from './planted/eot-untrained.ts';
import { planted as forkDuplicated } from './planted/fork-duplicated.ts';
import { planted as lengthBias } from './planted/length-bias.ts';
import { planted as lengthDrift } from './planted/length-drift.ts';
import { planted as lengthMismatch } from './planted/length-mismatch.ts';
import { planted as maskCountsAll } from './planted/mask-counts-all.ts';
import { planted as maskIsAdvantage } from './planted/mask-is-advantage.ts';
import { planted as maskOffByOnePadding } from './planted/mask-off-by-one-padding.ts';
import { planted as maskedInDenominator } from './planted/masked-in-denominator.ts';
import { planted as microbatchMean } from './planted/microbatch-mean.ts';
import { auditOf, cleanOf, codesFrom, type Planted } from './planted/mistake.ts';
import { planted as padTrained } from './planted/pad-trained.ts';
import { planted as paddedDivisor } from './planted/padded-divisor.ts';
import { planted as promptTokensTrained } from './planted/prompt-tokens-trained.ts';
import { planted as rankMean } from './planted/rank-mean.ts';
import { planted as segmentsOverweighted } from './planted/segments-overweighted.ts';
import { planted as templateTokensTrained } from './planted/template-tokens-trained.ts';
import { planted as toolTokensTrained } from './planted/tool-tokens-trained.ts';
import { planted as truncatedTrained } from './planted/truncated-trained.ts';

const ALL: readonly Planted[] = [
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

describe.each(ALL.map((planted) => [planted.code, planted] as const))('%s', (code, planted) => {
  test('is found where it is planted, and nothing else of its severity', async () => {
    const run = await auditOf(planted.alter(cleanOf(planted)));
    const found = run.findings.filter(({ rule }) => rule.code === code);
    expect(found.map(({ severity }) => severity)).toEqual([planted.severity]);
    expect(found[0]!.spans.length).toBeGreaterThan(0);
    expect(codesFrom(run, planted.severity === 'info' ? 'warning' : planted.severity)).toEqual(
      planted.severity === 'info' ? [] : [code],
    );
  });

  test('is not found before, and nothing else that is a warning', async () => {
    const run = await auditOf(cleanOf(planted));
    expect(codesFrom(run, 'warning')).toEqual([]);
    expect(run.findings.map(({ rule }) => rule.code)).not.toContain(code);
  });
});
