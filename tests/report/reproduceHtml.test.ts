// The page of an experiment: every number of the document in its place, hostile text, one seed, missing numbers, determinism.
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { MODELS, PAIRS } from '../../src/analyses/reproduce/models.ts';
import { repeatExperiment } from '../../src/cli/repeat.ts';
import type { ReproduceDocument } from '../../src/documents/reproduce.ts';
import { modelEstimate, pairName, SHOWN_MEASURES } from '../../src/report/experiment.ts';
import { plainText } from '../../src/report/html.ts';
import { type ReproduceExtras, reproduceHtml } from '../../src/report/reproduceHtml.ts';
import { MEASURE_NAMES } from '../../src/report/tables/measures.ts';
import { documentOf, extrasOf } from './experiment.ts';
import { attributeValues, dangers, HOSTILE, tagsOf } from './markup.ts';

const whole = documentOf();
const extras = extrasOf();
const markup = reproduceHtml(whole, extras);
const page = (text: string): ReturnType<typeof parseHTML>['document'] => parseHTML(text).document;
const textOf = (node: { textContent: string }): string => node.textContent.replace(/\s+/g, ' ').trim();
const document = page(markup);
const numbersIn = (node: {
  querySelectorAll: (selector: string) => Iterable<{ getAttribute(name: string): string }>;
}): number[] => [...node.querySelectorAll('data')].map((data) => Number(data.getAttribute('value')));

test('the page is balanced markup, inert, and loads nothing; ids are unique', () => {
  expect(dangers(markup)).toEqual([]);
  expect(document.querySelector('meta[http-equiv]').getAttribute('content')).toContain("default-src 'none'");
  const ids = attributeValues(tagsOf(markup), 'id');
  expect(ids).toEqual([
    'statements',
    'models',
    'swaps',
    'training',
    'examples',
    'repeat',
    'configuration',
    'reading',
  ]);
});

test('what was seen comes first, then the verdicts, counted in words', () => {
  const claims = whole.claims.map((claim, i) => ({
    ...claim,
    verdict: i < 4 ? ('supported' as const) : ('undecided' as const),
  }));
  const banner = (d: ReproduceDocument) => page(reproduceHtml(d, extras)).querySelector('.banner');
  const short = (x: number): string => x.toFixed(2).replace(/^0/, '');
  const seen = (split: 'id' | 'ood'): string => {
    const [base, rl] = (['base', 'rl'] as const).map(
      (model) => modelEstimate(whole, model, split, 'accuracy').mean,
    );
    const { decision } = whole.compare['base->rl'].splits[split].shapley;
    return `from ${short(base!)} to ${short(rl!)}, +${short(decision.mean)} of it through πd.`;
  };
  expect(textOf(banner(whole).querySelector('h1'))).toBe(
    `pick-sum: RL lifts accuracy out of distribution ${seen('ood')}`,
  );
  expect(textOf(banner({ ...whole, claims }).querySelector('p'))).toBe(
    `RL lifts accuracy in distribution ${seen('id')} 4 statements supported, 3 undecided.`,
  );
  expect(textOf(banner({ ...whole, claims: claims.slice(0, 1) }))).toContain('1 statement supported.');
});

test('where RL ends as the base began, it lifts and lowers nothing', () => {
  const same = { ...whole, models: { ...whole.models, rl: whole.models.base } };
  const title = textOf(page(reproduceHtml(same, extras)).querySelector('h1'));
  expect(title).toMatch(/^pick-sum: RL leaves accuracy out of distribution at \.\d\d\.$/);
});

test('an undecided statement says how many seeds would decide, others do not', () => {
  const [first, ...rest] = whole.claims;
  const { seedsToDecide: _, ...plain } = first!;
  const text = (claim: ReproduceDocument['claims'][number]): string =>
    textOf(
      page(reproduceHtml({ ...whole, claims: [claim, ...rest] }, extras)).querySelector(
        'table.statements tbody tr',
      ),
    );
  expect(text({ ...plain, verdict: 'undecided', seedsToDecide: 14 })).toContain(
    'about 14 seeds would decide',
  );
  expect(text({ ...plain, verdict: 'undecided' })).toContain('more seeds than can be planned');
  expect(text({ ...plain, verdict: 'supported' })).not.toMatch(/would decide|than can be planned/);
  expect(text({ ...plain, verdict: 'undecided', bySeed: [0.1] })).not.toMatch(
    /would decide|than can be planned/,
  );
});

