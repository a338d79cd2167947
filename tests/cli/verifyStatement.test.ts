// From a proof to `verify`: counter-examples as files, both sides of what they refute on them, and statements of the command line.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifySchema } from '../../src/documents/verify.ts';
import { inProcess } from './inProcess.ts';
import { gradsplit, workplace } from './run.ts';

const place = workplace();

/** Modules that were written; each has a name of its own, since Node loads one only once. */
let modules = 0;

test('prove --counter-examples, then verify --exact: the sides that the proof prints', () => {
  const dir = place.path('wrong');
  const proof = gradsplit([
    'prove',
    '--claims',
    'C3',
    '--vocabulary',
    '2',
    '--counter-examples',
    dir,
    '--json',
    '-',
  ]);
  expect(proof.code).toBe(0);
  const { controls } = JSON.parse(proof.stdout).claims[0];
  expect(readdirSync(dir)).toHaveLength(controls.length);
  const policy = join(dir, 'c3-occupancies-left-out.json');
  const printed = controls.find(({ name }: { name: string }) => name === 'occupancies left out').found;
  const { code, stdout } = gradsplit([
    'verify',
    '--exact',
    '--policy',
    policy,
    '--claims',
    'C3',
    '--json',
    '-',
  ]);
  expect(code).toBe(0);
  const { gaps } = verifySchema.parse(JSON.parse(stdout));
  const { entry, exact, claim } = gaps![0]!;
  expect(claim).toBe('C3');
  expect(printed).toBe(`entry ${entry}: left is ${exact!.left}, right is ${exact!.right}`);
  expect(gaps!.length).toBeGreaterThan(2);
});

test('refute --counter-examples, then verify --statement: in float64, in fractions, and as the file has it', async () => {
  const dir = place.path('refuted');
  const text = 'V_decision(L=2) = V_sample(L=1)';
  expect(
    (await inProcess(['refute', text, '--vocabulary', '2', '--counter-examples', dir])).stdout,
  ).toContain(`1 counter-example in ${dir}`);
  const policy = join(dir, 'statement.json');
  const asked = ['verify', '--statement', text, '--policy', policy];
  const float = gradsplit(asked);
  expect(float.code).toBe(1);
  expect(float.stdout).toContain('entry 0: left is 0, right is 0.25, gap 0.25');
  const exact = await inProcess([...asked, '--exact', '--json', '-']);
  expect(exact.code).toBe(1);
  const document = verifySchema.parse(JSON.parse(exact.stdout));
  expect(document.gaps).toMatchObject([{ statement: text, exact: { left: '0', right: '1/4', gap: '1/4' } }]);
  expect(document.claims[0]!.checks).toMatchObject([{ error: 0.25, tolerance: 0, holds: false }]);
  const byFile = await inProcess(['verify', '--policy', policy, '--claims', 'C3']);
  expect(byFile.code).toBe(0);
  expect(byFile.stdout).toContain(text);
});

test('what reads logarithms is enclosed with --exact, and an inequality is looked at from one side', async () => {
  const policy = place.path('odds.json');
  const size = ['--attempts', '2', '--length', '1', '--vocabulary', '2'];
  await inProcess(['policy', 'new', '--odds', ...size, '-o', policy]);
  const put = async (text: string, ...more: string[]) => {
    const { code, stdout } = await inProcess([
      'verify',
      '--statement',
      text,
      '--policy',
      policy,
      '--json',
      '-',
      ...more,
    ]);
    const { claims, gaps } = verifySchema.parse(JSON.parse(stdout));
    return { code, check: claims[0]!.checks[0]!, gap: gaps![0]! };
  };
  const holds = await put('KL = KL_sample + KL_decision', '--exact');
  expect(holds).toMatchObject({ code: 0, check: { error: 0, tolerance: 0 } });
  expect(holds.check.bound).toContain('intervals');
  const fails = await put('KL_sample = 0', '--exact');
  expect(fails.code).toBe(1);
  expect(fails.gap.exact!.left).toMatch(/^\[0\.\d{12,}, 0\.\d{12,}\]$/);
  expect((await put('V_sample <= Var_R')).code).toBe(0);
  expect((await put('Var_R <= V_sample')).code).toBe(1);
});

