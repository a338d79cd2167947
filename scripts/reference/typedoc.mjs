// How TypeDoc builds the API reference in build/reference: a module for every subpath of the package, under the name that a program
// imports, and the same as JSON for the test that every public symbol is there.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { name, exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** The name a program imports by the source that it stands for. */
const subpaths = new Map(
  Object.entries(exports)
    .filter(([, target]) => typeof target !== 'string')
    .map(([path, { types }]) => [
      root + types.replace('./dist/', '').replace('.d.ts', '.ts'),
      name + path.slice(1),
    ]),
);

/** Gives modules the names of their subpaths. */
function nameModules(app) {
  app.converter.on('resolveBegin', ({ project }) => {
    for (const module of project.children ?? []) {
      const source = module.sources?.[0]?.fullFileName;
      module.name = subpaths.get(source) ?? module.name;
    }
  });
}

export default {
  name,
  entryPoints: [...subpaths.keys()],
  tsconfig: `${root}tsconfig.json`,
  out: `${root}build/reference`,
  json: `${root}build/reference/reference.json`,
  readme: 'none',
  plugin: [nameModules],
  disableGit: true,
  sourceLinkTemplate: '{path}#L{line}',
  excludeInternal: true,
  // `npm run types` checks them, in a fraction of the time.
  skipErrorChecking: true,
  // Types that a signature mentions but no subpath exports are described where they are used.
  validation: { notExported: false },
  sort: ['source-order'],
  navigation: { includeGroups: false },
};
