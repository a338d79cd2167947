// Docstrings of public symbols say what a user must know. What can be read off the source is demanded: shapes of the arrays that a
// function takes or returns; @throws where the function, a helper of its own, or an op's shape rule visibly throws. What counts as
// a published formula is a judgement, kept in a list here; whole families (objectives, optimisers) are demanded without a list.
import { describe, expect, test } from 'vitest';
import { objectives } from '../../src/objectives/index.ts';
import type { Declaration } from './modules.ts';
import { arrayMembers, publicSymbols, surfaceOf, takesArrays, visiblyThrows } from './surface.ts';

const symbols = publicSymbols();

/** A shape in brackets, or words that fix one. */
const SHAPE = /\[[^\]]*\]|\bshapes?\b|\bscalar\b|\bbytes\b|element by element/i;
/** Where a formula was published: an identifier, or a title with its year. */
const SOURCE = /Source: [\s\S]*?(arXiv[: ]\d{4}\.\d{4,5}|doi |\b(19|20)\d\d\b)/;
const IDENTIFIER = /arXiv \d{4}\.\d{4,5}|doi |\b(19|20)\d\d\b/;

const named = ({ path, name }: Declaration): string => `${path}: ${name}`;
const withoutShapes = (all: readonly Declaration[]): string[] => [
  ...all.filter((symbol) => takesArrays(symbol) && !SHAPE.test(symbol.doc)).map(named),
  ...all.flatMap((symbol) =>
    arrayMembers(symbol)
      .filter(({ doc }) => !SHAPE.test(doc) && !SHAPE.test(symbol.doc))
      .map(({ name }) => `${named(symbol)}.${name}`),
  ),
];
const withoutErrors = (all: readonly Declaration[]): string[] => {
  const isPublic = new Set(all.map(({ node }) => node));
  return all.flatMap((symbol) => {
    const why = visiblyThrows(symbol, (node) => isPublic.has(node));
    return why === undefined || symbol.doc.includes('@throws') ? [] : [`${named(symbol)} ${why}`];
  });
};

/** Public symbols that implement a published formula, beside the objectives and what stands in src/optim. */
const PUBLISHED = [
  'checkpoint',
  'gelu',
  'gpt2',
  'gpt2Layout',
  'hvp',
  'klShapedReward',
  'klSlope',
  'klTensor',
  'klValue',
  'layerNorm',
  'softOptimum',
  'vmap',
];
/** In src/optim: everything that returns a transformation or a schedule, but what is only arithmetic or composition. */
const ARITHMETIC = ['addDecayedWeights', 'chain', 'constant', 'linear', 'scaleByLearningRate', 'sgd'];

test('the surface is that of the subpaths', () => {
  expect(symbols.length).toBeGreaterThan(300);
  for (const name of [
    'vjp',
    'matmul',
    'gpt2',
    'adamw',
    'randomStream',
    'verify',
    'claims',
    'klTerms',
    'parsePolicy',
    'Tensor',
  ]) {
    expect(symbols.map((symbol) => symbol.name)).toContain(name);
  }
});

test('every public symbol has a docstring', () => {
  expect(symbols.filter(({ doc }) => doc === '').map(named)).toEqual([]);
});

test('functions that take or return arrays, and members that are arrays, state shapes', () => {
  expect(withoutShapes(symbols)).toEqual([]);
});

test('functions that visibly throw say what and when', () => {
  expect(withoutErrors(symbols)).toEqual([]);
});

describe('published formulas have a source', () => {
  test('named ones', () => {
    const found = symbols.filter(({ name, doc }) => PUBLISHED.includes(name) && SOURCE.test(doc));
    expect(found.map(({ name }) => name).sort()).toEqual(PUBLISHED);
  });

  test('objectives', () => {
    for (const { name, source } of Object.values(objectives)) expect(source, name).toMatch(IDENTIFIER);
  });

  test('optimisers and schedules', () => {
    const makers = symbols.filter(
      ({ path, text }) =>
        path.startsWith('src/optim/') && /\): (GradientTransformation|Schedule) \{/.test(text),
    );
    expect(makers.length).toBeGreaterThan(8);
    const missing = makers.filter(({ doc }) => !SOURCE.test(doc)).map(({ name }) => name);
    expect(missing.sort()).toEqual(ARITHMETIC);
  });
});

describe('what is missing is seen', () => {
  const surface = (text: string): Declaration[] => surfaceOf(new Map([['src/a.ts', text]]), ['src/a.ts']);

  test('shapes', () => {
    const found = (text: string): string[] => withoutShapes(surface(text));
    expect(found('/** Doubles. */\nexport function f(x: Tensor): number {}')).toEqual(['src/a.ts: f']);
    expect(found('/** Doubles. */\nexport const f = (n: number): Float64Array => g(n);')).toEqual([
      'src/a.ts: f',
    ]);
    expect(found('/** Doubles x [n]. */\nexport function f(x: Tensor): number {}')).toEqual([]);
    expect(found('/** Doubles. */\nexport function f(x: number): number {}')).toEqual([]);
    expect(found('/** It. */\nexport interface I {\n  /** Values. */\n  x: Float64Array;\n}')).toEqual([
      'src/a.ts: I.x',
    ]);
    expect(found('/** It. */\nexport interface I {\n  /** [n] values. */\n  x: Float64Array;\n}')).toEqual(
      [],
    );
    expect(found('/** It. */\nexport class C {\n  /** Values. */\n  read(): Tensor {}\n}')).toEqual([
      'src/a.ts: C.read',
    ]);
  });

  test('errors', () => {
    const found = (text: string): string[] => withoutErrors(surface(text));
    expect(found('/** It. */\nexport function f() { throw new Error(); }')).toEqual(['src/a.ts: f throws']);
    expect(found('/** It.\n * @throws Error */\nexport function f() { throw new Error(); }')).toEqual([]);
    expect(found('function g() { throw 1; }\n/** It. */\nexport function f() { g(); }')).toEqual([
      'src/a.ts: f calls g',
    ]);
    expect(
      found(
        '/** G.\n * @throws x */\nexport function g() { throw 1; }\n/** It. */\nexport function f() { g(); }',
      ),
    ).toEqual([]);
    const op = 'const anOp = { output: ([x]) => checkFloats(x) };\n';
    expect(found(`${op}/** It. */\nexport function f(x: number) { return apply(anOp, [x]); }`)).toEqual([
      'src/a.ts: f applies an op that refuses',
    ]);
  });
});
