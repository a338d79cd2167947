// The floors hold in src and bench; and each rule sees a tree that breaks it.
import { describe, expect, test } from 'vitest';
import { packageJson, readFiles } from './files.ts';
import {
  circles,
  dependencyViolations,
  floorViolations,
  loadedAtStart,
  nodeViolations,
  roomCircles,
} from './floors.ts';
import { importsOf, loadedWith } from './syntax.ts';

const sources = new Map([...readFiles('src', ['.ts']), ...readFiles('bench', ['.ts'])]);
const dependencies = Object.keys(packageJson.dependencies);

describe('the sources', () => {
  test('are there', () => {
    expect(sources.size).toBeGreaterThan(50);
    expect(sources.has('src/cli/main.ts')).toBe(true);
  });

  test('import down only', () => {
    expect(floorViolations(sources)).toEqual([]);
  });

  test('import in no circle', () => {
    expect(circles(sources)).toEqual([]);
  });

  test('rooms side by side import in no circle', () => {
    expect(roomCircles(sources)).toEqual([]);
  });

  test('use Node only from host upwards', () => {
    expect(nodeViolations(sources)).toEqual([]);
  });

  test('import only packages that package.json declares', () => {
    const optional = Object.keys(packageJson.peerDependencies);
    expect(dependencyViolations(sources, [...dependencies, ...optional, packageJson.name])).toEqual([]);
  });

  test('import what is optional in one file, when it is asked for', () => {
    for (const name of Object.keys(packageJson.peerDependencies)) {
      expect(packageJson.peerDependenciesMeta[name]).toEqual({ optional: true });
      const importing = [...sources].filter(([path, text]) => importsOf(path, text).includes(name));
      expect(importing.map(([path]) => path)).toEqual(['src/host/gpu.ts']);
      for (const [path, text] of importing) expect(loadedWith(path, text)).not.toContain(name);
    }
  });

  test('use every dependency', () => {
    const used = [...sources].flatMap(([path, text]) => importsOf(path, text));
    const unused = dependencies.filter((name) => !used.some((u) => u === name || u.startsWith(`${name}/`)));
    expect(unused).toEqual([]);
  });
});

test('the command loads next to nothing before it knows what to do', () => {
  const loaded = [...loadedAtStart(sources, 'src/cli/main.ts')].filter((name) => !name.startsWith('node:'));
  expect(loaded.filter((name) => !name.startsWith('src/')).sort()).toEqual([
    'commander',
    'leven',
    'picocolors',
  ]);
  const folders = /^src\/(base|cli|host)\/|^src\/(documents|labs|objectives)\/names\.ts$/;
  expect(loaded.filter((name) => name.startsWith('src/') && !folders.test(name))).toEqual([]);
});

test('tests and scripts import only packages that package.json declares', () => {
  const own = new Map([...readFiles('tests', ['.ts']), ...readFiles('scripts', ['.mjs', '.ts'])]);
  const declared = [...dependencies, ...Object.keys(packageJson.devDependencies), packageJson.name];
  expect(dependencyViolations(own, declared)).toEqual([]);
});

