// Every planted mistake in the shape of every trainer: found, not checked with a reason, or silent for a reason that stands here; and
// without the mistake nothing of its severity; and the same for what the lines of docs/rollouts.md write from inside each trainer, where
// there is a Python. docs/audit-formats.md is what comes out: `npm run docs:audit` writes it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from '../structure/files.ts';
import { type InsideOutcome, insideMarkdown, insideOutcomes, SILENT_INSIDE } from './inside/outcomes.ts';
import { hasPython, trainers } from './inside/trainers.ts';
import { everything } from './planted/everything.ts';
import {
  best,
  LEVEL,
  type Outcome,
  outcomesMarkdown,
  outcomesOf,
  SILENT,
  seenOutcomes,
} from './planted/outcomes.ts';
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

const inside = new Map<string, readonly InsideOutcome[]>();

if (!hasPython)
  console.log(`the lines inside ${Object.keys(trainers).length} trainers skipped: no python3 here`);

test.runIf(hasPython).each(Object.keys(trainers))('inside %s', async (name) => {
  const outcomes = await insideOutcomes(name, everything);
  for (const { planted, is, others, before } of outcomes) {
    const what = `${planted.code} ${planted.way}`;
    expect(before, `${what} before`).toEqual([]);
    if (is in LEVEL) expect(others, what).toEqual([]);
    if (planted.severity !== undefined && is in LEVEL) expect(is, what).toBe(planted.severity);
  }
  const shown = new Set(outcomes.filter(({ is }) => is in LEVEL).map(({ planted }) => planted.code));
  for (const { planted, is } of outcomes) {
    if (is === 'silent' && !shown.has(planted.code)) {
      expect(Object.keys(SILENT_INSIDE)).toContain(`${name} ${planted.code}`);
    }
  }
  inside.set(name, outcomes);
});

/** The page. */
function page(): string {
  const first = outcomesMarkdown(found);
  const seen = seenOutcomes(found);
  const inFiles = new Set(seen.filter(({ isThere }) => isThere).map(({ code }) => code));
  return `${first}\n${insideMarkdown(inside, inFiles)}`;
}

let isComplete = false;
afterAll(() => {
  if (isComplete && process.env.GRADSPLIT_WRITE === PAGE) writeFileSync(join(ROOT, PAGE), page());
});

test('the page is up to date: npm run docs:audit', () => {
  expect([...found.keys()].toSorted()).toEqual(codes);
  isComplete = hasPython;
  const silent = codes.filter((code) => found.get(code)!.some(({ is }) => is === 'silent'));
  expect(Object.keys(SILENT).filter((code) => !codes.includes(code))).toEqual([]);
  expect(silent.filter((code) => !Object.hasOwn(SILENT, code))).toEqual([]);
  if (process.env.GRADSPLIT_WRITE === PAGE) return;
  const text = readFileSync(join(ROOT, PAGE), 'utf8');
  if (hasPython) expect(text).toBe(page());
  else expect(text.startsWith(`${outcomesMarkdown(found)}\n`)).toBe(true);
});
