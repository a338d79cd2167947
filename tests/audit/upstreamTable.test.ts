// Every planted mistake in the shape of every trainer: found, not checked with a reason, or silent for a reason that stands here; and
// without the mistake nothing of its severity. docs/audit-formats.md is what comes out: `npm run docs:audit` writes it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from '../structure/files.ts';
import { everything } from './planted/everything.ts';
import { best, LEVEL, type Outcome, outcomesMarkdown, outcomesOf, SILENT } from './planted/outcomes.ts';
import { shapes } from './planted/upstream.ts';

const PAGE = 'docs/audit-formats.md';

const codes = [...new Set(everything.map(({ code }) => code))].toSorted();
const found = new Map<string, readonly Outcome[]>();

test.each(codes)('%s', async (code) => {
  const own = everything.filter((planted) => planted.code === code);
  const all = await Promise.all(own.map(outcomesOf));
  for (const [k, outcomes] of all.entries()) {
    const severity = own[k]!.severity ?? 'warning';
    for (const { is, before, reason, shape } of outcomes) {
      const loud = before.filter((one) => LEVEL[one as keyof typeof LEVEL] >= Math.max(1, LEVEL[severity]));
      expect(loud, `${own[k]!.way} ${shape} before`).toEqual([]);
      if (is === 'silent') expect(Object.keys(SILENT), `${own[k]!.way} ${shape}`).toContain(code);
      if (is === 'notChecked') expect(reason, shape).toMatch(/^the input lacks \S/);
    }
  }
  found.set(
    code,
    shapes.map((_, s) => best(all.map((outcomes) => outcomes[s]!))),
  );
});

let isComplete = false;
afterAll(() => {
  if (isComplete && process.env.GRADSPLIT_WRITE === PAGE)
    writeFileSync(join(ROOT, PAGE), outcomesMarkdown(found));
});

test('the page is up to date: npm run docs:audit', () => {
  expect([...found.keys()].toSorted()).toEqual(codes);
  isComplete = true;
  const silent = codes.filter((code) => found.get(code)!.some(({ is }) => is === 'silent'));
  expect(Object.keys(SILENT).filter((code) => !codes.includes(code))).toEqual([]);
  expect(silent.filter((code) => !Object.hasOwn(SILENT, code))).toEqual([]);
  if (process.env.GRADSPLIT_WRITE === PAGE) return;
  expect(readFileSync(join(ROOT, PAGE), 'utf8')).toBe(outcomesMarkdown(found));
});
