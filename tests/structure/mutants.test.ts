// The faults that `npm run test:mutants` plants: which ones a file offers, and that each stands where it was found.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { planned, withFault } from '../../scripts/mutants/plan.mjs';
import { sitesIn } from '../../scripts/mutants/sites.mjs';
import { table } from '../../scripts/mutants/table.mjs';
import { ROOT } from './files.ts';
import { parse } from './syntax.ts';

function faulty(text: string): string[] {
  return sitesIn('f.ts', text).map(
    ({ start, end, replacement }) => text.slice(0, start) + replacement + text.slice(end),
  );
}

test.each([
  ['f(a - b);', ['f(a + b);', 'f(a);', 'f(b - a);']],
  ['f(a <= b);', ['f(a < b);']],
  ['if (a) f();', ['if (!(a)) f();', 'if (a) ;']],
  ['f(x, 3);', ['f(3, x);', 'f(x, 0);']],
  ['const x = mul(a, b);', ['const x = mul(b, a);', 'const x = a;']],
  ['const x = a ? b : c;', ['const x = !(a) ? b : c;', 'const x = b;']],
])('%s', (text, expected) => {
  expect(faulty(text)).toEqual(expect.arrayContaining(expected));
});

test('types, imports and messages are left alone', () => {
  const silent =
    "import a from './1.ts';\ntype T = 1 | 2;\nexport function f(): 3 { throw new Error(String(1 + 2)); }";
  expect(faulty(silent)).toEqual([]);
});

test('every fault of the plan stands where it was found, is one, and leaves a file that can be read', () => {
  const cwd = process.cwd();
  process.chdir(ROOT);
  try {
    const folders = planned('1');
    expect(Object.keys(folders)).toHaveLength(5);
    for (const faults of Object.values(folders)) {
      expect(faults.length).toBeGreaterThan(100);
      for (const fault of faults.slice(0, 40)) {
        const text = readFileSync(fault.file, 'utf8');
        const changed = withFault(text, fault);
        // Where the surroundings occur twice in a file the fault is passed over.
        if (changed === undefined) continue;
        expect(changed).not.toBe(text);
        expect(() => parse(fault.file, changed)).not.toThrow();
      }
    }
    expect(planned('1')).toEqual(folders);
    expect(planned('2')).not.toEqual(folders);
  } finally {
    process.chdir(cwd);
  }
});

test('shares and survivors', () => {
  const fault = {
    file: 'src/ops/sum.ts',
    line: 3,
    operator: 'operator',
    context: ['  f(', ');\n'],
    original: 'a + b',
    replacement: 'a - b',
  };
  const shown = table([
    { ...fault, tests: 'tests/a.test.ts: x', verify: 'survived' },
    { ...fault, tests: 'survived', verify: 'C1' },
  ]);
  expect(shown).toMatch(/src\/ops +2 +1 of 2 \(50 %\) +1 of 2 \(50 %\)/);
  expect(shown).toContain(
    'Seen by no test: 1\n\nsrc/ops/sum.ts:3 (operator)\n    - f(a + b);\n    + f(a - b);',
  );
});