test('prove objective writes counter-examples that exact reads', () => {
  const dir = place.path('objective');
  const { code, stdout } = gradsplit([
    'prove',
    'objective',
    'sft',
    '--points',
    '1',
    '--counter-examples',
    dir,
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain(`counter-examples in ${dir}`);
  const files = readdirSync(dir);
  expect(files).toContain('sft-unbiased.json');
  expect(gradsplit(['exact', join(dir, 'sft-unbiased.json'), '--beta', '1']).code).toBe(0);
});

test('a claim of statements alone is verified by them', async () => {
  const path = place.path('own.mjs');
  const claim = (factor: number, controls: string): string => `
    const sides = (f) => ({ field, reward }) => ({ left: field.add(reward, reward), right: field.mul(reward, field.gather(field.from([f]), new Int32Array(6))) });
    export default { id: 'twice', title: 'Twice', statement: 'Twice.', formulas: [], assumptions: [],
      statements: { statements: [{ name: 'twice R', kind: 'identity', sides: sides(${factor}) }], controls: ${controls}, outside: [] } };`;
  const controls = "[{ name: 'thrice R', mistake: 'It is thrice R.', kind: 'identity', sides: sides(3) }]";
  const run = async (text: string): Promise<{ code: number | null; stdout: string; stderr: string }> => {
    const name = place.path(`own${++modules}.mjs`);
    writeFileSync(name, text);
    return inProcess([
      'verify',
      '--claims',
      name,
      '--attempts',
      '2',
      '--length',
      '1',
      '--vocabulary',
      '2',
      '--no-transformer',
    ]);
  };
  const holds = await run(claim(2, controls));
  expect(holds.code).toBe(0);
  expect(holds.stdout).toMatch(/twice\s+Twice\s+holds\s+1\/1\s+1\/1/);
  expect((await run(claim(4, controls))).code).toBe(1);
  expect((await run(claim(2, '[]'))).code).toBe(0);
  const late = await run(claim(2, controls).replace('=> ({ field', '=> async ({ field'));
  expect([late.code, late.stderr]).toEqual([2, expect.stringContaining('"twice R" gave a Promise')]);
  writeFileSync(path, claim(2, '7'));
  const refused = await inProcess(['verify', '--claims', path]);
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain(
    'own.mjs: claim "twice": expected `statements` with arrays statements and controls',
  );
});

test('bad input ends with exit code 2, and says where', async () => {
  const policy = place.path('mine.json');
  const size = ['--attempts', '2', '--length', '1', '--vocabulary', '2'];
  await inProcess(['policy', 'new', ...size, '-o', policy]);
  const refused = async (args: readonly string[], message: string): Promise<void> => {
    const { code, stdout, stderr } = await inProcess(['verify', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  };
  await refused(['--statement', 'V_sampl = 0', '--policy', policy], '\n  V_sampl = 0\n  ^\n');
  await refused(['--statement', 'V_sample(L=2) = 0', '--policy', policy], 'mine.json: length: expected 2');
  await refused(['--statement', '1/(J - J) = 1', '--policy', policy], 'something is divided by 0');
  await refused(['--statement', 'J = 0', '--claims', 'C1'], "cannot be used with option '--claims");
  await refused(
    ['--statement', 'J = 0', '--policy', policy, '--exact'],
    'expected a policy and a reference by odds',
  );
  const document = JSON.parse(readFileSync(policy, 'utf8'));
  writeFileSync(policy, JSON.stringify({ ...document, statement: { claim: 'C1' } }));
  await refused(['--policy', policy], 'mine.json: statement.name is missing; expected a text');
  writeFileSync(policy, JSON.stringify({ ...document, statement: { claim: 'C1', name: 'x', text: 'y' } }));
  await refused(
    ['--policy', policy],
    'mine.json: statement: expected either claim and name, or text, found both',
  );
  writeFileSync(policy, JSON.stringify({ ...document, statement: { text: 'J = 0', symbols: { a: ['q'] } } }));
  await refused(
    ['--policy', policy],
    'mine.json: statement.symbols.a[0]: expected a finite number or a fraction',
  );
  mkdirSync(place.path('taken'));
  writeFileSync(place.path('taken/file'), '');
  const { code, stderr } = await inProcess([
    'refute',
    'J = 0',
    '--counter-examples',
    place.path('taken/file'),
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain('file');
});
