// The TypeScript examples as JavaScript, in a folder from which the package is found by its name: Node 20 runs no TypeScript.
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../structure/files.ts';

/** The folder of the compiled examples. */
export interface Compiled {
  readonly dir: string;
  remove(): void;
}

/** Compiles every TypeScript example without checking it, which `npm run types` does. */
export function compileExamples(): Compiled {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'gradsplit-examples-')));
  const examples = join(ROOT, 'examples');
  const sources = readdirSync(examples).filter((name) => name.endsWith('.ts'));
  mkdirSync(join(dir, 'node_modules'));
  symlinkSync(ROOT, join(dir, 'node_modules/gradsplit'));
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
  const options = ['--ignoreConfig', '--noCheck', '--target', 'es2023', '--module', 'nodenext'];
  const folders = ['--rootDir', examples, '--outDir', dir];
  const files = sources.map((name) => join(examples, name));
  execFileSync(join(ROOT, 'node_modules/.bin/tsc'), [...options, ...folders, ...files], { cwd: dir });
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
