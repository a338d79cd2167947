// `gradsplit prove`: its document, its text, its report, and what it refuses before it computes.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { proveSchema } from '../../src/documents/prove.ts';
import { inProcess } from './inProcess.ts';
import { workplace } from './run.ts';

const place = workplace();
const size = ['--attempts', '2', '--length', '1', '--vocabulary', '2'];

test('proves a claim, refutes its wrong statements, and writes document and report', async () => {
  const [json, page] = [place.path('proofs.json'), place.path('proofs.html')];
  const args = ['prove', '--claims', 'C5b,C3', ...size, '--points', '2', '--seed', '3'];
  const { code, stdout } = await inProcess([...args, '--json', json, '--report', page]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /C3 {3}Credit budget: proved \(4 proved, 2 for all lengths, controls 4\/4, risk ≤ 2\^-1\d\d/,
  );
  expect(stdout).toContain('9 of 9 wrong statements refuted');
  const document = proveSchema.parse(JSON.parse(readFileSync(json, 'utf8')));
  expect(document).toMatchObject({
    schema: 'gradsplit/prove@1',
    shape: { attempts: 2, length: 1, vocabulary: 2 },
    field: 'GF(2^61-1)',
    points: 2,
    seed: 3,
    trajectories: 6,
    verdict: 'proved',
  });
  expect(document.claims.map(({ id }) => id)).toEqual(['C3', 'C5b']);
  for (const { statements, controls } of document.claims) {
    for (const { verdict, kind, degree, riskLog2, witnesses } of statements) {
      expect(verdict).toBe('proved');
      if (kind === 'eitherWay') {
        expect(witnesses).toHaveLength(2);
        continue;
      }
      expect(degree).toBeGreaterThan(0);
      expect(riskLog2).toBeLessThan(-100);
    }
    for (const { verdict, counterExample } of controls) {
      expect(verdict).toBe('refuted');
      expect(counterExample).toHaveProperty('odds.sample');
    }
  }
  const html = readFileSync(page, 'utf8');
  expect(html).toContain('✓ proved');
  expect(html).toContain('schwartz_zippel_sum_degreeOf');
  expect(html).toContain('Base: at the end of an episode');
});

test('gives what it encloses to thirty decimals, in the document, on the terminal and in the report', async () => {
  const [json, page] = [place.path('enclosed.json'), place.path('enclosed.html')];
  const { code, stdout } = await inProcess([
    'prove',
    '--claims',
    'C7',
    ...size,
    '--json',
    json,
    '--report',
    page,
  ]);
  expect(code).toBe(0);
  const { claims } = proveSchema.parse(JSON.parse(readFileSync(json, 'utf8')));
  const enclosure = claims[0]!.statements.find(({ kind }) => kind === 'enclosure');
  const { value, float64, lo, hi } = enclosure!.enclosed![0]!;
  expect(value).toMatch(/^0\.\d{30}$/);
  expect([lo <= float64, float64 <= hi, (hi - lo) / hi < 1e-12]).toEqual([true, true, true]);
  for (const text of [stdout.replaceAll(/\s+/g, ' '), readFileSync(page, 'utf8')]) {
    expect(text).toContain(`${value} (float64: ${float64})`);
  }
});

test.each([
  [['--points', '0'], '--points: expected an integer from 1 to 100, found "0"'],
  [
    ['--claims', 'C33'],
    '--claims: unknown claim "C33" (did you mean "C3"?); the claims are C1, C2, C3, C4, C5, C5b, C6, C7, C8, C9',
  ],
  [
    ['--attempts', '3', '--length', '4', '--vocabulary', '3'],
    'attempts 3, length 4, vocabulary 3 give 538083 trajectories; at most 10000 can be put to a proof',
  ],
  [
    ['--attempts', '9', '--length', '99', '--vocabulary', '9'],
    'attempts 9, length 99, vocabulary 9 give about 10^850 trajectories; at most 10000 can be put to a proof',
  ],
])('%j is refused before anything is computed', async (args, message) => {
  expect(await inProcess(['prove', ...args])).toEqual({
    code: 2,
    stdout: '',
    stderr: `gradsplit: ${message}\n`,
  });
});

test('what is outside the class is not called an identity', async () => {
  const { code, stdout } = await inProcess(['prove', '--claims', 'C8', ...size]);
  expect(code).toBe(0);
  const said = stdout.replace(/\s+/g, ' ');
  expect(said).toContain(' outside: ');
  expect(said).not.toContain('(identity)');
});
