// The API reference has a module for every subpath of the package, with every symbol that the subpath exports.
// `npm run test:reference` builds it first.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageJson, ROOT, readFiles } from '../structure/files.ts';
import { Modules } from '../structure/modules.ts';

const REFERENCE = join(ROOT, 'build/reference/reference.json');
if (!existsSync(REFERENCE)) throw new Error(`${REFERENCE} is missing: run "npm run docs" first`);

/** What TypeDoc writes, as far as it is read here. */
interface Reflection {
  readonly name: string;
  readonly children?: readonly Reflection[];
}

const reference: Reflection = JSON.parse(readFileSync(REFERENCE, 'utf8'));
const documented = new Map(
  reference.children?.map(({ name, children = [] }) => [name, children.map((child) => child.name)]),
);
const modules = new Modules(readFiles('src', ['.ts']));

/** Names that a subpath exports and the reference does not have. */
function missing(module: string, names: readonly string[]): string[] {
  return names.filter((name) => documented.get(module)?.includes(name) !== true);
}

describe('every symbol is there', () => {
  const subpaths = Object.entries(packageJson.exports).flatMap(([path, target]) =>
    typeof target === 'string' ? [] : [[packageJson.name + path.slice(1), target.types] as const],
  );

  test.each(subpaths)('%s', (module, types) => {
    const source = types.replace('./dist/', '').replace('.d.ts', '.ts');
    const names = modules.exportsOf(source);
    expect(names.length).toBeGreaterThan(0);
    expect(missing(module, names)).toEqual([]);
    expect(existsSync(join(ROOT, 'build/reference/modules', `${module.replace('/', '_')}.html`))).toBe(true);
  });

  test('and one that is not would be seen', () => {
    expect(missing('gradsplit/random', ['randomStream', 'noSuchFunction'])).toEqual(['noSuchFunction']);
    expect(missing('gradsplit/nowhere', ['randomStream'])).toEqual(['randomStream']);
  });
});