test('a row for every statement: quantity, number, interval, verdict; the rule is stated', () => {
  const rows = [...document.querySelectorAll('table.statements tbody tr')];
  expect(rows).toHaveLength(whole.claims.length);
  for (const [i, claim] of whole.claims.entries()) {
    expect(textOf(rows[i])).toContain(claim.quantity);
    expect(numbersIn(rows[i])).toEqual([claim.measured, ...claim.ci95]);
    expect(rows[i].querySelector('.verdict').className).toBe(`verdict ${claim.verdict}`);
    expect(rows[i].querySelectorAll('.interval u')).toHaveLength(3);
  }
  expect(textOf(document.getElementById('statements'))).toContain(whole.rule);
});

test('bars of statements share one scale: larger differences lie further to the right', () => {
  const places = [...document.querySelectorAll('.interval b')].map((b) =>
    Number(/left:([\d.]+)%/.exec(b.getAttribute('style'))![1]),
  );
  const order = (values: readonly number[]): number[] =>
    values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  expect(order(places)).toEqual(order(whole.claims.map(({ measured }) => measured)));
});

test('every model in and out of distribution, as pictures and with all numbers', () => {
  const section = document.getElementById('models');
  expect([...section.querySelectorAll('figcaption strong')].map(textOf)).toEqual(
    SHOWN_MEASURES.map((measure) => MEASURE_NAMES[measure]),
  );
  const [id, ood] = section.querySelectorAll('table');
  for (const [split, table] of [
    ['id', id],
    ['ood', ood],
  ] as const) {
    const rows = [...table.querySelectorAll('tbody tr')];
    expect(rows).toHaveLength(MODELS.length);
    for (const [i, model] of MODELS.entries()) {
      const expected = SHOWN_MEASURES.flatMap((measure) => {
        const { mean, ci95 } = modelEstimate(whole, model, split, measure);
        return [mean, ...ci95];
      });
      expect(numbersIn(rows[i])).toEqual(expected);
    }
  }
});

test('the swaps of all pairs: accuracy of the four policies, both parts of the gain', () => {
  const section = document.getElementById('swaps');
  expect([...section.querySelectorAll('figcaption strong')].map(textOf)).toEqual(PAIRS.map(pairName));
  for (const pair of PAIRS) {
    const svg = section.querySelector(`svg[aria-label="${pairName(pair)}"]`);
    svg.querySelector('desc').remove();
    const text = textOf(svg);
    for (const split of ['id', 'ood'] as const) {
      const { grid } = whole.compare[pair].splits[split];
      for (const cell of Object.values(grid)) expect(text).toContain(cell.accuracy.mean.toFixed(3));
    }
    expect(text.match(/sampling/g)).toHaveLength(2);
    expect(text.match(/deciding/g)).toHaveLength(2);
  }
});

test('curves of the three RLs with bands, and what the bands are', () => {
  const section = document.getElementById('training');
  expect(section.querySelectorAll('svg')).toHaveLength(6);
  const reward = section.querySelector('svg[aria-label="Reward"]');
  expect(reward.querySelectorAll('[fill-opacity="0.18"]')).toHaveLength(3);
  expect(textOf(section)).toContain(
    'bands: from the lowest to the highest seed. Each run is smoothed first, by the mean over 5 steps.',
  );
});

test('examples: every attempt with its mark and the probability of stopping', () => {
  const [row] = document.querySelectorAll('table.examples tbody tr');
  const [base, sft] = row.querySelectorAll('td');
  expect([...base.querySelectorAll('li')].map(textOf)).toEqual([
    '✗ 135 P(STOP) 0.41',
    '✗ 924 P(STOP) 0.52',
    '✗ 351 P(STOP) 0.13',
    '✗ 192 no decision left',
  ]);
  expect([...sft.querySelectorAll('.yes')].map(textOf)).toEqual(['✓ 354']);
  const none = reproduceHtml(whole, { ...extras, examples: { seed: 1, examples: [] } });
  expect(none.includes('id="examples"')).toBe(false);
});

