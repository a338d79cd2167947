// The explorer in Chromium: it opens without complaint, shows the numbers of the audit, sorts, filters, recolours, is worked by keys
// alone, keeps its state in the address, and reads nothing that comes from a file as markup.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit, weightsOf } from '../../src/audit/index.ts';
import { collectExplorer } from '../../src/explorer/collect.ts';
import { numberText } from '../../src/explorer/numberText.ts';
import { readExplorerScript } from '../../src/host/explorerScript.ts';
import { auditHtml } from '../../src/report/auditHtml.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { chosen, rollouts } from '../explorer/fixtures.ts';
import { axeComplaints } from './axe.ts';
import { PHONE, Reader } from './openPage.ts';

const HOSTILE = [
  '</script><script>document.title="hacked"</script>',
  '<img src=x onerror=alert(1)>',
  '\u202egnp.exe',
  'a\u0000b',
  'x'.repeat(1_000_000),
  '\ud800',
  '',
];

let reader: Reader;
let page: Page;
const trajectories: Trajectory[] = rollouts({ groups: 12, inGroup: 4, length: 8 });

async function markupOf(given: readonly Trajectory[], against?: string): Promise<string> {
  const setting = {
    chosen: chosen('grpo', { beta: 0.1 }),
    ...(against === undefined ? {} : { against: chosen(against) }),
  };
  const read = () => ({ format: 'gradsplit', skipped: 0, unit: 'tokens' as const, components: {} });
  const document = await audit(() => given, { ...setting, read });
  // One finding at a known place, whatever the audit thinks of numbers that were drawn.
  const spans = [{ file: 'rollouts.jsonl', line: 3, from: 4, to: 6 }];
  const finding = { code: 'planted', severity: 'warning' as const, message: 'planted here', spans };
  const data = await collectExplorer(() => given, { ...setting, findings: [finding] });
  const explorer = { data, script: readExplorerScript() };
  return auditHtml({ document, excerpts: [], version: '0', explorer });
}

beforeAll(async () => {
  reader = await Reader.start();
  const markup = await markupOf(trajectories);
  page = await reader.open(markup, { viewport: { width: 1440, height: 900 } }, '#explore');
  await page.locator('.token').first().waitFor();
});
afterAll(() => reader?.close());

/** Opens the explorer at a state; a fragment that changes loads nothing anew. */
async function at(fragment: string): Promise<void> {
  await page.evaluate(`location.hash = '${fragment}'`);
  await settled();
}
/** Waits until the page has seen what was done to it, and the weights are there. */
async function settled(): Promise<void> {
  await page.waitForTimeout(100);
  await page.locator('.trajectories[aria-busy=false]').waitFor();
}
const heads = (): Promise<string[]> => page.locator('.one h2').allTextContents();
const field = (name: string) =>
  page.locator(`label.field:has(> span:text-is("${name}")) > :is(select, input)`);

/** The weights that the names of all tokens of the first trajectory say. */
async function saidWeights(line: number): Promise<string[]> {
  const one = page.locator('.one', { has: page.locator(`h2:text-is("rollouts.jsonl:${line}")`) });
  const tokens = await one.locator('.token').all();
  const names: string[] = [];
  for (const token of tokens) {
    await token.dispatchEvent('pointerover');
    names.push((await token.getAttribute('aria-label')) ?? '');
  }
  return names.flatMap((name) => (name.includes('prompt') ? [] : [name.split(', ').at(-1)!]));
}

async function expectedWeights(
  name: string,
  options: Record<string, unknown>,
  line: number,
): Promise<string[]> {
  const weights = await weightsOf(trajectories, chosen(name, options));
  const { mask } = trajectories[line - 1]!;
  return [...weights[line - 1]!].filter((_, t) => mask[t] === 1).map((w) => numberText(w));
}

