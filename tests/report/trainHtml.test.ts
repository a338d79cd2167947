// The page of a training run: what it shows, hostile text, runs of every length, determinism.
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { plainText } from '../../src/report/html.ts';
import { type TrainReport, trainHtml } from '../../src/report/trainHtml.ts';
import { configValue } from '../../src/training/index.ts';
import { dangers, HOSTILE, tagsOf } from './markup.ts';
import { pickSum, trainReport as report } from './runs.ts';

const config = pickSum();

const page = (r: TrainReport): ReturnType<typeof parseHTML>['document'] => parseHTML(trainHtml(r)).document;
const textOf = (node: { textContent: string }): string => node.textContent.replace(/\s+/g, ' ').trim();
const titles = (r: TrainReport): string[] =>
  [...page(r).querySelectorAll('.curves figcaption strong')].map(textOf);

test('the page is balanced markup, inert, and loads nothing', () => {
  const markup = trainHtml(report());
  expect(dangers(markup)).toEqual([]);
  const policy = parseHTML(markup).document.querySelector('meta[http-equiv]').getAttribute('content');
  expect(policy).toContain("default-src 'none'");
});

test('a curve for every measure, by phase where phases cannot be compared', () => {
  expect(titles(report())).toEqual([
    'Right answers',
    'Decisions',
    'How the gradient divides',
    'Loss, base',
    'Loss, train (rloo)',
    'Gradient by component, base',
    'Gradient by component, train',
    'Distance from base',
    'Speed',
  ]);
  const document = page(report());
  expect(document.querySelectorAll('.curves svg')).toHaveLength(9);
  const attempts = ['Right answers', 'Decisions']
    .map((title) => document.querySelector(`svg[aria-label="${title}"]`).textContent)
    .join(' ');
  for (const name of ['first attempt right', 'P(STOP | right)', 'P(RESAMPLE | wrong)', 'base', 'train']) {
    expect(attempts).toContain(name);
  }
  const gradient = document.querySelector('svg[aria-label="Gradient by component, train"]').textContent;
  for (const name of ['total', 'sample', 'decision']) expect(gradient).toContain(name);
});

test('whether it is right, how it decides and how the gradient divides come first; the rest is closed', () => {
  const document = page(report());
  const first = [...document.querySelectorAll('main > section figcaption strong')].map(textOf);
  expect(first).toEqual(['Right answers', 'Decisions', 'How the gradient divides']);
  const cards = [...document.querySelectorAll('main > *')].map((node) => node.getAttribute('id'));
  expect(cards.indexOf('course')).toBeLessThan(cards.indexOf('curves'));
  expect(document.getElementById('curves').hasAttribute('open')).toBe(false);
});

test('how curves were smoothed is said, with the windows of the phases', () => {
  const captions = [...page(report()).querySelectorAll('.curves figcaption')].map(textOf);
  // 120 steps of base: four on either side; 60 of train: two. Twelve evaluations in base are few enough to be seen.
  expect(captions[3]).toContain('Strong lines: mean over 9 steps in base.');
  expect(captions[0]).toContain('Strong lines: mean over 5 steps in train.');
  expect(captions[8]).toContain('Strong lines: mean over 9 steps in base, 5 steps in train.');
});

test('last values by phase, with a dash where a phase measured nothing', () => {
  const rows = [...page(report()).querySelectorAll('.measures tbody tr')];
  const values = (name: string): (number | undefined)[] => {
    const row = rows.find((r) => textOf(r.querySelector('th')) === name)!;
    return [...row.querySelectorAll('td')].map((td) => {
      const data = td.querySelector('data');
      return data === null ? undefined : Number(data.getAttribute('value'));
    });
  };
  const lines = report().metrics;
  expect(values('loss')).toEqual([lines[119]!.loss, lines[179]!.loss]);
  expect(values('KL to base')).toEqual([undefined, lines[179]!.klToBase]);
  expect(values('gradient norm, decision')).toEqual([0.9, 0.9]);
});

test('facts: preset, seed, kernels, version, folder, checkpoint with its hash', () => {
  const facts = textOf(page(report()).querySelector('.facts'));
  for (const fact of ['Presetpick-sum', 'Seed5', 'wasm, plain', 'gradsplit 0.1.0', 'Folderruns/a', 'abab']) {
    expect(facts).toContain(fact);
  }
});

