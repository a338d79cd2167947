// Packs the built package as npm would publish it, without building it again.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../structure/files.ts';

/** A packed package in a directory of its own. */
export interface Packed {
  readonly directory: string;
  readonly tarball: string;
  /** Paths in the package. */
  readonly files: readonly string[];
  /** Bytes of the tarball. */
  readonly size: number;
  remove(): void;
}

/** Runs npm and gives its stdout; stderr is part of the error if it fails. */
export function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Packs dist as it is. @throws Error if it has not been built */
export function pack(): Packed {
  if (!existsSync(`${ROOT}dist/src/cli/main.js`))
    throw new Error('dist is missing: run "npm run build" first');
  const directory = mkdtempSync(join(tmpdir(), 'gradsplit-pack-'));
  const json = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', directory], ROOT);
  const [{ filename, files, size }] = JSON.parse(json) as [
    { filename: string; files: { path: string }[]; size: number },
  ];
  return {
    directory,
    tarball: join(directory, filename),
    files: files.map(({ path }) => path),
    size,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