describe('tokens have the numbers of the audit', () => {
  test('of the declared objective, and of another one that is chosen, with another option', async () => {
    expect(await saidWeights(2)).toEqual(await expectedWeights('grpo', { beta: 0.1 }, 2));
    const before = await page.locator('.token.sample').first().getAttribute('style');
    await page.locator('.objective[aria-label="objective"] select').first().selectOption('dapo');
    await settled();
    expect(await saidWeights(2)).toEqual(await expectedWeights('dapo', {}, 2));
    await page.locator('.objective[aria-label="objective"] summary').click();
    await field('clipHigh').first().fill('0.01');
    await settled();
    expect(await saidWeights(2)).toEqual(await expectedWeights('dapo', { clipHigh: 0.01 }, 2));
    expect(page.url()).toContain('a=dapo&a.clipHigh=0.01');
    expect(await page.locator('.token.sample').first().getAttribute('style')).not.toBe(before);
  });

  test('a value out of range is marked, and changes nothing', async () => {
    await field('clipHigh').first().fill('-3');
    await settled();
    expect(await field('clipHigh').first().getAttribute('aria-invalid')).toBe('true');
    expect(await saidWeights(2)).toEqual(await expectedWeights('dapo', { clipHigh: 0.01 }, 2));
  });

  test('a click on a token puts its formula there, with its numbers', async () => {
    await at('explore');
    await page.locator('.one').nth(1).locator('.token.sample').nth(1).click();
    const text = await page.locator('.detail').innerText();
    const [, weight] = await expectedWeights('grpo', { beta: 0.1 }, 2);
    expect(text).toContain('The weight of grpo');
    expect(text.replace(/\s+/g, '')).toContain(`=${weight}`);
    expect(text).toContain('coefficient of the KL penalty');
  });

  test('two objectives stand side by side, with the difference', async () => {
    await at('explore?b=drGrpo');
    const titles = await page.locator('.one').first().locator('.panel-title').allTextContents();
    expect(titles.map((title) => title.split(',')[0])).toEqual([
      'grpo',
      'drGrpo',
      'difference of their shares',
    ]);
  });
});

describe('the list', () => {
  test('holds what is near the screen, and is as high as all of it', async () => {
    await at('explore');
    const look = () =>
      page.evaluate(
        `({ drawn: document.querySelectorAll('.one').length, height: document.documentElement.scrollHeight })`,
      ) as Promise<{ drawn: number; height: number }>;
    const { drawn, height } = await look();
    expect(drawn).toBeLessThan(trajectories.length);
    for (let k = 0; k < 40; k++) {
      await page.mouse.move(700, 600);
      await page.mouse.wheel(0, 400);
      await page.waitForTimeout(30);
      expect((await look()).drawn).toBeLessThan(trajectories.length);
    }
    await page.locator(`.one h2:text-is("rollouts.jsonl:${trajectories.length}")`).waitFor();
    expect(Math.abs((await look()).height / height - 1)).toBeLessThan(0.5);
    await page.evaluate('scrollTo(0, 0)');
    await page.locator('.one h2:text-is("rollouts.jsonl:1")').waitFor();
  });

  test('sorts', async () => {
    await at('explore');
    await field('sort by').selectOption('reward');
    await settled();
    const lines = (await heads()).map((head) => Number(head.split(':')[1]));
    const rewards = lines.map((line) => trajectories[line - 1]!.reward!);
    expect(rewards.length).toBeGreaterThan(5);
    expect(rewards).toEqual(rewards.toSorted((a, b) => b - a));
  });

  test('filters by outcome, by text and by finding; a finding marks its tokens', async () => {
    await at('explore?outcome=wrong');
    const wrong = trajectories.filter(({ correct }) => correct === false).length;
    expect(await page.locator('.status').innerText()).toContain(
      `${wrong} of ${trajectories.length} trajectories`,
    );
    await at('explore?finding=0');
    expect(await heads()).toEqual(['rollouts.jsonl:3']);
    expect(await page.locator('.token.named').count()).toBe(2);
    await at('explore');
    await field('holds the text').fill('no such text');
    await page.waitForTimeout(500);
    expect(await page.locator('.status').innerText()).toContain(`0 of ${trajectories.length}`);
  });

  test('a link holds the state', async () => {
    await at('explore?sort=length&token=30&b=dapo');
    expect(await field('sort by').inputValue()).toBe('length');
    expect(await page.locator('.token[aria-selected=true]').count()).toBe(3);
    expect(await page.locator('.detail h3').allTextContents()).toEqual([
      'The weight of grpo',
      'The weight of dapo',
    ]);
  });

  test('the heat map adds up to the whole, and a cell chooses its component', async () => {
    await at('explore');
    const cells = await page.locator('.heat td button').allTextContents();
    const sum = cells.reduce((total, text) => total + Number(text.replace(/ %$/, '')), 0);
    // Shares are rounded to a tenth or to one per cent.
    expect(Math.abs(sum - 100)).toBeLessThan(cells.length);
    await page.locator('.heat td button').nth(1).click();
    await settled();
    expect(page.url()).toContain('component=decision');
  });
});

