// Every lab at its default settings and seeds: shown, as its page says. Its picture can be drawn, and its rollouts are as clean as it says.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runLab } from '../../src/experiments/labs/runLab.ts';
import { labNames, labSettings, labs } from '../../src/labs/index.ts';
import { drawXy } from '../../src/report/figures/xy.ts';
import { standingWord } from '../../src/report/labWords.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradsplit-labs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('all nine are there', () => {
  expect(labs.map(({ name }) => name)).toEqual(labNames);
});

test.each(labs.map((lab) => [lab.name, lab] as const))('%s is what its page says', async (name, lab) => {
  const order = { lab, options: labSettings(lab, {}, false), full: false, resume: false };
  const document = await runLab(join(folder, name), order, {
    workers: availableParallelism(),
    onProgress: () => {},
    signal: new AbortController().signal,
    goOn: '',
  });
  const open = [...document.checks, ...document.controls].filter(
    (of) => !['holds', 'rejected'].includes(standingWord(of)),
  );
  expect(open.map((of) => [of.name, of.standing])).toEqual([]);
  expect(document.verdict).toBe('shown');
  expect(drawXy(lab.picture, document.series).svg).not.toContain('Nothing to draw');
});
