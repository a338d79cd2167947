// Planted mistakes about rewards, groups and advantages are found in the shape of the trainer where they were seen.
import { describe, expect, test } from 'vitest';
import { rules, runRules } from '../../src/audit/index.ts';
import * as divisions from './planted/divisions.ts';
import * as groups from './planted/groups.ts';
import * as lengths from './planted/lengths.ts';
import type { Case, Planted } from './planted/planted.ts';
import * as scores from './planted/scores.ts';
import * as tokenAdvantages from './planted/tokenAdvantages.ts';
import { throughUpstream } from './planted/upstream.ts';
import * as votes from './planted/votes.ts';

const LEVEL = { info: 0, warning: 1, error: 2 } as const;

const seen: readonly [string, Planted, string][] = [
  ['nemo-rl', divisions.looStdBlowup, 'epsilon'],
  ['nemo-rl', divisions.looStdBlowup, 'residue'],
  ['nemo-rl', divisions.stdImpossible, 'leaveOneOut'],
  ['nemo-rl', tokenAdvantages.penaltySpill, 'rows'],
  ['nemo-rl', tokenAdvantages.advantageNotConstant, 'slices'],
  ['nemo-rl', votes.maskedShiftsBaseline, 'counted'],
  ['nemo-rl', groups.groupByRole, 'sums'],
  ['nemo-rl', groups.groupMisaligned, 'sums'],
  ['verl', scores.phantomAdvantage, 'filtered'],
  ['verl', scores.filterOnShaped, 'filtered'],
  ['verl', scores.scorerFailedAsZero, 'outputs'],
  ['verl', scores.groundTruthMismatch, 'tiled'],
  ['trl', votes.rewardNull, 'counted'],
  ['trl', scores.rewardWeightsMissing, 'weighted'],
  ['trl', divisions.stdScopeSwapped, 'batch'],
  ['open-instruct', scores.groundTruthMismatch, 'tiled'],
  ['open-instruct', lengths.duplicateCompletions, 'seeds'],
  ['open-instruct', groups.groupSingleton, 'verl'],
  ['open-instruct', divisions.stdNoise, 'mean'],
];

/** What rollouts@1 has no field for: a reward beside parts that do not add up to it, and the text of the output. */
const WITHOUT_FIELD = [
  'reward-weights-missing weighted',
  'scorer-failed-as-zero component',
  'scorer-failed-as-zero outputs',
];

const written = [divisions, groups, lengths, scores, tokenAdvantages, votes]
  .flatMap((module): Planted[] => Object.values(module))
  .flatMap((planted) => Object.keys(planted.mistakes).map((name) => ['rollouts@1', planted, name] as const))
  .filter(([, { code }, name]) => !WITHOUT_FIELD.includes(`${code} ${name}`));

const named = [...seen, ...written].map(
  ([upstream, planted, name]) => [`${upstream}: ${planted.code}, ${name}`, upstream, planted, name] as const,
);

const run = async (input: Case) => runRules(rules, () => input.trajectories, input.setting);

describe.each(named)('%s', (_, upstream, { code, severity, clean, mistakes }, name) => {
  test('is found, and nothing else at that level; sound rollouts are silent', async () => {
    const bad = throughUpstream(mistakes[name]!(1), upstream);
    expect(bad.format).toContain(upstream);
    const { findings } = await run(bad);
    const atLevel = findings.filter((finding) => LEVEL[finding.severity] >= Math.max(1, LEVEL[severity]));
    const own = findings.filter((finding) => finding.rule.code === code && finding.severity === severity);
    expect(own.length).toBeGreaterThan(0);
    expect(
      atLevel.filter(({ rule }) => rule.code !== code).map(({ rule, message }) => `${rule.code}: ${message}`),
    ).toEqual([]);
    const quiet = await run(throughUpstream(clean(1), upstream));
    const loud = quiet.findings.filter((finding) => LEVEL[finding.severity] >= Math.max(1, LEVEL[severity]));
    expect(loud.map(({ rule, message }) => `${rule.code}: ${message}`)).toEqual([]);
  });
});

test('a text dump has no probabilities: repeats in it are not checked, and not raised', async () => {
  const { findings, notChecked } = await run(
    throughUpstream(lengths.duplicateCompletions.mistakes.seeds!(1), 'trl'),
  );
  expect(notChecked.map(({ code }) => code)).toContain('duplicate-completions');
  expect(findings.map(({ rule }) => rule.code)).not.toContain('duplicate-completions');
});
