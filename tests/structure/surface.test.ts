// The public surface as a list, so that a change of it shows in the diff of surface.txt. After a change that is meant:
// npm run surface
import { expect, test } from 'vitest';
import { packageJson, readFiles } from './files.ts';
import { Modules } from './modules.ts';

const KINDS: Readonly<Record<string, string>> = {
  FunctionDeclaration: 'function',
  ClassDeclaration: 'class',
  VariableDeclarator: 'const',
  TSInterfaceDeclaration: 'type',
  TSTypeAliasDeclaration: 'type',
};

const sources = readFiles('src', ['.ts']);
const modules = new Modules(sources);

/** `function exact`, sorted by name. */
function surfaceOf(path: string): string[] {
  const kindOf = (name: string): string => {
    const { type } = modules.exportOf(path, name)!.node;
    return KINDS[type] ?? type;
  };
  return [...new Set(modules.exportsOf(path))].sort().map((name) => `  ${kindOf(name)} ${name}`);
}

test('what every entry point of the package exports', async () => {
  const entries = Object.entries(packageJson.exports).flatMap(([subpath, target]) =>
    typeof target === 'string'
      ? []
      : [[subpath, target.types.replace('./dist/', '').replace('.d.ts', '.ts')] as const],
  );
  const text = entries.flatMap(([subpath, path]) => [`gradsplit${subpath.slice(1)}`, ...surfaceOf(path)]);
  await expect(`${text.join('\n')}\n`).toMatchFileSnapshot('surface.txt');
});

test('an index exports no file as a whole, only lists that were chosen', () => {
  const indexes = [...sources].filter(([path]) => path.endsWith('index.ts'));
  const whole = indexes.flatMap(([path, text]) =>
    [...text.matchAll(/^export (?:type )?\* from '([^']+)'/gm)]
      .filter(([, from]) => !from!.endsWith('/index.ts'))
      .map(([line]) => `${path}: ${line}`),
  );
  expect(whole).toEqual([]);
});
