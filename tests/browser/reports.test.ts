// Reports in Chromium: how long they are on a phone and on paper, what opens and when, with and without a script, and what axe says.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readExplorerScript } from '../../src/host/explorerScript.ts';
import { labNamed, labs } from '../../src/labs/index.ts';
import { attributeHtml } from '../../src/report/attributeHtml.ts';
import { reproduceHtml } from '../../src/report/reproduceHtml.ts';
import { trainHtml } from '../../src/report/trainHtml.ts';
import { verifyHtml } from '../../src/report/verifyHtml.ts';
import { attributed, dataOf, rollouts } from '../explorer/fixtures.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { documentOf, extrasOf } from '../report/experiment.ts';
import { failing } from '../report/fixtures.ts';
import { trainReport } from '../report/runs.ts';
import { ROOT } from '../structure/files.ts';
import { axeComplaints } from './axe.ts';
import { openAll, PHONE, printedPages, Reader } from './openPage.ts';

chooseKernels();
const folder = mkdtempSync(join(tmpdir(), 'gradsplit-reports-'));
let reader: Reader;

/** The page that a command of the build writes. */
function written(...args: string[]): string {
  const path = join(folder, 'page.html');
  const command = [`${ROOT}dist/src/cli/main.js`, ...args, '--report', path];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return readFileSync(path, 'utf8');
}

const pages = new Map<string, string>();
const names = ['verify', 'a claim fails', 'exact', 'train', 'reproduce', 'attribute', 'lab'] as const;

/** Printed pages that a report stays below: `verify` has more than four hundred checks and controls, in two columns of small print. */
const PAPER = { verify: 16, others: 12 };

beforeAll(async () => {
  pages.set('verify', written('verify'));
  const mine = join(folder, 'mine.json');
  const size = ['--attempts', '2', '--length', '2', '--vocabulary', '2'];
  spawnSync(process.execPath, [`${ROOT}dist/src/cli/main.js`, 'policy', 'new', ...size, '-o', mine]);
  pages.set('exact', written('exact', mine, '--beta', '0.1', '--objective', 'grpo'));
  pages.set(
    'a claim fails',
    verifyHtml(failing(), { theory: readFileSync(`${ROOT}docs/theory.md`, 'utf8') }),
  );
  const explorer = { data: await dataOf(rollouts()), script: readExplorerScript() };
  const shown = { kind: 'shown', explorer, steps: [120, 180], logged: 60 } as const;
  pages.set('train', trainHtml(trainReport(180, { rollouts: shown })));
  pages.set('reproduce', reproduceHtml(documentOf(), { ...extrasOf(), rollouts: { ...shown, of: 'RL' } }));
  const attribution = await attributed('grpo', { beta: 0.1 });
  const own = { data: attribution.data, script: readExplorerScript() };
  pages.set('attribute', attributeHtml({ document: attribution.document, version: '0', explorer: own }));
  const small = Object.entries(labNamed(labs, 'energy').small).flatMap(([key, value]) => [
    '--set',
    `${key}=${value}`,
  ]);
  pages.set('lab', written('lab', 'energy', ...small, '--seeds', '3', '--out', join(folder, 'lab')));
  reader = await Reader.start();
});

afterAll(async () => {
  await reader?.close();
  rmSync(folder, { recursive: true });
});

const heightOf = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollHeight');
const widthOf = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth');

describe.each(names)('%s', (name) => {
  test('a phone shows it on fewer than 15 screens until something is opened, and never scrolls sideways as a whole', async () => {
    const page = await reader.open(pages.get(name)!, { viewport: PHONE });
    expect(await heightOf(page)).toBeLessThan(15 * PHONE.height);
    await openAll(page);
    expect(await widthOf(page)).toBe(PHONE.width);
    await page.context().close();
  });

  const paper = name === 'verify' ? PAPER.verify : PAPER.others;

  test(`a print has fewer than ${paper} pages and leaves nothing closed but explanations, also without the script`, async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await reader.open(pages.get(name)!, { javaScriptEnabled });
      await page.emulateMedia({ media: 'print' });
      expect(await printedPages(page)).toBeLessThan(paper);
      for (const card of await page.locator('details:not(.why) > :last-child:not(.why)').all()) {
        expect((await card.boundingBox())!.height).toBeGreaterThan(0);
      }
      const explanations = page.locator('details.why:not([open])');
      for (const card of await explanations.all()) expect(await card.isVisible()).toBe(false);
      await page.context().close();
    }
  });

  test('axe finds nothing, light and dark, closed and open', async () => {
    const page = await reader.open(pages.get(name)!, { colorScheme: 'light' });
    // What is seen of a closed page has the colours that it has in the open one.
    expect(await axeComplaints(page, 'allButColours')).toEqual([]);
    await openAll(page);
    expect(await axeComplaints(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await axeComplaints(page, 'colours')).toEqual([]);
    await page.context().close();
  });
});

test('axe sees pale text and a picture without words', async () => {
  const body = '<main><h1 style="color:#ddd">pale</h1><img src="data:,"></main>';
  const page = await reader.open(
    `<!doctype html><html lang="en"><title>t</title><body>${body}</body></html>`,
  );
  const ids = async (rules: 'all' | 'colours' | 'allButColours'): Promise<string[]> =>
    (await axeComplaints(page, rules)).map((complaint) => complaint.split(':')[0]!);
  expect(await ids('colours')).toEqual(['color-contrast']);
  expect(await ids('allButColours')).toEqual(['image-alt']);
  expect(await ids('all')).toEqual(['color-contrast', 'image-alt']);
  await page.context().close();
});

