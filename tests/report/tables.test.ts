// The tables of the terminal: contents, colours, hostile text.
import { expect, test } from 'vitest';
import { ceilingHow } from '../../bench/ceiling.ts';
import type { ExactResult } from '../../src/analyses/exact.ts';
import { claims } from '../../src/claims/index.ts';
import {
  type BenchDocument,
  benchMarkdown,
  benchTable,
  claimsTable,
  exactTable,
  type Palette,
  verifyTable,
} from '../../src/report/tables.ts';
import { failing, holding } from './fixtures.ts';
import { HOSTILE } from './markup.ts';

/** Control characters other than line ends: escape codes begin with one. */
const CONTROL = /[^\P{Cc}\n]/u;

const code = (n: number) => (text: string) => `\u001b[${n}m${text}\u001b[0m`;
const colours: Palette = { green: code(32), red: code(31), yellow: code(33), dim: code(2), bold: code(1) };
const stripped = (text: string): string =>
  text
    .split('\u001b')
    .map((part, i) => (i === 0 ? part : part.replace(/^\[\d+m/, '')))
    .join('');

const gradient = { sample: Float64Array.of(3, 4), decision: Float64Array.of(12, 0) };
const norm = { sample: 5, decision: 12, total: 13 };
const exactResult: ExactResult = {
  trajectories: 20,
  expectedAttempts: 1.5,
  reward: {
    mean: 0.25,
    variance: 0.2,
    varianceSample: 0.15,
    varianceDecision: 0.05,
    gradient,
    gradientNorm: norm,
  },
  kl: { value: 1, sample: 0.75, decision: 0.25, gradient, gradientNorm: norm },
  forwardKl: { value: 0.875, gradient },
  estimators: {
    k1: { value: 1, lossGradient: { sample: new Float64Array(2), decision: new Float64Array(2) } },
    k2: { value: 1.5, lossGradient: gradient },
    k3: { value: 1.0625, lossGradient: gradient },
  },
  regularised: { beta: 0.1, optimum: 0.8125 },
  objective: {
    name: 'grpo',
    options: { groupSize: 4, normalizeByStd: true },
    gradient,
    gradientNorm: norm,
    cosine: { sample: 0.5, decision: null, total: -0.125 },
    scale: 0.375,
    balanced: false,
  },
};

const bench: BenchDocument = {
  machine: { cpu: 'Some CPU', node: '20.20.2', threads: 2 },
  build: 'plain',
  ceiling: { gflops: 54.1, how: 'multiply-add chains in the same run' },
  results: [
    {
      suite: 'gemm',
      name: 'f32 256x256x256',
      unit: 'GFLOP/s',
      value: 41.23456,
      ci95: [41, 41.5],
      samples: [40.5, 41.148],
      ofCeiling: 0.762,
      peers: { 'tfjs-wasm': { value: 20.5 } },
      warnings: ['3 of 40 samples are outliers'],
    },
    {
      suite: 'split',
      name: 'f32 two labels',
      unit: 'ratio',
      value: 1.6,
      ci95: [1.5, 1.7],
      samples: [1.5, 1.7],
      ofCeiling: 0.875,
      peers: {},
      warnings: [],
    },
    {
      suite: 'softmax',
      name: 'f64',
      unit: 'GB/s',
      value: 7,
      ci95: [6, 8],
      samples: [7],
      ofCeiling: 0.05,
      peers: {},
      warnings: [],
    },
  ],
};

/** The line of a table that begins with these words. */
function lineOf(text: string, start: string): string {
  const line = text.split('\n').find((l) => l.trim().startsWith(start));
  if (line === undefined) throw new Error(`no line starts with ${start} in\n${text}`);
  return line.trim();
}

test('verify: a line for every claim with its verdict and counts', () => {
  const text = verifyTable(failing());
  for (const { claim, verdict } of failing().claims) expect(lineOf(text, `${claim.id} `)).toContain(verdict);
  expect(lineOf(text, 'C1 ')).toMatch(/^C1 +Exact split +holds +8\/8 +3\/3 +[\d.]+ +4\.0 ms$/);
  expect(lineOf(text, 'C3 ')).toMatch(/fails +7\/8 +3\/3 +7\.5e12/);
  expect(lineOf(text, 'C8 ')).toMatch(/fails +8\/8 +2\/3/);
  expect(lineOf(text, 'C7 ')).toMatch(/notApplicable +– +– +–/);
  expect(text).toMatch(/\n\nfails: 2 of 9 claims fail/);
  expect(verifyTable(holding())).toMatch(/\n\nholds: All 10 claims hold\. 80 of 80 checks/);
});

test('verify: details of what failed, and of nothing else', () => {
  const text = verifyTable(failing());
  expect(text).toContain('check failed: sample gradient');
  expect(text).toContain('measured 0.3125, expected 0.25, error 0.0625, tolerance 8.33e-15');
  expect(text).toContain('control accepted: labels drawn at random');
  expect(text).toContain('the policy has one attempt, so there are no decisions');
  expect(text.match(/check failed|control accepted/g)).toHaveLength(2);
  expect(verifyTable(holding())).not.toMatch(/failed|accepted/);
});

test('exact: every number by component, shares, and the objective against ∇J', () => {
  const text = exactTable('mine.json', exactResult);
  expect(lineOf(text, 'policy:')).toBe('policy: mine.json');
  expect(lineOf(text, 'Var(R)')).toMatch(/0\.2 +0\.15 +0\.05$/);
  expect(lineOf(text, 'share of Var(R)')).toMatch(/75 % +25 %$/);
  expect(lineOf(text, '‖∇E[R]‖')).toMatch(/13 +5 +12$/);
  expect(lineOf(text, 'share of KL')).toMatch(/75 % +25 %$/);
  expect(lineOf(text, '‖∇KL(reference‖π)‖')).toMatch(/13 +5 +12$/);
  expect(lineOf(text, '‖E[∇k1]‖')).toMatch(/0 +0 +0$/);
  expect(lineOf(text, 'max E[R]')).toMatch(/0\.8125$/);
  expect(lineOf(text, 'cosine')).toMatch(/-0\.125 +0\.5 +–$/);
  expect(lineOf(text, 'balanced')).toMatch(/no$/);
  expect(text).toContain('groupSize=4 normalizeByStd=true');
  const { objective: _, ...without } = exactResult;
  expect(exactTable('mine.json', without)).not.toContain('cosine');
});

test('claims: id, title, statement and assumptions of each', () => {
  const text = claimsTable(claims);
  for (const { id, title } of claims) expect(lineOf(text, `${id} `)).toContain(title);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  expect(text.match(/^ {5}- /gm)!.length).toBe(claims.flatMap((claim) => claim.assumptions).length);
});

test('bench: the ceiling beside every figure, peers, warnings', () => {
  const text = benchTable(bench);
  expect(text).toContain('ceiling of this machine: 54.1 GFLOP/s');
  expect(lineOf(text, 'gemm')).toMatch(/f32 256x256x256 +41\.23 +GFLOP\/s +± 0\.25 +54 +76 % +20\.5$/);
  // Less is better: the limit lies below.
  expect(lineOf(text, 'split')).toMatch(/1\.6 +ratio +± 0\.1 +1\.4 +88 % +–$/);
  expect(lineOf(text, 'softmax')).toMatch(/7 +GB\/s +± 1 +140 +5\.0 % +–$/);
  expect(text).toContain('warning: gemm f32 256x256x256: 3 of 40 samples');
  expect(benchTable({ ...bench, results: [] })).toContain('ceiling');
});

test('bench: what is said of several cases is said once', () => {
  const results = bench.results.map((result) => ({ ...result, warnings: ['the ceiling moved'] }));
  expect(benchTable({ ...bench, results })).toContain(
    'warning: gemm f32 256x256x256 and 2 more cases: the ceiling moved',
  );
});

test('bench: warnings of one kind are one line, whatever their numbers; the ceiling has its name in words', () => {
  const results = bench.results.map((result, i) => ({
    ...result,
    warnings: [`${i + 1} of 30 samples are outliers, run "gradsplit bench ${result.suite}" again`],
  }));
  const text = benchTable({ ...bench, ceiling: { ...bench.ceiling, how: ceilingHow('plain') }, results });
  expect(text.match(/warning/g)).toHaveLength(1);
  expect(text).toContain('and 2 more cases: 1 of 30 samples are outliers');
  expect(text).not.toContain('ofCeiling');
});

test('bench as Markdown: the machine, a table a suite, the lead over the best peer', () => {
  const [first, ...others] = bench.results;
  const peers = { 'tfjs-wasm': { value: 20.5 }, 'jax-js': { value: 10 } };
  const text = benchMarkdown({ ...bench, results: [{ ...first!, name: 'a|b', peers }, ...others] });
  expect(text).toBe(`Some CPU, Node 20.20.2, 2 threads, build \`plain\`; ceiling 54.1 GFLOP/s.

| gemm | value | 95 % | unit | of ceiling | tfjs-wasm | jax-js | × best peer |
| --- | --: | --: | --: | --: | --: | --: | --: |
| a\\|b | 41.2 | ± 0.25 | GFLOP/s | 76 % | 20.5 | 10 | 2.01× |

| split | value | 95 % | unit | of ceiling |
| --- | --: | --: | --: | --: |
| f32 two labels | 1.6 | ± 0.1 | ratio | 88 % |

| softmax | value | 95 % | unit | of ceiling |
| --- | --: | --: | --: | --: |
| f64 | 7 | ± 1 | GB/s | 5.0 % |
`);
});

test('colours change nothing but colours, and there are none without a palette', () => {
  const tables: ((palette?: Palette) => string)[] = [
    (palette) => verifyTable(failing(), palette),
    (palette) => verifyTable(holding(), palette),
    (palette) => exactTable('mine.json', exactResult, palette),
    (palette) => claimsTable(claims, palette),
    (palette) => benchTable(bench, palette),
  ];
  for (const table of tables) {
    expect(table()).not.toMatch(CONTROL);
    expect(table(colours)).toMatch(CONTROL);
    expect(stripped(table(colours))).toBe(table());
    expect(table()).not.toMatch(/ \n| $/);
  }
});

test('text from files cannot reach the terminal as codes, nor fill it', () => {
  for (const text of HOSTILE) {
    const result = failing();
    const reason = result.claims.map((claim) => ({
      ...claim,
      ...(claim.reason === undefined ? {} : { reason: text }),
    }));
    const shown = [
      verifyTable({ ...result, options: { ...result.options, source: text }, claims: reason }),
      exactTable(text, { ...exactResult, objective: { ...exactResult.objective!, options: { x: text } } }),
      benchTable({ ...bench, machine: { ...bench.machine, cpu: text }, build: text }),
    ].join('\n');
    expect(shown).not.toMatch(CONTROL);
    expect(shown.length).toBeLessThan(20_000);
  }
});
