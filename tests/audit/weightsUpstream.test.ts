// Planted mistakes about masks, divisors and weights are found in files of rollouts@1, which has a field for what they are seen by.
import { describe, expect, test } from 'vitest';
import { type Simulated, settingOf } from '../../src/audit/simulator/index.ts';
import { planted as batchCountDivisor } from './planted/batch-count-divisor.ts';
import { planted as borderShift } from './planted/border-shift.ts';
import { planted as decisionStarved } from './planted/decision-starved.ts';
import { planted as eosUntrained } from './planted/eos-untrained.ts';
import { planted as eotUntrained } from './planted/eot-untrained.ts';
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
import { planted as templateTokensTrained } from './planted/template-tokens-trained.ts';
import { planted as toolTokensTrained } from './planted/tool-tokens-trained.ts';
import { planted as truncatedTrained } from './planted/truncated-trained.ts';
import { throughUpstream } from './planted/upstream.ts';

const WRITTEN: readonly Planted[] = [
  batchCountDivisor,
  borderShift,
  decisionStarved,
  eosUntrained,
  eotUntrained,
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
  templateTokensTrained,
  toolTokensTrained,
  truncatedTrained,
];

/** The simulation as it is read from a file of rollouts@1. */
function written(simulated: Simulated): Simulated {
  const { trajectories } = simulated;
  const read = throughUpstream({ trajectories, setting: settingOf(simulated) }, 'rollouts@1');
  return { ...simulated, trajectories: read.trajectories };
}

describe.each(WRITTEN.map((planted) => [planted.code, planted] as const))('%s', (code, planted) => {
  test('is found in rollouts@1, and nothing else of its severity; the sound file is silent', async () => {
    const clean = cleanOf(planted);
    const run = await auditOf(written(planted.alter(clean)));
    const own = run.findings.find(({ rule }) => rule.code === code);
    expect(own?.severity).toBe(planted.severity);
    const isInfo = planted.severity === 'info';
    expect(codesFrom(run, isInfo ? 'warning' : planted.severity)).toEqual(isInfo ? [] : [code]);
    expect(codesFrom(await auditOf(written(clean)), 'warning')).toEqual([]);
  });
});
