// The tables of trained policies: eval, compare, sample, reproduce; on a terminal and as Markdown.
import { expect, test } from 'vitest';
import {
  comparisonTable,
  evaluationTable,
  plainPalette,
  reproduceMarkdown,
  reproduceTable,
  sampleLines,
} from '../../src/report/tables.ts';
import { documentOf } from './experiment.ts';
import { HOSTILE } from './markup.ts';

const document = documentOf();
const { id, ood } = document.models.rl[0]!.splits;

test('eval: a line a measure, a column a split', () => {
  const text = evaluationTable(
    { schema: 'gradsplit/eval@1', checkpoint: HOSTILE.join(' '), task: 'pickSum', splits: { id, ood } },
    plainPalette,
  );
  const line = text.split('\n').find((l) => l.startsWith('first attempt'))!;
  expect(line).toContain(String(Number(id.firstAttempt.mean.toPrecision(3))));
  expect(line).toContain(String(Number(ood.firstAttempt.mean.toPrecision(3))));
  expect(text.split('\n').filter((l) => l.includes('all before wrong'))).toHaveLength(
    id.laterAttempts.length,
  );
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
});

test('eval: nothing to measure is a dash', () => {
  const none = { mean: Number.NaN, ci95: [Number.NaN, Number.NaN] } as const;
  const splits = { id: { ...id, auc: none }, ood };
  const text = evaluationTable(
    { schema: 'gradsplit/eval@1', checkpoint: 'c', task: 't', splits },
    plainPalette,
  );
  expect(text).toMatch(/AUC of P\(STOP\) +– +\d/);
});

test('compare: the gain is shown as the sum of its parts', () => {
  const { splits } = document.compare['sft->rl'];
  const text = comparisonTable(
    { schema: 'gradsplit/compare@1', models: ['one', 'two'], task: 'pickSum', splits },
    plainPalette,
  );
  const gain = splits.ood.grid['b/b'].accuracy.mean - splits.ood.grid['a/a'].accuracy.mean;
  expect(text).toContain(`gain in accuracy ${gain.toFixed(3)} = sampling`);
  expect(text).toMatch(/a\/a +95 % +a\/b +95 % +b\/a +95 % +b\/b +95 %/);
});

test('sample: marks tell right from wrong, the last attempt has no decision', () => {
  const text = sampleLines(
    'p',
    [{ attempts: ['12', '34'], right: [false, true], stop: [0.25] }],
    plainPalette,
  );
  expect(text).toBe(
    'p  episode 1\n  12 ✗  STOP 0.250  RESAMPLE 0.750  → tries again\n  34 ✓  the last attempt is handed in',
  );
  const unknown = sampleLines('p', [{ attempts: ['12'], right: undefined, stop: [0.9] }], plainPalette);
  expect(unknown).toContain('12 ?  STOP 0.900  RESAMPLE 0.100  → stops');
});

test('reproduce: every statement with its verdict, in both forms', () => {
  const [text, markdown] = [reproduceTable(document, 'runs/x', plainPalette), reproduceMarkdown(document)];
  const words = { supported: 'supported', notSupported: 'not supported', undecided: 'undecided' };
  for (const { statement, verdict, measured } of document.claims) {
    expect(text.replace(/\s+/g, ' ')).toContain(` ${words[verdict]} ${statement} `);
    const row = markdown.split('\n').find((l) => l.includes(statement))!;
    expect(row).toMatch(new RegExp(`\\| ${words[verdict]} \\|$`));
    expect(row).toContain(Math.abs(measured).toFixed(3).replace('0.', '.'));
  }
  expect(text).toContain('SFT → RL');
  expect(markdown).toContain('| RL, only π_d |');
});
