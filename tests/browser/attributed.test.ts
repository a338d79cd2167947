// The explorer of an attribution's report in Chromium: it opens without complaint, and colours tokens by the influence of the document.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { strength } from '../../src/explorer/measure.ts';
import { numberText } from '../../src/explorer/numberText.ts';
import { readExplorerScript } from '../../src/host/explorerScript.ts';
import { attributeHtml } from '../../src/report/attributeHtml.ts';
import { attributed } from '../explorer/fixtures.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { Reader } from './openPage.ts';

chooseKernels();
const { document: attribution, data } = await attributed('grpo', { beta: 0.1 });
const { tokens } = attribution;
let reader: Reader;
let page: Page;

beforeAll(async () => {
  reader = await Reader.start();
  const explorer = { data, script: readExplorerScript() };
  const markup = attributeHtml({ document: attribution, version: '0', explorer });
  page = await reader.open(markup, { viewport: { width: 1440, height: 900 } }, '#explore?level=influence');
  await page.locator('.token').first().waitFor();
});
afterAll(() => reader?.close());

const field = (name: string) => page.locator(`label.field:has(> span:text-is("${name}")) > select`);

/** Waits until the page has seen what was done to it, and the weights are there. */
async function settled(): Promise<void> {
  await page.waitForTimeout(100);
  await page.locator('.trajectories[aria-busy=false]').waitFor();
}

/** What the tokens of the first trajectory say and how strong they are, and what a column of the document asks for. */
async function expectColours(values: readonly number[]): Promise<void> {
  const own = tokens.trajectory.flatMap((i, t) => (i === 0 ? [t] : []));
  const elements = await page.locator('.one').first().locator('.token:not(.prompt)').all();
  expect(elements.length).toBe(own.length);
  const said: string[] = [];
  const strengths: number[] = [];
  for (const element of elements) {
    await element.dispatchEvent('pointerover');
    said.push(((await element.getAttribute('aria-label')) ?? '').split(', ').at(-1)!);
    const share = Number(/--w: *(\d+)/.exec((await element.getAttribute('style')) ?? '')?.[1]);
    const look = (await element.getAttribute('class')) ?? '';
    strengths.push(/\bdown\b/.test(look) ? -share : share);
  }
  expect(said).toEqual(own.map((t) => numberText(values[t]!)));
  // 98 % of the numbers that are not 0 are below the strongest colour.
  const sizes = values
    .map(Math.abs)
    .filter((x) => x !== 0)
    .sort((a, b) => a - b);
  const strongest = sizes[Math.floor(0.98 * (sizes.length - 1))]!;
  expect(strengths).toEqual(
    own.map((t) => Math.sign(values[t]!) * Math.round(100 * strength(values[t]!, strongest))),
  );
}

test('tokens are coloured by the influence on all, on a group of parameters, on a label within it, on the label', async () => {
  await expectColours(tokens.weight.map((_, t) => tokens.influence.reduce((sum, own) => sum + own[t]!, 0)));
  await field('parameters').selectOption({ label: attribution.groups[1]! });
  await settled();
  await expectColours(tokens.influence[1]!);
  await field('label').selectOption({ label: 'decision/policy' });
  await settled();
  const l = attribution.labels.findIndex(
    ({ component, term }) => component === 'decision' && term === 'policy',
  );
  await expectColours(tokens.influenceOnPair[l]![1]!);
  await field('parameters').selectOption('-1');
  await settled();
  await expectColours(tokens.influenceOnLabel[l]!);
});

test('the heat map has groups by labels, and a cell colours by its label within its group; a token says its influence', async () => {
  await field('rows').selectOption('parameters');
  await settled();
  expect(await page.locator('.explorer .heat tbody th').allTextContents()).toEqual(attribution.groups);
  await page.locator('.explorer .heat tbody tr').nth(2).locator('button').first().click();
  await settled();
  await expectColours(tokens.influenceOnPair[0]![2]!);
  await page.locator('.one').first().locator('.token.sample').first().click();
  const t = tokens.component.indexOf('sample');
  const rows = await page.locator('.detail .influence tbody tr').all();
  const cells = await Promise.all(rows.map((row) => row.locator('td').allTextContents()));
  expect(cells.slice(1)).toEqual(
    tokens.influence.map((own, g) =>
      [own, ...tokens.influenceOnPair.map((byGroup) => byGroup[g]!)].map((values) =>
        numberText(values[t]!, 3),
      ),
    ),
  );
});

test('no page has asked for anything, and no script has failed', () => {
  expect(reader.complaints).toEqual([]);
});
