// The page of several runs: a curve a run in every picture, where they differ, hostile names, determinism; and the document behind it.
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { type RecordedRun, runsDocument } from '../../src/analyses/runs.ts';
import { schemas } from '../../src/documents/index.ts';
import { runsHtml } from '../../src/report/runsHtml.ts';
import { dangers, HOSTILE, tagsOf } from './markup.ts';
import { metricsOf, pickSum } from './runs.ts';

function recorded(dir: string, seed: number, entries: Readonly<Record<string, string>> = {}): RecordedRun {
  const config = pickSum(entries);
  return { dir, run: { preset: 'pick-sum', seed, config }, metrics: metricsOf(config, 180) };
}

const runs = [
  recorded('runs/a', 1),
  recorded('runs/b', 2, { 'train.update': 'decision' }),
  recorded('runs/c', 3, { 'train.objective': 'grpo' }),
];
const document = runsDocument(runs);
const page = (of: readonly RecordedRun[]): string =>
  runsHtml(
    runsDocument(of),
    of.map(({ metrics }) => metrics),
  );
const textOf = (node: { textContent: string }): string => node.textContent.replace(/\s+/g, ' ').trim();

test('the document fits its schema and names the entries that differ, with a value a run', () => {
  expect(schemas['runs@1'].safeParse(JSON.parse(JSON.stringify(document))).error?.message).toBeUndefined();
  const differing = new Map(document.differences.map(({ key, values }) => [key, values]));
  expect(differing.get('train.update')).toEqual(['both', 'decision', 'both']);
  expect(differing.get('train.objective')).toEqual(['rloo', 'rloo', 'grpo']);
  // An option that only one objective has.
  expect(differing.get('train.stdEpsilon')?.slice(0, 2)).toEqual([null, null]);
  expect([...differing.keys()].filter((key) => !key.startsWith('train.'))).toEqual([]);
  expect(document.runs[1]!.last).toEqual(runs[1]!.metrics.at(-1));
});

test('every picture has a curve a run, with one look in all of them', () => {
  const markup = page(runs);
  expect(dangers(markup)).toEqual([]);
  const pictures = [...parseHTML(markup).document.querySelectorAll('.curves svg')];
  expect(pictures).toHaveLength(6);
  for (const svg of pictures) {
    svg.querySelector('desc').remove();
    for (const { dir } of runs) expect(textOf(svg)).toContain(dir);
    const inks = [...svg.outerHTML.matchAll(/stroke="var\(--gs-(series-\d)\)"/g)].map((m) => m[1]);
    expect(new Set(inks)).toEqual(new Set(['series-0', 'series-1', 'series-2']));
    // In grey they are told apart by dashes.
    const dashes = [
      ...svg.querySelectorAll('[stroke="var(--gs-series-1)"], [stroke="var(--gs-series-2)"]'),
    ].map((line) => line.getAttribute('stroke-dasharray'));
    expect(new Set(dashes)).toEqual(new Set(['6 3', '2 3']));
  }
  const cells = [...parseHTML(markup).document.querySelectorAll('#differences tbody tr')].map(textOf);
  expect(cells.some((row) => /^train\.update ?bothdecisionboth$/.test(row))).toBe(true);
});

test('same configurations, runs without a step', () => {
  const same = [recorded('a', 1), recorded('b', 2)];
  expect(page(same)).toContain('Their configurations are the same.');
  const empty = same.map((run) => ({ ...run, metrics: [] }));
  expect(page(empty)).toContain('No step yet.');
  expect(dangers(page(empty))).toEqual([]);
});

// A folder has a name.
test.each(HOSTILE.filter((text) => text !== '').map((text) => [text.slice(0, 24), text]))(
  'hostile names %j change no tag',
  (_, text) => {
    const named = (dir: string): RecordedRun[] => [
      { ...runs[0]!, dir, run: { ...runs[0]!.run, preset: dir } },
      runs[1]!,
    ];
    const markup = page(named(text));
    expect(dangers(markup)).toEqual([]);
    const names = (m: string): string[] => tagsOf(m.replace(/<svg.*?<\/svg>/gs, '')).map((tag) => tag.name);
    expect(names(markup)).toEqual(names(page(named('harmless'))));
  },
);