/** Texts of pictures: where they stand on the page, and how large they are drawn. */
const TEXTS = `[...document.querySelectorAll('svg')].map((svg) => ({
  title: svg.getAttribute('aria-label'),
  texts: [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim() !== '').map((text) => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const size = scale * Number.parseFloat(getComputedStyle(text).fontSize);
    return { text: text.textContent, left, right, top, bottom, size };
  }),
}))`;

interface DrawnText {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly size: number;
}

describe.each(names)('the pictures of %s', (name) => {
  const open = async (viewport: { width: number; height: number }) => {
    const page = await reader.open(pages.get(name)!, { viewport });
    await openAll(page);
    const found = await page.evaluate(TEXTS);
    await page.context().close();
    return found as { title: string; texts: DrawnText[] }[];
  };

  test('texts have at least 11 pixels on a phone', async () => {
    const small = (await open(PHONE)).flatMap(({ title, texts }) =>
      texts
        .filter(({ size }) => size < 10.99)
        .map(({ text, size }) => `${title}: ${text} ${size.toFixed(1)}`),
    );
    expect(small).toEqual([]);
  });

  test('no text lies over another', async () => {
    // Boxes of letters have some air above and below, and the ends of two may touch.
    const AIR = 4;
    const over = (a: DrawnText, b: DrawnText): boolean =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > AIR;
    const pairs = (await open({ width: 1280, height: 900 })).flatMap(({ title, texts }) =>
      texts.flatMap((a, i) =>
        texts.slice(i + 1).flatMap((b) => (over(a, b) ? [`${title}: ${a.text} | ${b.text}`] : [])),
      ),
    );
    expect(pairs).toEqual([]);
  });
});

test('all digits can be had by the keyboard, and by touch', async () => {
  const page = await reader.open(pages.get('verify')!, { hasTouch: true, viewport: PHONE });
  await openAll(page);
  const cell = page.locator('#C3 .evidence data').first();
  const shown = (): Promise<string> =>
    cell.evaluate((node) => {
      const { getComputedStyle } = globalThis as unknown as {
        getComputedStyle: (n: unknown, p: string) => { content: string };
      };
      return getComputedStyle(node, '::after').content;
    });
  expect(await shown()).toBe('none');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  expect(await shown()).toBe(`"${await cell.getAttribute('value')}"`);
  expect(await widthOf(page)).toBe(PHONE.width);
  await page.locator('.switch').tap();
  expect(await shown()).toBe('none');
});

test('a picture that is wider than the screen says so, another does not', async () => {
  const heights = async (width: number): Promise<number[]> => {
    const page = await reader.open(pages.get('verify')!, { viewport: { width, height: 900 } });
    await openAll(page);
    const found = await page.evaluate(
      "[...document.querySelectorAll('.claim .hint')].map((hint) => hint.clientHeight)",
    );
    await page.context().close();
    return found as number[];
  };
  const [phone, desk] = [await heights(PHONE.width), await heights(1280)];
  expect(phone.length).toBeGreaterThan(5);
  expect(phone.every((height) => height > 10)).toBe(true);
  expect(desk.every((height) => height === 0)).toBe(true);
});

test('a link opens the card that it leads to', async () => {
  const markup = pages.get('verify')!;
  const isOpen = (page: Page): Promise<boolean> => page.locator('#C4 table').first().isVisible();
  const linked = await reader.open(markup, {}, '#C4');
  expect(await isOpen(linked)).toBe(true);
  const page = await reader.open(markup);
  expect(await isOpen(page)).toBe(false);
  await page.click('nav.contents a[href="#C4"]');
  await page.locator('#C4 table').first().waitFor();
});

test('a link to why opens the explanation within the card of the claim', async () => {
  const page = await reader.open(pages.get('verify')!);
  const why = page.locator('#C5b-why pre.command');
  expect(await why.isVisible()).toBe(false);
  await page.click('#summary a[href="#C5b-why"]');
  await why.waitFor();
  const linked = await reader.open(pages.get('verify')!, { javaScriptEnabled: false }, '#C5b-why');
  expect(await linked.locator('#C5b-why > summary').isVisible()).toBe(true);
});

test('without a script cards open by a click', async () => {
  const page = await reader.open(pages.get('verify')!, { javaScriptEnabled: false });
  await page.click('#C4 > summary');
  expect(await page.locator('#C4 table').first().isVisible()).toBe(true);
  expect(await page.locator('button').count()).toBe(0);
});

test.each(['train', 'reproduce', 'attribute'])(
  'the explorer of %s is led to by keys alone, and axe finds nothing in it, on a phone in the dark',
  async (name) => {
    const page = await reader.open(pages.get(name)!, { colorScheme: 'dark', viewport: PHONE });
    await page.locator('.explorer-link a').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.trajectories[aria-busy=false] .token.up').first().waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await openAll(page);
    expect(await widthOf(page)).toBe(PHONE.width);
    expect(await axeComplaints(page)).toEqual([]);
    await page.context().close();
  },
);

test('a button copies a command', async () => {
  const page = await reader.open(pages.get('train')!, { permissions: ['clipboard-read', 'clipboard-write'] });
  const command = page.locator('pre.command').first();
  await command.scrollIntoViewIfNeeded();
  await command.locator('button').click();
  await page.locator('.copy', { hasText: 'copied' }).waitFor();
  const text = await page.evaluate('navigator.clipboard.readText()');
  expect(text).toBe(await command.locator('code').textContent());
  expect(text).toContain('gradsplit train');
});

test('no page has asked for anything, and no script has failed', () => {
  expect(reader.complaints).toEqual([]);
});
