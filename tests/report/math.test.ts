// TeX to MathML, and where formulas may break.
import { expect, test } from 'vitest';
import { claims } from '../../src/claims/index.ts';
import { formula, splitFormulas } from '../../src/report/page/math.ts';
import { tagsOf } from './markup.ts';

test('formulas are split where \\qquad stands outside of every group', () => {
  expect(splitFormulas('a,\\qquad b')).toEqual(['a,', 'b']);
  expect(splitFormulas('{a\\qquad b}')).toEqual(['{a\\qquad b}']);
  expect(splitFormulas('\\left(a\\qquad b\\right)\\qquad c')).toEqual(['\\left(a\\qquad b\\right)', 'c']);
  expect(splitFormulas('\\begin{pmatrix}a\\qquad b\\end{pmatrix}')).toHaveLength(1);
  expect(splitFormulas('\\{a\\qquad b')).toEqual(['\\{a', 'b']);
  expect(splitFormulas('\\leftarrow\\qquad b')).toEqual(['\\leftarrow', 'b']);
  expect(splitFormulas('\\qquadratic')).toEqual(['\\qquadratic']);
});

test('every formula of every claim is MathML', () => {
  const all = claims.flatMap((claim) => claim.formulas);
  expect(all.length).toBeGreaterThanOrEqual(claims.length);
  for (const tex of all) {
    const { markup } = formula(tex);
    expect(markup, tex).not.toContain('<code>');
    expect(tagsOf(markup).filter((tag) => tag.name === 'math')).toHaveLength(splitFormulas(tex).length);
  }
});

test('TeX that cannot be read is shown as code', () => {
  expect(formula('\\frac{1}').markup).toContain('<code>\\frac{1}</code>');
});
