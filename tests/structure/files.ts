// The files of the repository, read from disk.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's root, with '/' at the end. */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

/** What is built, fetched, or no text of ours. */
const SKIPPED = new Set(['.git', 'node_modules', 'dist', 'build', 'generated', 'reports', 'coverage']);

/** Texts of all files below a folder whose names end in one of the endings (all without), by path from the root. */
export function readFiles(folder: string, endings: readonly string[] = ['']): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(`${ROOT}${folder}`, { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (SKIPPED.has(entry.name)) continue;
    if (entry.isDirectory()) for (const [inner, text] of readFiles(path, endings)) files.set(inner, text);
    else if (entry.isFile() && endings.some((e) => path.endsWith(e)))
      files.set(path, readFileSync(ROOT + path, 'utf8'));
  }
  return files;
}

/** package.json, as far as tests read it. */
export interface PackageJson {
  readonly engines: { readonly node: string };
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

/** package.json. */
export const packageJson: PackageJson = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
