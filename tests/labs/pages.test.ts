// docs/labs says what the labs say: `npm run docs:labs` writes it. Results are those of runs and stay as they are.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { labDocument } from '../../src/analyses/labs.ts';
import { labNames, labs } from '../../src/labs/index.ts';
import { labMarkdown, labResultMarkdown, labsMarkdown, resultIn } from '../../src/report/labMarkdown.ts';
import { ROOT } from '../structure/files.ts';
import { tinyLab } from './tinyLab.ts';

const DOCS = join(ROOT, 'docs/labs');
const read = (name: string): string => readFileSync(join(DOCS, name), 'utf8');

test('every lab has a page whose text is that of the lab, and the index lists all with their results', () => {
  const results = new Map<string, string>();
  for (const lab of labs) {
    const page = read(`${lab.name}.md`);
    const result = resultIn(page);
    expect(page, 'npm run docs:labs').toBe(labMarkdown(lab, result));
    if (result === undefined) continue;
    results.set(lab.name, result);
    expect(result).toContain(`](${lab.name}.svg)`);
    expect(existsSync(join(DOCS, `${lab.name}.svg`))).toBe(true);
    // What was checked is what is checked.
    for (const { sentence } of lab.checks) expect(result).toContain(sentence.replaceAll('|', '\\|'));
  }
  expect(read('README.md')).toBe(labsMarkdown(labs, results));
  const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md') && name !== 'README.md');
  expect(pages.sort()).toEqual(labs.map(({ name }) => `${name}.md`).sort());
});

test('labs are listed in the order of their names', () => {
  const known = labNames.filter((name) => labs.some((lab) => lab.name === name));
  expect(labs.map(({ name }) => name)).toEqual(known);
});

test('a page: text, result, and the result taken out again; without one it says that the lab has to be run', () => {
  const seeds = [1, 2].map((seed) => ({
    seed,
    seconds: 1,
    measured: { gain: 1 + seed / 100, idle: 0, levels: 2 },
    series: {},
    split: { evidence: { weight: 1, mass: -0.5, gradient: 1 } },
    audit: ['std-noise'],
  }));
  const options = { steps: 3, target: 1, levels: [1, 2] };
  const result = labResultMarkdown(
    tinyLab,
    labDocument({ lab: tinyLab, options, full: false, build: 'plain' }, seeds),
  );
  expect(result).toMatch(/^\*\*Shown:\*\* both checks hold/);
  expect(result).toContain('--seeds 2`, seeds 1 to 2.');
  expect(result).toContain('| evidence | 100 % | −0.5 | 100 % |');
  expect(result).toMatch(
    /\| The mean comes close to the target\. \| 1\.015 \| \[.*\] \| from 0\.5 to 1\.5 \| holds \| 1\.02 \|/,
  );
  expect(result).toContain('They are not drawn around it. | 0 |');
  const page = labMarkdown(tinyLab, result);
  expect(resultIn(page)).toBe(result);
  expect(page).toContain(
    '| `steps` | 20 | 200 | How many numbers are drawn. Expected: an integer of at least 1. |',
  );
  expect(page).toContain('    gradsplit lab tiny --set target=2\n\nThe line stands at 2.');
  const bare = labMarkdown(tinyLab, undefined);
  expect(bare).toContain('There is no result here yet');
  expect(resultIn(bare)).toBeUndefined();
  expect(labsMarkdown([tinyLab], new Map([['tiny', result]]))).toMatch(
    /\[tiny\]\(tiny\.md\).*\| shown \| 1 min \|/,
  );
  expect(labsMarkdown([tinyLab], new Map())).toContain('| not run |');
});