test('the configuration: every option once with its value, its default where that is another', () => {
  const document = page(report());
  const tables = [...document.querySelectorAll('table.options')];
  // A file leaves the architecture out where it is GPT-2; a page names it.
  const sections = { ...(configValue(config) as Record<string, object>), model: config.model };
  const shown = Object.values(sections).map((section) =>
    Object.entries(section).filter(([name]) => !['name', 'objective'].includes(name)),
  );
  expect(tables.map((table) => [...table.querySelectorAll('th[scope=row]')].map(textOf))).toEqual(
    shown.map((entries) => entries.map(([name]) => name)),
  );
  const steps = [...tables[3].querySelectorAll('tbody tr')].find(
    (r) => textOf(r.querySelector('th')) === 'steps',
  );
  expect(textOf(steps.querySelector('strong'))).toBe('120');
  expect(textOf(steps.querySelector('.small'))).toBe('default 200');
});

test('finished, stopped, and hardly begun runs', () => {
  const bannerOf = (done: number): string => textOf(page(report(done)).querySelector('header .banner p'));
  const { metrics } = report(180);
  const [reward, first] = [metrics.at(-1)!.reward!, metrics.at(-1)!.firstAttempt!];
  expect(bannerOf(180)).toMatch(/^All 180 steps done\. Last measured, in single steps: reward /);
  expect(bannerOf(180)).toContain(
    `reward ${Number(reward.toPrecision(2))}, first attempt right ${Number(first.toPrecision(2))}, P(STOP | right)`,
  );
  // Only in base, before anything was measured.
  expect(bannerOf(5)).toBe('Stopped at step 5 of 180.');
  expect(textOf(page(report(180)).body)).not.toContain('--resume');
  expect(bannerOf(100)).toContain('Stopped at step 100 of 180.');
  expect(textOf(page(report(100)).body)).toContain('gradsplit train --out runs/a --resume');
  expect(titles(report(100))).not.toContain('Loss, train (rloo)');
  expect(dangers(trainHtml(report(1)))).toEqual([]);
  const { checkpoint: _, ...nothing } = report(0);
  expect(textOf(page(nothing).body)).toContain('No step yet.');
});

test('what a GPU trained is repeated on a GPU', () => {
  const commands = (backend: string): string[] =>
    [...page(report(100, { kernels: { backend, build: 'plain' } })).querySelectorAll('pre.command')].map(
      textOf,
    );
  expect(commands('gpu')).toHaveLength(2);
  for (const command of commands('gpu')) expect(command).toMatch(/ --backend gpu$/);
  for (const command of commands('wasm')) expect(command).not.toContain('--backend');
});

test('without a preset the configuration is there to copy, line by line', () => {
  const run = { preset: null, seed: 5, config };
  const blocks = [...page(report(180, { run })).querySelectorAll('pre.command')];
  expect(blocks[0].textContent).toContain('--config config-of-run.json');
  expect(JSON.parse(blocks[1].textContent)).toEqual(configValue(config));
});

/** The report with `text` in every place that a file or a user could reach. */
function withText(text: string): TrainReport {
  const file = { ...config, task: { ...config.task, name: 'jsonl' as const, file: text } };
  return report(180, {
    dir: text,
    version: text,
    kernels: { backend: text, build: text },
    checkpoint: { folder: text, sha256: text },
    run: { preset: text, seed: 5, config: file },
  });
}

test.each(HOSTILE.map((text) => [text.slice(0, 24), text]))('hostile text %j changes no tag', (_, text) => {
  const markup = trainHtml(withText(text));
  expect(dangers(markup)).toEqual([]);
  const tags = (m: string): string[] => tagsOf(m).map((tag) => `${tag.name} ${[...tag.attributes.keys()]}`);
  expect(tags(markup)).toEqual(tags(trainHtml(withText('harmless'))));
  expect(/[^\P{Cc}\n]|[\p{Cs}\u2028\u202e]/u.test(markup)).toBe(false);
  expect(parseHTML(markup).document.querySelector('.facts dd').textContent).toBe(plainText(text));
});

test('same run, same bytes', () => {
  const [first, second, other] = [report(), report(), report(170)].map(trainHtml);
  expect(first === second).toBe(true);
  expect(first === other).toBe(false);
});

test('the line of the rollouts says what the explorer has, or how to get it', () => {
  const line = (rollouts: TrainReport['rollouts']): string =>
    textOf(page(report(180, { rollouts })).querySelector('.rollouts'));
  expect(line({ kind: 'none', log: 'gradsplit train --log-rollouts', draw: 'gradsplit attribute d' })).toBe(
    'No rollouts were logged; gradsplit train --log-rollouts does, and the report then shows them token by token. Episodes of the last checkpoint: gradsplit attribute d.',
  );
  expect(line({ kind: 'none' })).toBe('Demonstrations are not logged as rollouts.');
  const problem = 'step-000007.jsonl: line 3: expected JSON, found "<b>"';
  expect(line({ kind: 'unreadable', problem })).toBe(`The rollouts cannot be shown: ${problem}.`);
  expect(
    dangers(trainHtml(report(180, { rollouts: { kind: 'unreadable', problem: HOSTILE.join(' ') } }))),
  ).toEqual([]);
});
