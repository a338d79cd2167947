// The package as others get it: what is in it, whether its entry points resolve, and whether it works once installed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { topics } from '../../src/cli/topics.ts';
import { packageJson, ROOT, readFiles } from '../structure/files.ts';
import { npm, type Packed, pack } from './pack.ts';

let packed: Packed;
beforeAll(() => {
  packed = pack();
});
afterAll(() => packed?.remove());

/** Bytes a package may have packed, pictures and fonts of the report included. */
const MOST_BYTES = 2_000_000;

/** Entry points that a program imports; `./package.json` and .wasm files are read, not imported. */
const modules = Object.keys(packageJson.exports).filter((path) => !/\.(json|wasm)$/.test(path));

describe('content', () => {
  test('the build, its kernels, documents; no sources, tests or machinery', () => {
    for (const path of [
      'package.json',
      'README.md',
      'LICENSE',
      'dist/src/cli/main.js',
      'dist/wasm/plain.wasm',
      'dist/wasm/relaxed.wasm',
      'dist/explorer/explorer.js',
      // What `help TOPIC` explains, and what the documentation refers to.
      ...topics.map(({ page }) => `docs/${page}`),
      ...readFiles('examples').keys(),
    ]) {
      expect(packed.files).toContain(path);
    }
    expect(
      packed.files.filter((path) => !/^(dist|docs|examples)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(path)),
    ).toEqual([]);
    expect(packed.files.filter((path) => /^(?!examples\/).*(?<!\.d)\.ts$/.test(path))).toEqual([]);
  });

  test('every entry point of package.json is packed', () => {
    const targets = Object.values(packageJson.exports).flatMap((t) =>
      typeof t === 'string' ? [t] : [t.types, t.default],
    );
    expect(targets.filter((target) => !packed.files.includes(target.slice(2)))).toEqual([]);
  });

  test('it is small', () => {
    expect(packed.size).toBeLessThan(MOST_BYTES);
  });
});

describe('publication', () => {
  test('publint has nothing to say', async () => {
    const { buffer } = new Uint8Array(readFileSync(packed.tarball));
    const { messages } = await publint({ pack: { tarball: buffer } });
    expect(messages).toEqual([]);
  });

  test('types resolve everywhere an ES module can be used', () => {
    // The .wasm file is an entry point for bundlers, not a module.
    const files = ['--exclude-entrypoints', 'wasm/plain.wasm', 'wasm/relaxed.wasm'];
    const options = ['--profile', 'esm-only', '--format', 'ascii', '--no-emoji', '--no-color'];
    const attw = join(ROOT, 'node_modules/.bin/attw');
    const out = execFileSync(attw, [packed.tarball, ...options, ...files], { encoding: 'utf8' });
    expect(out.match(/^node16 \(from ESM\): OK \(ESM\)/gm)).toHaveLength(modules.length);
    expect(out.match(/^bundler: OK/gm)?.length).toBeGreaterThanOrEqual(modules.length);
  });
});

describe('installed in an empty project', () => {
  let project: string;
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'gradsplit-project-'));
    writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }');
    npm(
      [
        'install',
        '--omit=optional',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--ignore-scripts',
        packed.tarball,
      ],
      project,
    );
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  const run = (file: string, args: readonly string[]): string =>
    execFileSync(file, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

  test('npx gradsplit --version', () => {
    expect(run('npx', ['--no-install', 'gradsplit', '--version'])).toBe(`${packageJson.version}\n`);
  });

  test('the command works on its kernels', () => {
    const out = run('npx', ['--no-install', 'gradsplit', 'verify', '--claims', 'C3', '--json', '-']);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'holds', kernels: { backend: 'wasm' } });
  });

  test('gpu.js is not there, and the command for it says how to get it', () => {
    expect(existsSync(join(project, 'node_modules/gpu.js'))).toBe(false);
    const said = run('npx', ['--no-install', 'gradsplit', 'gpu']).replace(/\s+/g, ' ');
    expect(said).toContain('"npm install gpu.js" beside gradsplit');
  });

  test('every entry point can be imported', () => {
    const names = modules.map((path) => packageJson.name + path.slice(1));
    const program = `for (const name of ${JSON.stringify(names)}) console.log(name, Object.keys(await import(name)).length > 0)`;
    expect(run(process.execPath, ['--input-type=module', '--eval', program])).toBe(
      names.map((name) => `${name} true\n`).join(''),
    );
  });

  /** tsc's complaints about programs that use the package, checking the package's declarations too. */
  const complaints = (programs: Readonly<Record<string, string>>): string => {
    for (const [name, program] of Object.entries(programs)) writeFileSync(join(project, name), program);
    const options = [
      '--strict',
      '--noEmit',
      '--skipLibCheck',
      'false',
      '--exactOptionalPropertyTypes',
      '--types',
      '',
    ];
    const target = ['--target', 'ES2023', '--lib', 'ES2023,DOM', '--module', 'nodenext'];
    try {
      return run(join(ROOT, 'node_modules/.bin/tsc'), [...options, ...target, ...Object.keys(programs)]);
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };

  test('imports are typed, as in a browser, without other type packages and without skipLibCheck', () => {
    const imports = modules.map((path, i) => `import * as m${i} from '${packageJson.name}${path.slice(1)}';`);
    const right = `${imports.join('\n')}
import { parsePolicy, randomPolicy, type TabularPolicy } from 'gradsplit/policy';
const policy: TabularPolicy = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1);
export const rows: number = policy.logits.sample.length;
export const parse: (text: string, source: string) => TabularPolicy = parsePolicy;
export const all: readonly object[] = [${modules.map((_, i) => `m${i}`).join(', ')}];
`;
    const wrong = "import { randomPolicy } from 'gradsplit/policy';\nrandomPolicy('x', 1);\n";
    // One complaint, about the program that is wrong.
    expect(complaints({ 'right.ts': right, 'wrong.ts': wrong }).trim()).toMatch(
      /^wrong\.ts\(2,14\): error TS2345: [^\n]+$/,
    );
  });
});
