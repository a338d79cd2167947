// A copy of the working tree in which one fault after the other is planted, built and put to the tests and to `verify`.
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { withFault } from './plan.mjs';

/** A fault may loop for ever; what does not end by then counts as seen. */
const MINUTES = 15;

/** Where vitest says what failed. */
const RESULTS = 'build/tests.json';

/** Copies what git knows or would add, what is built, and links the packages. */
export class Tree {
  folder = mkdtempSync(join(tmpdir(), 'gradsplit-mutants-'));

  constructor() {
    const files = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], { encoding: 'utf8' });
    for (const file of files.split('\0').filter((name) => name !== '' && existsSync(name))) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(file, join(this.folder, file));
    }
    cpSync('dist', join(this.folder, 'dist'), { recursive: true });
    cpSync('assembly/generated', join(this.folder, 'assembly/generated'), { recursive: true });
    symlinkSync(join(process.cwd(), 'node_modules'), join(this.folder, 'node_modules'));
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs `body` with the fault in place; `gone` if its place is no longer there. */
  async with(fault, body) {
    const path = join(this.folder, fault.file);
    const text = readFileSync(path, 'utf8');
    const changed = withFault(text, fault);
    if (changed === undefined) return { build: 'gone' };
    writeFileSync(path, changed);
    try {
      return await body();
    } finally {
      writeFileSync(path, text);
    }
  }

  /** Builds the modules, with types checked but unused names allowed: `ok`, or `refused` by the compiler. */
  async build() {
    const unused = ['--noUnusedLocals', 'false', '--noUnusedParameters', 'false'];
    const kept = ['--incremental', '--tsBuildInfoFile', 'build/mutants.tsbuildinfo'];
    const code = await this.#node([
      'node_modules/typescript/bin/tsc',
      '-p',
      'tsconfig.build.json',
      ...unused,
      ...kept,
    ]);
    return code.status === 0 ? 'ok' : 'refused';
  }

  /**
   * The name of the first test that fails, or `survived`: of the quick tests of the same folder, of all quick tests that the file can
   * affect, and of all slow ones.
   */
  async test(file) {
    const mirrored = file.replace(/^src\/([^/]+)\/.*$/, 'tests/$1/');
    const always = [
      '--bail',
      '1',
      '--maxWorkers',
      '1',
      '--passWithNoTests',
      '--reporter',
      'json',
      '--outputFile',
      RESULTS,
    ];
    for (const args of [
      ['run', mirrored, '--project', 'quick'],
      ['related', file, '--run', '--project', 'quick'],
      ['related', file, '--run', '--project', 'slow'],
    ]) {
      rmSync(join(this.folder, RESULTS), { force: true });
      const { status, timedOut } = await this.#node(['node_modules/vitest/vitest.mjs', ...args, ...always]);
      if (timedOut) return 'no end';
      if (status !== 0) return this.#failed();
    }
    return 'survived';
  }

  /** What fails without any fault, or undefined: then what fails with one says something about it. */
  async fault(stages) {
    if ((await this.build()) !== 'ok') return 'the build';
    const test = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'quick',
      '--bail',
      '1',
      '--maxWorkers',
      '1',
    ];
    const report = ['--reporter', 'json', '--outputFile', RESULTS];
    if (stages.includes('tests') && (await this.#node([...test, ...report])).status !== 0)
      return this.#failed();
    const verdict = stages.includes('verify') ? await this.verify() : 'survived';
    return verdict === 'survived' ? undefined : `verify: ${verdict}`;
  }

  #failed() {
    const path = join(this.folder, RESULTS);
    if (!existsSync(path)) return 'did not run';
    const { testResults } = JSON.parse(readFileSync(path, 'utf8'));
    const file = testResults.find(({ status }) => status === 'failed');
    const test = file?.assertionResults.find(({ status }) => status === 'failed');
    return `${(file?.name ?? '').replace(`${this.folder}/`, '')}: ${test?.fullName ?? 'could not be loaded'}`;
  }

  /** The ids of the claims that fail, `no answer` for an error, or `survived`. */
  async verify() {
    const { status, timedOut, stdout } = await this.#node(['dist/src/cli/main.js', 'verify', '--json', '-']);
    if (timedOut) return 'no end';
    if (status === 0) return 'survived';
    if (status !== 1) return 'no answer';
    const { claims } = JSON.parse(stdout);
    return claims.flatMap(({ id, verdict }) => (verdict === 'fails' ? [id] : [])).join(' ');
  }

  #node(args) {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'ignore'] });
      let stdout = '';
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        child.kill('SIGKILL');
      }, MINUTES * 60_000);
      child.stdout.on('data', (part) => (stdout += part));
      child.on('close', (status) => {
        clearTimeout(timer);
        resolve({ status, timedOut, stdout });
      });
    });
  }
}