test('keys alone lead to a token, to its formula, and back', async () => {
  await at('explore');
  await page.locator('.one').first().locator('[tabindex="0"]').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  const place = await page.evaluate('document.activeElement.dataset.at');
  expect(Number(place)).toBe(trajectories[0]!.length + 1);
  await page.keyboard.press('Enter');
  await page.locator('.detail:focus h3').first().waitFor();
  await page.keyboard.press('Escape');
  await settled();
  expect(await page.evaluate('document.activeElement.dataset.at')).toBe(place);
});

test('a long trajectory comes piece by piece, and keys go from one piece to the next', async () => {
  const [long] = rollouts({ groups: 1, inGroup: 2, length: 700 });
  const own = await reader.open(await markupOf([long!]), {}, '#explore?token=499');
  await own.locator('.trajectories[aria-busy=false]').waitFor();
  const place = () => own.evaluate('Number(document.activeElement.dataset.at)');
  await own.locator('.token[aria-selected=true]').focus();
  await own.keyboard.press('ArrowRight');
  expect(await place()).toBe(500);
  await own.keyboard.press('End');
  expect(await place()).toBe(long!.length - 1);
  expect(await own.locator('.token').count()).toBe(long!.length);
  expect(await own.locator('.token[tabindex="0"]').count()).toBe(1);
  await own.keyboard.press('Home');
  expect(await place()).toBe(0);
  await own.context().close();
});

test('a selection is copied as JSON', async () => {
  const own = await reader.open(
    await markupOf(trajectories),
    { permissions: ['clipboard-read', 'clipboard-write'] },
    '#explore?outcome=wrong',
  );
  await own.getByText(/copy the first/).click();
  await own.getByText('copied').waitFor();
  const copied = JSON.parse(await own.evaluate('navigator.clipboard.readText()'));
  expect(copied.objective.name).toBe('grpo');
  expect(copied.trajectories.length).toBe(trajectories.filter(({ correct }) => correct === false).length);
  await own.context().close();
});

describe('hostile texts', () => {
  test('are only text', async () => {
    const [first] = trajectories;
    const tokens = first!.tokens!.map((text, t) => HOSTILE[t] ?? text);
    const hostile = [{ ...first!, tokens, group: HOSTILE[0]! }, ...trajectories.slice(1)];
    const own = await reader.open(await markupOf(hostile), {}, '#explore?token=0');
    await own.locator('.token').first().waitFor();
    expect(await own.title()).not.toBe('hacked');
    expect(await own.locator('.explorer img').count()).toBe(0);
    const shown = await own.locator('.one').first().locator('.token').allTextContents();
    expect(shown.slice(0, HOSTILE.length)).toEqual([
      `${HOSTILE[0]!.slice(0, 60)}`,
      HOSTILE[1],
      '⟨202e⟩gnp.exe',
      'a⟨0000⟩b',
      `${'x'.repeat(60)}…`,
      '⟨d800⟩',
      '␣',
    ]);
    await own.context().close();
  });
});

test('axe finds nothing, light and dark, on a desk and on a phone; nothing is wider than the screen', async () => {
  for (const viewport of [{ width: 1440, height: 900 }, PHONE]) {
    const markup = await markupOf(trajectories, 'dapo');
    const own = await reader.open(markup, { colorScheme: 'light', viewport }, '#explore?token=30');
    await own.locator('.token').first().waitFor();
    await own.evaluate("document.querySelectorAll('details').forEach((card) => { card.open = true; })");
    expect(await axeComplaints(own)).toEqual([]);
    expect(await own.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
    await own.emulateMedia({ colorScheme: 'dark' });
    expect(await axeComplaints(own, 'colours')).toEqual([]);
    await own.context().close();
  }
});

test('the report leads there and back; without a script there is the report alone', async () => {
  const markup = await markupOf(trajectories);
  const own = await reader.open(markup);
  expect(await own.locator('main:not(.explorer)').isVisible()).toBe(true);
  await own.locator('main:not(.explorer) > .explorer-link a').click();
  await own.locator('.token').first().waitFor();
  await own.locator('main:not(.explorer)').waitFor({ state: 'hidden' });
  await own.locator('.back').click();
  // The address changes first, and the page after it.
  await own.locator('main:not(.explorer)').waitFor({ state: 'visible' });
  const plain = await reader.open(markup, { javaScriptEnabled: false }, '#explore');
  expect(await plain.locator('main:not(.explorer)').isVisible()).toBe(true);
  expect(await plain.locator('#explorer').isVisible()).toBe(false);
});

test('no page has asked for anything, and no script has failed', () => {
  expect(reader.complaints).toEqual([]);
});
