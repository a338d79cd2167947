// What axe says of a page in Chromium.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Contrast of colours is most of the work, and all that light and dark can differ in. */
const RULES = {
  all: {},
  colours: { runOnly: ['color-contrast', 'link-in-text-block'] },
  allButColours: { rules: { 'color-contrast': { enabled: false } } },
} as const;

/** The rules that a page breaks, with the first element that does. */
export async function axeComplaints(page: Page, rules: keyof typeof RULES = 'all'): Promise<string[]> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(SOURCE);
  return page.evaluate(
    `axe.run(${JSON.stringify(RULES[rules])}).then((found) => found.violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))`,
  );
}
