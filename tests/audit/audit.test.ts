// The engine of the audit: two passes, what is kept between them, and why a rule was not checked.
import { describe, expect, test } from 'vitest';
import { audit, type Rule, rowSpans, runRules } from '../../src/audit/index.ts';
import type { ChosenObjective } from '../../src/audit/setting.ts';
import { choose } from '../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';

function trajectory(line: number, given: Partial<Trajectory>): Trajectory {
  const length = given.length ?? 3;
  return {
    place: { file: 'a.jsonl', line },
    length,
    unit: 'tokens',
    roles: Uint8Array.of(0, 1, 2),
    mask: Uint8Array.of(0, 1, 1),
    isMaskLogged: true,
    areRolesLogged: true,
    ...given,
  };
}

const rule = (given: Partial<Rule>): Rule => ({
  code: 'seen',
  severity: 'info',
  sentence: '',
  signature: '',
  formula: '',
  advice: '',
  threshold: '',
  rate: 0,
  source: '',
  needs: ['reward'],
  watch: () => ({ judge: () => [] }),
  ...given,
});

test('a rule sees every trajectory in both passes, and the columns of all in the end', async () => {
  const seen: string[] = [];
  const watching = rule({
    watch: () => ({
      first: ({ place }, i) => seen.push(`first ${i} ${place.line}`),
      second: ({ trajectory: { place }, i, attempt }) =>
        seen.push(`second ${i} ${place.line} ${attempt.join('')}`),
      judge: (summary) => [
        {
          message: `${[summary.reward, summary.group, summary.batch].map((column) => [...column].join(' ')).join(' | ')}`,
          evidence: {},
          threshold: 0,
          spans: rowSpans(summary, [1]),
        },
      ],
    }),
  });
  const rollouts = [
    trajectory(1, { reward: 1, step: 3, group: 'a' }),
    trajectory(2, { reward: 0, step: 4, group: 'a' }),
    trajectory(4, { step: 3, group: 'a' }),
  ];
  const run = await runRules([watching], () => rollouts, {});
  expect(seen).toEqual([
    'first 0 1',
    'first 1 2',
    'first 2 4',
    'second 0 1 000',
    'second 1 2 000',
    'second 2 4 000',
  ]);
  expect(run.findings).toMatchObject([
    {
      message: '1 0 NaN | 0 1 0 | 0 1 0',
      severity: 'info',
      spans: [{ file: 'a.jsonl', line: 2, from: 0, to: 3 }],
    },
  ]);
  expect(run.notChecked).toEqual([]);
});

test('a rule whose fields are missing is not judged, and says why', async () => {
  const never = rule({
    needs: ['weights'],
    watch: () => ({
      second: () => expect.unreachable(),
      judge: () => expect.unreachable(),
    }),
  });
  const undeclared = rule({ code: 'undeclared', needs: ['objective'], watch: () => expect.unreachable() });
  const silent = rule({ code: 'silent', silent: () => 'no clip', watch: () => expect.unreachable() });
  const run = await runRules([never, undeclared, silent], () => [trajectory(1, { reward: 1 })], {});
  expect(run.notChecked).toEqual([
    {
      code: 'undeclared',
      reason: 'the input lacks the objective: --objective NAME says which, --objective auto finds out',
    },
    { code: 'silent', reason: 'no clip' },
    { code: 'seen', reason: 'the input lacks logged weights of tokens' },
  ]);
});

test('of a list of fields any one will do', async () => {
  const either = rule({ needs: [['returns', 'tokenRewards']] });
  const without = await runRules([either], () => [trajectory(1, { reward: 1 })], {});
  expect(without.notChecked).toEqual([
    { code: 'seen', reason: "the input lacks a critic's returns, and rewards by token" },
  ]);
  const withOne = await runRules([either], () => [trajectory(1, { tokenRewards: new Float64Array(3) })], {});
  expect(withOne.notChecked).toEqual([]);
});

test('findings are sorted by severity', async () => {
  const of = (code: string, severity: Rule['severity']): Rule =>
    rule({
      code,
      severity,
      watch: () => ({
        judge: (summary) => [{ message: code, evidence: {}, threshold: 0, spans: rowSpans(summary, [0]) }],
      }),
    });
  const { findings } = await runRules(
    [of('a', 'info'), of('b', 'error'), of('c', 'warning')],
    () => [trajectory(1, { reward: 1 })],
    {},
  );
  expect(findings.map(({ message }) => message)).toEqual(['b', 'c', 'a']);
});

test('what a rule needs besides may depend on the objective', async () => {
  const demanding = rule({ alsoNeeds: ({ chosen }) => (chosen === undefined ? ['weights'] : []) });
  const rollouts = [trajectory(1, { reward: 1 })];
  const { notChecked } = await runRules([demanding], () => rollouts, {});
  expect(notChecked).toEqual([{ code: 'seen', reason: 'the input lacks logged weights of tokens' }]);
  const chosen = { ...choose('rloo', {}), from: 'user' } as const;
  expect((await runRules([demanding], () => rollouts, { chosen })).notChecked).toEqual([]);
});

describe('an objective without weights says why', () => {
  const read = () => ({ format: 'made', skipped: 0, unit: 'tokens' as const, components: {} });
  const warningsOf = async (name: string, given: readonly Partial<Trajectory>[]) => {
    const rollouts = given.map((one, i) => trajectory(i + 1, one));
    const chosen = { ...choose(name, {}), from: 'user' } as const;
    const { shares, warnings } = await audit(() => rollouts, { chosen, read, rules: [] });
    expect(shares === undefined).toBe(warnings !== undefined);
    return warnings;
  };

  test.each([
    ['grpo', [{ reward: 1 }, { reward: 0 }], /^no shares: grpo compares .* does not say what the groups are/],
    ['grpo', [{ group: 'a' }, { group: 'a' }], /^no shares: grpo needs rewards, of which the input has none/],
    ['rloo', [{ reward: 1, group: 'a' }], /^no shares: rloo compares at least 2 .* the largest group has 1,/],
  ] as const)('%s %j', async (name, given, reason) => {
    expect((await warningsOf(name, given))?.[0]).toMatch(reason);
  });

  test('and with weights there is no such warning', async () => {
    expect(await warningsOf('reinforce', [{ reward: 1 }, { reward: 0 }])).toBeUndefined();
    expect(await warningsOf('grpo', [{ advantage: 1 }, { advantage: -1 }])).toBeUndefined();
  });
});

test('a fit says which bounds it has not found out', async () => {
  const read = () => ({ format: 'made', skipped: 0, unit: 'tokens' as const, components: {} });
  const warningsOf = async (given: Pick<ChosenObjective, 'from' | 'clip'>) => {
    const chosen = { ...choose('grpo', { clipHigh: 0.28 }), ...given };
    return (await audit(() => [trajectory(1, { advantage: 1 })], { chosen, read, rules: [] })).warnings;
  };
  expect(await warningsOf({ from: 'user' })).toBeUndefined();
  expect((await warningsOf({ from: 'fit' }))?.[0]).toMatch(
    /^no logged weight shows these bounds of the clip.*: clipLow 0\.2, clipHigh 0\.28/,
  );
  const clip = { clipLow: [0.19, 0.21], clipHigh: [0.27, 0.29] } as const;
  const left = await warningsOf({ from: 'fit', clip });
  expect(left).toEqual([expect.stringMatching(/objective: dualClip 0$/)]);
});
