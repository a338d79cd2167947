// A copy of the working tree in which one fault after the other is planted, built and put to the tests and to `verify`.
import { execFileSync, fork, spawn } from 'node:child_process';
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
import { fileURLToPath } from 'node:url';
import { withFault } from './plan.mjs';

/** A fault may loop for ever; what does not end by then counts as seen. */
const MINUTES = 15;

const SERVER = fileURLToPath(new URL('./testServer.mjs', import.meta.url));

/** Ends a process and all that it started. */
function end(child) {
  if (child === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}

function failing({ claims }) {
  return claims.flatMap(({ id, verdict }) => (verdict === 'fails' ? [id] : [])).join(' ');
}

/** The process once it has said that it is ready. */
function started(child) {
  return new Promise((resolve) => child.once('message', () => resolve(child)));
}

/** Copies what git knows or would add, what is built, and links the packages. */
export class Tree {
  #tests;
  #command;
  #near;
  folder = mkdtempSync(join(tmpdir(), 'gradsplit-mutants-'));

  /** @param near whether to run only the tests of a file's own folder */
  constructor(near) {
    this.#near = near ? ['near'] : [];
    const files = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], { encoding: 'utf8' });
    for (const file of files.split('\0').filter((name) => name !== '' && existsSync(name))) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(file, join(this.folder, file));
    }
    cpSync('dist', join(this.folder, 'dist'), { recursive: true });
    cpSync('assembly/generated', join(this.folder, 'assembly/generated'), { recursive: true });
    symlinkSync(join(process.cwd(), 'node_modules'), join(this.folder, 'node_modules'));
    // Nothing is left behind, also after a signal.
    process.on('exit', () => this.remove());
  }

  remove() {
    this.#stopTests();
    end(this.#command);
    // What was just ended may still be writing.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
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
   * The name of the first test that fails, or `survived`: of the quick and the slow tests of the same folder, and of all others that the
   * file can affect.
   */
  async test(file) {
    const { failed, isOver } = await this.#askTests(file);
    return isOver ? 'no end' : (failed ?? 'survived');
  }

  /** What fails without any fault, or undefined: then what fails with one says something about it. */
  async fault(stages) {
    if ((await this.build()) !== 'ok') return 'the build';
    if (stages.includes('tests')) {
      const { failed, isOver } = await this.#askTests(null);
      if (failed !== undefined || isOver) return failed ?? 'tests without an end';
    }
    const verdict = stages.includes('verify') ? await this.verify() : 'survived';
    return verdict === 'survived' ? undefined : `verify: ${verdict}`;
  }

  /** Asks the process that runs tests, which is started when it is first needed, and after one that had no end. */
  async #askTests(file) {
    this.#tests ??= await started(
      fork(SERVER, this.#near, {
        cwd: this.folder,
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        detached: true,
      }),
    );
    const tests = this.#tests;
    return new Promise((resolve) => {
      const finish = (answer) => {
        clearTimeout(timer);
        tests.removeAllListeners();
        if (answer.isOver) this.#stopTests();
        resolve(answer);
      };
      const timer = setTimeout(() => finish({ isOver: true }), MINUTES * 60_000);
      tests.once('message', finish);
      tests.once('exit', () => {
        this.#tests = undefined;
        finish({ failed: 'did not run: the process ended' });
      });
      tests.send(file);
    });
  }

  #stopTests() {
    this.#tests?.removeAllListeners();
    end(this.#tests);
    this.#tests = undefined;
  }

  /** The ids of claims that fail, `no answer` for an error, or `survived`. First a few claims on tables alone, then all of them. */
  async verify() {
    for (const args of [['--no-transformer', '--claims', 'C1,C2,C9'], []]) {
      const command = ['dist/src/cli/main.js', 'verify', ...args, '--json', '-'];
      const { status, timedOut, stdout } = await this.#node(command);
      if (timedOut) return 'no end';
      if (status === 1) return failing(JSON.parse(stdout));
      if (status !== 0) return 'no answer';
    }
    return 'survived';
  }

  #node(args) {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, args, {
        cwd: this.folder,
        stdio: ['ignore', 'pipe', 'ignore'],
        detached: true,
      });
      this.#command = child;
      let stdout = '';
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        end(child);
      }, MINUTES * 60_000);
      child.stdout.on('data', (part) => (stdout += part));
      child.on('close', (status) => {
        clearTimeout(timer);
        resolve({ status, timedOut, stdout });
      });
    });
  }
}
