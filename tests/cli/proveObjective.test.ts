// `gradsplit prove objective`: verdicts as text and as a document, and modules that do what no formula may do.
import { expect, test } from 'vitest';
import { schemas } from '../../src/documents/index.ts';
import { expectRefused, inProcess } from './inProcess.ts';
import { workplace } from './run.ts';

const { file } = workplace();

test('an objective with an option: the verdicts, with a counter-example where the answer is no', async () => {
  const args = ['-q', 'prove', 'objective', 'rloo@trl', '--option', 'beta=0', '--points', '1', '--json', '-'];
  const { code, stdout } = await inProcess(args);
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({ schema: 'gradsplit/prove@1', field: 'GF(2^61-1)', points: 1, claims: [] });
  const [proof] = document.objectives;
  expect(schemas['prove@1'].safeParse(document).error).toBeUndefined();
  expect(proof.options.beta).toBe(0);
});

test('a shape and a group size: the document says them, and the factor is one of the group', async () => {
  const size = ['--attempts', '2', '--length', '2', '--vocabulary', '3', '--group-size', '2'];
  const args = ['-q', 'prove', 'objective', 'drGrpo', ...size, '--points', '1', '--json', '-'];
  const { code, stdout } = await inProcess(args);
  const document = JSON.parse(stdout);
  expect([code, schemas['prove@1'].safeParse(document).error]).toEqual([0, undefined]);
  expect(document.shape).toEqual({ attempts: 2, length: 2, vocabulary: 3 });
  expect(document.groupSizes).toEqual([2]);
  const [{ factor, balancedOffPolicy, unbiased }] = document.objectives;
  expect(factor.value).toBe('1/2 for groups of 2');
  expect(balancedOffPolicy.counterExample).toMatchObject({ attempts: 2, length: 2, vocabulary: 3 });
  expect(unbiased).toMatchObject({ verdict: 'refuted', groupSize: 2 });
});

test('the text names the place, both sides and the policy', async () => {
  const { code, stdout } = await inProcess(['-q', 'prove', 'objective', 'drGrpo', '--points', '1']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/unbiased: E g = ∇J +refuted +sample history "", token 0: -1\/32,\s+not\s+-1\/16/);
  expect(stdout).toMatch(/λ = 1\/2 for groups of 2, 2\/3 for\s+groups of 3/);
  expect(stdout).toContain('unbiased: E g = ∇J: all actions equally probable; R(1/0) = 1, all others 0');
});

test('a verdict with a condition is shown with it', async () => {
  const text = `export const weightFormula = (field, batch) =>
    batch.map(({ reward, tokens }) => tokens.map(() => (field.isZero(reward) ? field.number(0) : reward)));`;
  const args = ['-q', 'prove', 'objective', file('conditional.mjs', text), '--points', '1'];
  const { stdout } = await inProcess(args);
  expect(stdout).toMatch(/balanced on policy +proved +risk ≤ 2\^-\d+; except where a\s+number that/);
});

test.each([
  [['nope'], 'unknown objective "nope"'],
  [['grop'], 'did you mean "grpo"'],
  [['grpo', '--option', 'clip=1'], 'clip'],
  [['grpo', '--points', '0'], '--points: expected an integer from 1 to 100, found "0"'],
  [['grpo', '--claims', 'C1'], '--claims: it belongs to prove without an objective'],
  [['grpo', '--group-size', '1'], '--group-size: expected an integer of at least 2, found "1"'],
  [['grpo', '--length', '0'], '--length: expected an integer of at least 1, found "0"'],
  [
    ['rloo', '--vocabulary', '70', '--attempts', '2'],
    'give 24014900 trajectories; at most 5000 are looked at',
  ],
  [['rloo', '--group-size', '9'], 'groups of 9 with up to 2 attempts: '],
  [
    ['rloo', '--group-size', '400'],
    'groups of 400 with up to 2 attempts: more than 10^15 groups at each point; at most 40000 are looked at',
  ],
  [['rloo', '--group-size', '9007199254740991'], 'more than 10^15 groups at each point'],
  [['./x.js', '--attempts', '99'], 'at most 5000 are looked at'],
  [['./missing.js'], 'missing.js'],
  [['./x.js', '--option', 'a=1'], '--option: a module has no options'],
  [['./x.js', '--time-limit', '0'], '--time-limit: expected a finite number greater than 0'],
])('%j is refused', async (args, message) => {
  await expectRefused(['-q', 'prove', 'objective', ...args], message);
});

test.each([
  ['throws when loaded', 'throw new Error("broken");', 'the module cannot be loaded: broken'],
  ['is no module', 'export default {', 'the module cannot be loaded'],
  [
    'exports nothing',
    'export const other = 1;',
    'expected an export called "weightFormula" or a default export, found other',
  ],
  [
    'exports a float64 objective',
    'export default { weights() {}, loss() {} };',
    'found an objective, whose loss and weights are float64',
  ],
  [
    'throws when run',
    'export default () => { throw new TypeError("no reward"); };',
    'weights threw TypeError: no reward',
  ],
  [
    'is async',
    'export default async (field, batch) => batch.map(({ tokens }) => tokens.map(() => field.number(1)));',
    'weights: expected an array, found a Promise; a formula is a function without async',
  ],
  [
    'gives NaN',
    'export default (field, batch) => batch.map(({ tokens }) => tokens.map(() => NaN));',
    'weights[0][0]: expected an element of the field, such as field.number(1), found NaN',
  ],
  [
    'loops for ever',
    'export default () => { for (;;); };',
    // Where it was depends on how long its thread took to start.
    'no verdict within 1 s (at: ',
  ],
  [
    'ends the process',
    'process.exit(0);',
    'the module ended its thread (exit code 0) before there was a verdict',
  ],
])('a module that %s is refused with its name', async (name, text, message) => {
  const path = file(`${name.replaceAll(' ', '-')}.mjs`, text);
  const args = ['-q', 'prove', 'objective', path, '--time-limit', name === 'loops for ever' ? '1' : '60'];
  const { code, stdout, stderr } = await inProcess(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`${path}: `);
  expect(stderr).toContain(message);
});
