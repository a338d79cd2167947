// The page and the text of a lab: verdict first, the picture, checks on scales, what is ours, commands; inert whatever a folder is called.
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { labDocument, type SeedOfLab } from '../../src/analyses/labs.ts';
import type { LabDocument } from '../../src/documents/labs.ts';
import { labHtml } from '../../src/report/labHtml.ts';
import { texParagraph } from '../../src/report/page/labTexts.ts';
import { labResultsTable, labsTable, labTable, labText, plainPalette } from '../../src/report/tables.ts';
import { tinyLab } from '../labs/tinyLab.ts';
import { dangers, HOSTILE, tagsOf } from './markup.ts';

const options = { steps: 3, target: 1, levels: [0.1, 0.2] };

function seed(n: number, measured: Readonly<Record<string, number>> = {}): SeedOfLab {
  return {
    seed: n,
    seconds: 2,
    measured: { gain: 1 + n / 100, idle: n / 1000, levels: 2, ...measured },
    series: { step: [1, 2, 3], curve: [1, 1.1, 1 + n / 10], bound: [1, 1, 1] },
    split: {
      evidence: { weight: 0.75, mass: 0.25, gradient: 0.6 },
      answer: { weight: 0.25, mass: -1e-17, gradient: 0.4 },
    },
    audit: ['std-noise'],
  };
}

const found = (seeds: readonly SeedOfLab[]): LabDocument =>
  labDocument({ lab: tinyLab, options, full: false, build: 'plain' }, seeds);

const shown = found([1, 2, 3].map((n) => seed(n)));
const pageOf = (document: LabDocument, dir = 'runs/lab-tiny'): string =>
  labHtml({ lab: tinyLab, document, dir, repeat: `gradsplit lab tiny --out ${dir}-again` });
const page = pageOf(shown);
const { document } = parseHTML(page);

test('the question and the verdict lead', () => {
  expect(document.querySelector('h1')!.textContent).toBe(tinyLab.title);
  const [question, verdict] = [...document.querySelectorAll('.banner p')].map((p) => p.textContent);
  expect(question).toBe(tinyLab.question);
  expect(verdict).toBe('shownBoth checks hold, the only control is rejected, over 3 seeds.');
  expect(document.querySelector('.banner')!.getAttribute('class')).toBe('banner');
  expect(document.body.textContent).toContain('3 seeds: seeds 1 to 3');
});

test('a failed lab says so in its banner, and which way', () => {
  const failed = parseHTML(pageOf(found([1, 2].map((n) => seed(n, { gain: 3 + n / 1000 }))))).document;
  expect(failed.querySelector('.banner')!.getAttribute('class')).toBe('banner failing');
  expect(failed.querySelector('#checks tr.bad')!.textContent).toContain('✗ fails');
  const one = parseHTML(pageOf(found([seed(1)]))).document;
  expect(one.querySelector('.banner')!.textContent).toContain('One seed has no interval.');
  expect(one.querySelector('#checks .mark')!.textContent).toBe('? undecided');
});

test('checks and controls: numbers, bounds, what the authors report, what is wrong', () => {
  const rows = (card: string) =>
    [...document.querySelectorAll(`#${card} tbody tr`)].map((row) => row.textContent);
  expect(rows('checks')[0]).toMatch(
    /comes close.*The authors report 1\.02\..*1\.02.*from 0\.5 to 1\.5.*✓ holds/,
  );
  expect(rows('checks')[1]).toMatch(/at every seed.*exactly 2.*✓ holds/);
  expect(rows('controls')[0]).toMatch(/They are not drawn around it.*at least 0\.5.*✓ rejected/);
  // Every seed has a mark on the scale.
  expect(document.querySelectorAll('#checks tbody tr:first-child .interval u')).toHaveLength(3);
});

test('the picture, the split, the texts, the settings and three commands', () => {
  expect(document.querySelectorAll('#picture svg')).toHaveLength(1);
  expect(document.querySelector('#picture desc')!.textContent).toContain('mean so far: (1, 1), (2, 1.1)');
  const bars = [...document.querySelectorAll('#split .bar b')].map((bar) => bar.getAttribute('style'));
  expect(bars).toEqual([60, 40, 75, 25, 25, 0].map((width) => `width:${width.toFixed(1)}%`));
  expect(document.querySelector('#split')!.textContent).not.toContain('-0');
  for (const said of [...tinyLab.paper, ...tinyLab.ours, ...tinyLab.differs, tinyLab.restsOn]) {
    expect(document.querySelector('#paper')!.textContent).toContain(said);
  }
  expect(document.querySelectorAll('#method math')).toHaveLength(2);
  const settings = [...document.querySelectorAll('#settings tbody tr')].map((row) => row.textContent);
  expect(settings[0]).toMatch(/steps.*3.*default 20.*How many numbers/);
  const commands = [...document.querySelectorAll('pre.command')].map((command) => command.textContent);
  expect(commands).toEqual([
    'gradsplit lab tiny --set steps=40',
    'gradsplit lab tiny --set target=2',
    'gradsplit lab tiny --set levels=0.1,0.2,0.3',
    'gradsplit lab tiny --out runs/lab-tiny-again',
  ]);
});

