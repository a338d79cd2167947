// `gradsplit refute`: the verdict as text and as a document whose counter-example is a policy file.
import { expect, test } from 'vitest';
import { schemas } from '../../src/documents/index.ts';
import { parsePolicy } from '../../src/policy/format.ts';
import { expectRefused, inProcess } from './inProcess.ts';

test('proved: for which shape, with the risk', async () => {
  const { code, stdout } = await inProcess([
    'refute',
    'V_decision(L=2) = V_decision(L=1)',
    '--vocabulary',
    '2',
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^V_decision\(L=2\) = V_decision\(L=1\)\nproved for all policies with attempts 3, length 2, vocabulary 2\n {2}risk ≤ 2\^-1\d\d/,
  );
});

test('refuted: both sides and the policy, as text and as a document', async () => {
  const statement = 'V_sample = V_decision';
  const { code, stdout } = await inProcess(['refute', statement]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^V_sample = V_decision\nrefuted\n {2}entry 0: left is \S+, right is \S+\n {2}on the policy \(attempts/,
  );
  const document = JSON.parse((await inProcess(['refute', statement, '--json', '-'])).stdout);
  expect(schemas['prove@1'].safeParse(document).error).toBeUndefined();
  const [{ counterExample }] = document.claims[0].statements;
  expect(parsePolicy(JSON.stringify(counterExample), 'counterExample').shape.vocabulary).toBe(2);
});

test('what cannot be read ends with exit code 2 and a caret', async () => {
  const { code, stdout, stderr } = await inProcess(['refute', 'V_sample = V_decison']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('did you mean "V_decision"?');
  expect(stderr).toContain('\n  V_sample = V_decison\n             ^\n');
});

test('a statement that begins with a minus needs -- before it, and the error says so', async () => {
  for (const statement of ['-J = J', '-V_sample <= 0', '-1 <= 0']) {
    await expectRefused(['refute', statement], `put -- before it, as in: gradsplit refute -- "${statement}"`);
    await expectRefused(['-q', 'refute', '--vocabulary', '2', statement], 'put -- before it');
  }
  const behind = await inProcess(['refute', '--vocabulary', '2', '--', '-V_sample <= 0']);
  expect(behind.code).toBe(0);
  expect(behind.stdout).toMatch(/^-V_sample <= 0\nproved/);
  expect((await inProcess(['refute', '-V'])).stdout).toMatch(/^\d+\.\d+\.\d+/);
});
