// The examples in docstrings and the README are programs: they compile against the built package's declarations, run, and give what they state.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT, readFiles } from '../structure/files.ts';
import { publicSymbols } from '../structure/surface.ts';
import { checkedProgram, type DocExample, examplesIn } from './docstrings.ts';

/** The README's program. */
const readme = [
  ...readFiles('')
    .get('README.md')!
    .matchAll(/```js\n([\s\S]*?)```/g),
].map(([, code], i) => ({
  path: 'README.md',
  name: `program ${i + 1}`,
  code: code!,
}));
const examples = [
  ...readme,
  ...[...readFiles('src', ['.ts'])].flatMap(([path, text]) => examplesIn(path, text)),
];

/** Results are stated to six digits; typed arrays are written as lists. */
const STATED_RESULT = `
export function statedResult(actual: unknown, expected: unknown): void {
  if (!agree(actual, expected)) failures.push('expected ' + show(expected) + ', found ' + show(actual));
}
declare const failures: string[];
function show(value: unknown): string {
  return JSON.stringify(value, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v as Float64Array) : v));
}
function agree(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Object.is(a, b) || Math.abs(a - b) <= 5e-6 * Math.abs(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [xs, ys] = [Object.entries(a), Object.entries(b)];
  return xs.length === ys.length && ys.every(([key, y]) => key in a && agree((a as Record<string, unknown>)[key], y));
}
`;

const COMPILER_OPTIONS = {
  target: 'ES2023',
  lib: ['ES2023'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
};

/** Compiles programs in a folder where the package is installed, and runs them; what failed, by program. */
function failuresOf(examples: readonly DocExample[]): string[][] {
  const programs = examples.map(checkedProgram);
  const folder = mkdtempSync(join(tmpdir(), 'gradsplit-docstrings-'));
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: folder },
    });
    if (status !== 0) throw new Error(`${args.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  };
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  try {
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
    symlinkSync(ROOT, join(folder, 'node_modules/gradsplit'), 'dir');
    symlinkSync(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'), 'dir');
    write('package.json', '{ "type": "module" }');
    write('tsconfig.json', JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['*.ts'] }));
    write('statedResult.ts', STATED_RESULT);
    const names = examples.map(({ name }, i) => `example${i}-${name.replaceAll(/\W/g, '-')}`);
    names.forEach((name, i) => {
      write(`${name}.ts`, programs[i]!);
    });
    run(join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.');
    const failed = JSON.parse(run(join(ROOT, 'tests/examples/runDocstrings.mjs'), folder)) as Record<
      string,
      string[]
    >;
    return names.map((name) => failed[`${name}.js`] ?? ['did not run']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('every example gives what it states', () => {
  let failures: string[][];
  beforeAll(() => {
    failures = failuresOf(examples);
  });

  test.each(examples.map(({ path, name }, i) => [name, path, i] as const))('%s (%s)', (_name, _path, i) => {
    expect(failures[i]).toEqual([]);
  });
});

/** What most programs use; everything else may have an example. */
const MAIN = [
  ...[
    'vjp',
    'grad',
    'jvp',
    'hvp',
    'vmap',
    'perTrajectory',
    'gradcheck',
    'checkpoint',
    'apply',
    'tensor',
    'scope',
  ],
  ...['wasmKernels', 'loadWasmKernels', 'useKernels', 'gpt2', 'decoder', 'adamw', 'randomStream'],
  ...['randomPolicy', 'parsePolicy', 'evaluatedPolicy', 'expectedGradient', 'exact', 'verify', 'check'],
  ...['getObjective', 'defineObjective', 'registerObjective', 'getTask', 'episodeLayout', 'trainStep'],
];

test('the main functions have an example', () => {
  const documented = publicSymbols().filter(({ doc }) => doc.includes('@example'));
  const names = documented.map(({ name }) => name);
  expect(MAIN.filter((name) => !names.includes(name))).toEqual([]);
});

describe('what is wrong is seen', () => {
  const example = (code: string): DocExample => ({ path: 'src/a.ts', name: 'f', code });

  test('an example is read out of its docstring', () => {
    const text =
      '/**\n * Doubles.\n * @example\n * ```ts\n * f(1); // → 2\n * ```\n * @throws Error\n */\nexport function f() {}';
    expect(examplesIn('src/a.ts', text)).toEqual([example('f(1); // → 2')]);
  });

  test('an example that states nothing, or of nothing', () => {
    expect(() => checkedProgram(example('f(1);'))).toThrow('states no result');
    expect(() => checkedProgram(example('for (;;) {} // → 2'))).toThrow('no expression or variable');
    expect(() => checkedProgram(example('f(1);\n// → 2'))).toThrow('no expression or variable');
  });

  test('a wrong result, a wrong variable, an error; rounding is none', () => {
    const failures = failuresOf([
      example('1 + 1; // → 3'),
      example('const x = { a: new Float32Array([1, 0.1]) }; // → { a: [1, 0.1] }\nx.a[1]; // → 0.2'),
      example("const y = 1; // → 1\nthrow new Error('no');"),
    ]);
    expect(failures.map((all) => all.length)).toEqual([1, 1, 1]);
    expect(failures[0]).toEqual(['expected 3, found 2']);
  });

  test('a program that does not compile', () => {
    expect(() => failuresOf([example("const x: number = 'text'; // → 1")])).toThrow('TS2322');
  });
});