test('how to repeat it, and the configuration of RL', () => {
  expect(textOf(document.querySelector('#repeat pre'))).toBe(
    'gradsplit reproduce pick-sum --seeds 3 --episodes 200 --out runs/x-again --set base.steps=120 --set train.steps=60',
  );
  const plan = { ...extras.plan, preset: 'gone' };
  const gone = { ...extras, plan, repeat: repeatExperiment(plan, 'runs/x') };
  const commands = [...page(reproduceHtml(whole, gone)).querySelectorAll('#repeat pre')].map(textOf);
  expect(commands).toEqual([
    'mkdir runs/x-again && cp runs/x/settings.json runs/x-again',
    'gradsplit reproduce --out runs/x-again --resume',
  ]);
  expect(textOf(document.querySelector('table[aria-label="Options of train: rloo"]'))).toContain('60');
});

test('one seed: no intervals, and the page says so', () => {
  const one = reproduceHtml(documentOf(1), extrasOf(1));
  expect(dangers(one)).toEqual([]);
  expect(textOf(page(one).querySelector('header'))).toContain('One seed has no interval');
  expect(page(one).querySelectorAll('.verdict.undecided')).toHaveLength(whole.claims.length);
});

test('numbers that nobody could measure leave gaps, not words of a machine', () => {
  const nothing = JSON.parse(
    JSON.stringify(whole, (key, value) => (key === 'mean' ? null : value)),
    (_key, value) => value ?? Number.NaN,
  );
  const claims = whole.claims.map((claim) => ({
    ...claim,
    measured: Number.NaN,
    ci95: [Number.NaN, Number.NaN] as const,
    bySeed: [Number.NaN],
  }));
  const bare = reproduceHtml(
    { ...nothing, claims },
    { ...extras, metrics: { rl: [], rlSample: [], rlDecision: [] } },
  );
  expect(dangers(bare)).toEqual([]);
  expect(/undefined|NaN/.test(bare)).toBe(false);
  const cells = [...page(bare).querySelectorAll('#models td[data-label]')].map(textOf);
  expect(new Set(cells)).toEqual(new Set(['–']));
  expect(textOf(page(bare).getElementById('training'))).toContain('Nothing to draw');
});

/** Document and extras with `text` in every place that a file or a user could reach. */
function withText(text: string): [ReproduceDocument, ReproduceExtras] {
  const [example] = extras.examples.examples;
  const episode = { attempts: [text], right: [false], stop: [0.5] };
  return [
    {
      ...whole,
      preset: text,
      rule: text,
      claims: whole.claims.map((claim) => ({ ...claim, statement: text, quantity: text })),
    },
    {
      ...extras,
      dir: text,
      version: text,
      kernels: { backend: text, build: text },
      plan: { ...extras.plan, preset: text },
      repeat: repeatExperiment({ ...extras.plan, preset: text }, text),
      examples: {
        seed: 1,
        examples: [{ ...example!, prompt: text, answers: { base: episode, sft: episode, rl: episode } }],
      },
    },
  ];
}

test.each(HOSTILE.map((text) => [text.slice(0, 24), text]))('hostile text %j changes no tag', (_, text) => {
  const hostile = reproduceHtml(...withText(text));
  expect(dangers(hostile)).toEqual([]);
  const tags = (m: string): string[] => tagsOf(m).map((tag) => `${tag.name} ${[...tag.attributes.keys()]}`);
  expect(tags(hostile)).toEqual(tags(reproduceHtml(...withText('harmless'))));
  expect(/[^\P{Cc}\n]|[\p{Cs}\u2028\u202e]/u.test(hostile)).toBe(false);
  expect(textOf(page(hostile).querySelector('table.examples th[scope=row]'))).toBe(
    textOf({ textContent: plainText(text) }),
  );
});

test('same document, same bytes', () => {
  expect(reproduceHtml(documentOf(), extrasOf()) === markup).toBe(true);
  expect(reproduceHtml(documentOf(2), extrasOf(2)) === markup).toBe(false);
});