test('every part that the contents name is there once; same report, same bytes', () => {
  const links = [...document.querySelectorAll('.contents a')].map((a) => a.getAttribute('href')!.slice(1));
  expect(links).toEqual([
    'picture',
    'checks',
    'split',
    'method',
    'paper',
    'next',
    'settings',
    'repeat',
    'reading',
  ]);
  for (const id of links) expect(document.querySelectorAll(`[id="${id}"]`)).toHaveLength(1);
  expect(dangers(page)).toEqual([]);
  expect(pageOf(shown)).toBe(page);
});

test('a lab that differentiates nothing says so', () => {
  const bare = found([1, 2].map((n) => ({ ...seed(n), split: {} })));
  expect(pageOf(bare)).toContain('there is nothing to divide');
  expect(labTable(bare, 'x', plainPalette)).toContain('there is nothing to divide');
});

describe('whatever a folder is called is text', () => {
  test.each(HOSTILE.map((text) => [text.slice(0, 24), text]))('%j', (_, text) => {
    const hostile = pageOf(shown, text);
    expect(dangers(hostile)).toEqual([]);
    expect(tagsOf(hostile).length).toBe(tagsOf(page).length);
    const lines = labTable(shown, text, { ...plainPalette, width: 80 });
    expect([...lines].filter((c) => c < ' ' && c !== '\n')).toEqual([]);
  });
});

test('TeX: within a line, on a line of its own, and what cannot be read is shown as it is', () => {
  const { markup } = texParagraph(
    'Draw $n$ numbers: $$\\frac{1}{n}\\sum_i x_i$$ is **their** mean, $\\nonsense$.',
  );
  expect(markup.match(/<math/g)).toHaveLength(2);
  expect(markup).toContain('<div class="formula">');
  expect(markup).toContain('<strong>their</strong>');
  expect(markup).toContain('<code>\\nonsense</code>');
  expect(tagsOf(`<div>${markup}</div>`).filter(({ name }) => name === 'p')).toHaveLength(2);
});

test('on a terminal: the verdict, every check with its interval, the split, where the report lies', () => {
  const text = labTable(shown, 'runs/lab-tiny', { ...plainPalette, width: 80 });
  expect(text).toMatch(/^tiny: Shown: both checks hold, the only control is rejected, over 3 seeds\./);
  expect(text).toMatch(/^holds +The mean comes close to the target\.\n +gain: 1\.02 \[/m);
  expect(text).toMatch(/^rejected +Draws around 0/m);
  expect(text).toMatch(/^evidence +75 % +0\.25 +60 %$/m);
  expect(text).toContain('The audit of its rollouts finds std-noise, as the lab says, and nothing else.');
  expect(text.replace(/\s+/g, ' ')).toContain('the report runs/lab-tiny/report.html.');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  const surprised = labTable({ ...shown, audit: ['x'], verdict: 'notShown' }, 'x', plainPalette);
  expect(surprised).toContain('finds x, which the lab does not explain');
  const missing = labTable({ ...shown, audit: [], verdict: 'notShown' }, 'x', plainPalette);
  expect(missing).toContain('does not find std-noise, which the lab is about');
});

test('a lab in words has its settings with defaults; the list fits 80 columns', () => {
  const text = labText(tinyLab, { ...plainPalette, width: 80 });
  expect(text).toMatch(/steps +20 +How many numbers are drawn\. With --full 200\./);
  expect(text).toContain('gradsplit lab tiny --set steps=40: A narrower interval.');
  const listed = {
    schema: 'gradsplit/labs@1' as const,
    labs: [{ ...tinyLab, command: 'gradsplit lab tiny' }],
    results: [
      {
        name: 'tiny',
        verdict: 'notShown' as const,
        checks: { held: 1, of: 2 },
        controls: { rejected: 1, of: 1 },
        seconds: 3,
      },
    ],
  };
  for (const table of [labsTable, labResultsTable]) {
    for (const line of table(listed, { ...plainPalette, width: 80 }).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
  }
  expect(labResultsTable(listed, plainPalette)).toMatch(/tiny +not shown +1\/2 +1\/1 +3 s/);
});
