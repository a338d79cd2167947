// What claims say: ids, statements, assumptions, formulas that can be set, and the words of their checks.
import temml from 'temml';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ClaimResult } from '../../src/claims/claim.ts';
import { claims } from '../../src/claims/index.ts';
import { objectives } from '../../src/objectives/index.ts';
import { COMPONENTS } from '../../src/policy/component.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { resultsOf } from './outcome.ts';

const setTex = (tex: string): string => temml.renderToString(tex, { displayMode: true, throwOnError: true });

test('the claims of the theory, each once, in order', () => {
  expect(claims.map(({ id }) => id)).toEqual(['C1', 'C2', 'C3', 'C4', 'C5', 'C5b', 'C6', 'C7', 'C8', 'C9']);
  expect(new Set(claims.map(({ title }) => title)).size).toBe(claims.length);
});

describe.each(claims)('$id', ({ title, statement, formulas, assumptions }) => {
  test('says what it claims, under which assumptions', () => {
    expect(title).toMatch(/^\S.{3,60}\S$/);
    expect(statement).toMatch(/^[A-Z1].{60,600}\.$/su);
    expect(assumptions.length).toBeGreaterThan(0);
    for (const assumption of assumptions) expect(assumption).toMatch(/^\S.*\.$/su);
  });

  test('its formulas can be set', () => {
    expect(formulas.length).toBeGreaterThan(0);
    for (const formula of formulas) expect(setTex(formula)).toContain('<math');
  });
});

test.each(Object.values(objectives))('the formula of $name can be set', ({ formula }) => {
  expect(setTex(formula)).toContain('<math');
});

test('TeX that cannot be set is seen', () => {
  expect(() => setTex(String.raw`\frac{1`)).toThrow();
  expect(() => setTex(String.raw`\nosuchmacro`)).toThrow();
});

describe('findings', () => {
  let results: ClaimResult[];
  beforeAll(() => {
    chooseKernels();
    results = resultsOf(randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1), true, 1);
  });

  test('checks and controls are named once, wrong statements are sentences, bounds say where they come from', () => {
    for (const { claim, checks, controls } of results) {
      const names = [...checks, ...controls].map(({ name }) => name);
      expect(new Set(names).size, claim.id).toBe(names.length);
      for (const { bound } of checks) expect(bound.length, claim.id).toBeGreaterThan(5);
      for (const { statement } of controls) expect(statement).toMatch(/^\S.*\.$/u);
    }
  });

  test('C1 asks each component whether it leaks into the other', () => {
    const { checks, controls } = results[0]!;
    // One statement has both components, end to end.
    expect(checks.filter(({ name }) => name.startsWith('disjoint parameters: nothing'))).toHaveLength(1);
    const list = controls.filter(({ name }) => name.startsWith('weights of both'));
    expect(list).toHaveLength(2);
    for (const component of COMPONENTS) {
      expect(list.filter(({ name }) => new RegExp(`\\b${component}\\b`).test(name))).toHaveLength(1);
    }
  });

  test('pictures hold finite numbers', () => {
    const finite = (value: unknown): boolean => {
      if (typeof value === 'number') return Number.isFinite(value);
      return typeof value !== 'object' || value === null || Object.values(value).every(finite);
    };
    for (const { claim, figures } of results) {
      for (const figure of figures) {
        expect(finite(figure), `${claim.id}: ${figure.title}`).toBe(true);
        expect(figure.caption.length).toBeGreaterThan(20);
      }
    }
  });
});
