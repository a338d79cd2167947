// Files begin by saying why they exist, stay short, and document what they export; nothing names a network host.
import { describe, expect, test } from 'vitest';
import { readFiles } from './files.ts';
import { undocumentedExports } from './syntax.ts';

const MOST_LINES = 350;
const code = new Map(
  ['src', 'bench', 'tests', 'scripts', 'assembly'].flatMap((f) => [...readFiles(f, ['.ts', '.mjs'])]),
);
const all = readFiles('');

/** Whether the first thing after a possible `#!` line is a comment. */
function beginsWithComment(text: string): boolean {
  return /^(#![^\n]*\n)?(\/\/ \S|\/\*)/.test(text);
}

test('every file begins with a comment that says why it exists', () => {
  expect([...code].filter(([, text]) => !beginsWithComment(text)).map(([path]) => path)).toEqual([]);
  expect(beginsWithComment('#!/usr/bin/env node\n// Why.\n')).toBe(true);
  expect(beginsWithComment("import 'x';\n// Why.\n")).toBe(false);
});

test(`no file is longer than ${MOST_LINES} lines`, () => {
  const lines = (text: string): number => text.split('\n').length - 1;
  expect(
    [...code].filter(([, text]) => lines(text) > MOST_LINES).map(([path, text]) => `${path} ${lines(text)}`),
  ).toEqual([]);
});

test('no file is a package or a recording that came in by accident', () => {
  const isLarge = (text: string): boolean => text.length > 400_000;
  const own = [...all].filter(([path]) => !path.startsWith('runs/'));
  expect(own.filter(([, text]) => isLarge(text)).map(([path]) => path)).toEqual([]);
  expect(isLarge('x'.repeat(500_000))).toBe(true);
});

describe('docstrings', () => {
  test('every exported symbol has one', () => {
    const own = [...code].filter(([path]) => path.startsWith('src/') || path.startsWith('bench/'));
    expect(
      own.flatMap(([path, text]) => undocumentedExports(path, text).map((name) => `${path}: ${name}`)),
    ).toEqual([]);
  });

  test('a missing one is seen', () => {
    expect(undocumentedExports('a.ts', 'export const x = 1;')).toEqual(['x']);
    expect(undocumentedExports('a.ts', '// line\nexport interface A {}')).toEqual(['A']);
    expect(undocumentedExports('a.ts', '/* block */\nexport class B {}')).toEqual(['B']);
    expect(undocumentedExports('a.ts', '/** yes */\nconst y = 1;\n\nexport function f() {}')).toEqual(['f']);
    expect(undocumentedExports('a.ts', '/** both */\nexport const a = 1;\nexport const b = 2;')).toEqual([]);
    expect(undocumentedExports('a.ts', '/** a */\nexport const a = 1;\n\nexport const b = 2;')).toEqual([
      'b',
    ]);
    expect(undocumentedExports('a.ts', 'const z = 1;\nexport { z };')).toEqual(['z']);
    expect(
      undocumentedExports('a.ts', '/** yes */\nexport type T = 1;\nexport { q } from "./q.ts";'),
    ).toEqual([]);
  });
});

describe('network', () => {
  /** Addresses that are names of something, never fetched. */
  const NAMESPACE = /^http:\/\/www\.w3\.org\//;
  const addresses = (text: string): string[] =>
    text.match(/\b(https?|wss?|ftp|git\+\w+):\/\/[^\s"'`<>)]+/g) ?? [];

  test('code holds no address but the names of XML namespaces', () => {
    const isCode = (path: string): boolean =>
      /^(src|bench|assembly|scripts|\.ci)\//.test(path) && !path.endsWith('package-lock.json');
    const own = [...all].filter(([path]) => isCode(path));
    const found = own.flatMap(([path, text]) => addresses(text).map((a) => `${path}: ${a}`));
    expect(found.filter((f) => !NAMESPACE.test(f.split(': ')[1]!))).toEqual([]);
    expect(addresses("fetch('https://example.org/x')")).toEqual(['https://example.org/x']);
  });

  test('no file names a package registry', () => {
    const named = (text: string): boolean =>
      addresses(text).some((a) => /registry|npm|mirror|proxy|tarball/i.test(a));
    const own = [...all].filter(([path]) => !path.endsWith('package-lock.json'));
    expect(own.filter(([, text]) => named(text)).map(([path]) => path)).toEqual([]);
    expect(named(['"resolved": "https:/', 'registry.example.org/a.tgz"'].join('/'))).toBe(true);
  });

  test.each([
    ['package-lock.json', 100],
    ['bench/peers/package-lock.json', 5],
    ['tests/gpu/gpujs/package-lock.json', 5],
    ['scripts/reference/package-lock.json', 5],
  ])('%s holds no addresses of packages', (path, atLeast) => {
    const lock: { packages: Record<string, { resolved?: string }> } = JSON.parse(all.get(path)!);
    expect(Object.keys(lock.packages).length).toBeGreaterThan(atLeast);
    expect(Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  });
});

test('nothing is skipped, focused, silenced or left open', () => {
  const marks = new RegExp(
    [
      ['\\b(it|test|describe)\\.(skip|', 'todo|only)\\b'],
      ['@ts-', 'ignore'],
      ['biome-', 'ignore'],
      ['\\b(TO', 'DO|FIX', 'ME)\\b'],
    ]
      .map((parts) => parts.join(''))
      .join('|'),
  );
  expect([...code].filter(([, text]) => marks.test(text)).map(([path]) => path)).toEqual([]);
  expect(marks.test(['test', 'skip("x")'].join('.'))).toBe(true);
});