describe('each rule sees what breaks it', () => {
  const tree = (files: Record<string, string>): Map<string, string> => new Map(Object.entries(files));

  test.each([
    ["import { a } from '../cli/x.ts';", 'static'],
    ["export * from '../cli/x.ts';", 'export from'],
    ["export type { A } from '../cli/x.ts';", 'export type'],
    ["import type { A } from '../cli/x.ts';", 'import type'],
    ["type T = import('../cli/x.ts').A;", 'import type in a type'],
    ["const x = await import('../cli/x.ts');", 'dynamic'],
    ["const x = () => require('../cli/x.ts');", 'require'],
    [
      "import { createRequire } from 'node:module'; createRequire(import.meta.url)('../cli/x.ts');",
      'createRequire',
    ],
    ["import x = require('../cli/x.ts');", 'import equals'],
    ["new Worker(new URL('../cli/x.js', import.meta.url));", 'worker'],
    ["const u = new URL(a ? '../cli/x.ts' : b, import.meta.url);", 'conditional worker'],
  ])('import up by %s', (text) => {
    const files = tree({ 'src/policy/a.ts': text, 'src/cli/x.ts': '' });
    expect(floorViolations(files)).toEqual(['src/policy/a.ts imports up: src/cli/x.ts']);
  });

  test('a specifier that is computed', () => {
    expect(() => importsOf('a.ts', 'await import(name);')).toThrow('computed');
    expect(importsOf('bench/loadModule.ts', "import 'x'; await import(name);")).toEqual(['x']);
  });

  test('a file on no floor, a file that is not there, bench from outside the command', () => {
    expect(floorViolations(tree({ 'src/misc/a.ts': '' }))).toEqual(['src/misc/a.ts stands on no floor']);
    expect(floorViolations(tree({ 'src/base/a.ts': "import './b.ts';" }))).toEqual([
      'src/base/a.ts imports src/base/b.ts, which is not there',
    ]);
    const bench = tree({ 'bench/index.ts': '', 'src/cli/program.ts': "import '../../bench/index.ts';" });
    expect(floorViolations(bench)).toHaveLength(1);
    const command = tree({
      'bench/index.ts': '',
      'src/cli/commands/bench.ts': "import '../../../bench/index.ts';",
    });
    expect(floorViolations(command)).toEqual([]);
  });

  test('the doors between autodiff and ops', () => {
    const files = {
      'src/autodiff/trace/apply.ts': '',
      'src/autodiff/reverse/vjp.ts': "import '../../ops/registry.ts';",
      'src/ops/registry.ts': '',
      'src/ops/add.ts': "import '../autodiff/trace/apply.ts';",
    };
    expect(floorViolations(tree(files))).toEqual([]);
    expect(
      floorViolations(tree({ ...files, 'src/ops/add.ts': "import '../autodiff/reverse/vjp.ts';" })),
    ).toHaveLength(1);
    expect(
      floorViolations(tree({ ...files, 'src/autodiff/reverse/vjp.ts': "import '../../ops/add.ts';" })),
    ).toHaveLength(1);
  });

  test('circles, of types too', () => {
    const files = tree({
      'src/base/a.ts': "import './b.ts';",
      'src/base/b.ts': "import type { C } from './c.ts';",
      'src/base/c.ts': "export * from './a.ts';",
      'src/base/d.ts': "import './a.ts';",
    });
    expect(circles(files)).toEqual(['src/base/a.ts → src/base/b.ts → src/base/c.ts → src/base/a.ts']);
  });

  test('circles of rooms, through different files', () => {
    const files = tree({
      'src/nn/a/x.ts': "import '../b/x.ts';",
      'src/nn/b/x.ts': '',
      'src/nn/b/y.ts': "import type { Z } from '../a/z.ts';",
      'src/nn/a/z.ts': "import '../index.ts';",
      'src/nn/index.ts': "import './a/x.ts'; import './b/y.ts';",
    });
    expect(roomCircles(files)).toEqual(['src/nn/a → src/nn/b → src/nn/a']);
  });

  test('what is loaded at the start: no types, no import()', () => {
    const files = tree({
      'src/cli/main.ts': "import './a.ts'; import type { B } from './b.ts'; export * from './c.ts';",
      'src/cli/a.ts': "import { z } from 'zod'; await import('./d.ts'); export type { B } from './b.ts';",
      'src/cli/c.ts': '',
    });
    const loaded = loadedAtStart(files, 'src/cli/main.ts');
    expect([...loaded].sort()).toEqual(['src/cli/a.ts', 'src/cli/c.ts', 'src/cli/main.ts', 'zod']);
  });

  test('Node below host', () => {
    const violations = (text: string): string[] => nodeViolations(tree({ 'src/report/a.ts': text }));
    expect(violations("import { readFileSync } from 'node:fs';")).toEqual([
      'src/report/a.ts imports node:fs',
    ]);
    expect(violations("import fs from 'fs';")).toEqual(['src/report/a.ts imports fs']);
    expect(violations('const x = process.env.A;')).toEqual(['src/report/a.ts uses process']);
    expect(violations('const x = a.process; const y = { process: 1 };')).toEqual([]);
    expect(nodeViolations(tree({ 'src/cli/a.ts': "import 'node:fs';" }))).toEqual([]);
  });

  test('packages that are not declared', () => {
    const files = tree({ 'src/base/a.ts': "import 'zod/v4'; import '@x/y/z'; import 'fs';" });
    expect(dependencyViolations(files, ['zod'])).toEqual([
      'src/base/a.ts imports @x/y/z',
      'src/base/a.ts imports fs',
    ]);
  });
});
