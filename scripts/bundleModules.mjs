// Bundles build/modules into dist/src: a file for each entry of the package, for the command and for each worker, and chunks of what
// they load. Chunks are shared, so a registry or a class of the package is one, whichever entries a program comes by.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { bin, exports, dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(exports).flatMap((target) => target.default ?? []);
const workers = readdirSync('build/modules/src', { recursive: true }).filter((path) =>
  path.endsWith('Worker.js'),
);
const files = [bin.gradsplit, ...entries]
  .map((path) => path.replace(/^(\.\/)?dist\/src\//, ''))
  .concat(workers);

const build = await rolldown({
  input: Object.fromEntries(files.map((path) => [path.replace(/\.js$/, ''), `build/modules/src/${path}`])),
  platform: 'node',
  external: (id) => !/^[./]/.test(id),
  // Every module is evaluated that would be without a bundle.
  treeshake: { moduleSideEffects: true },
  onLog: (_level, log) => {
    throw new Error(log.message);
  },
});
const { output } = await build.write({
  dir: 'dist/src',
  entryFileNames: '[name].js',
  // Two folders below dist, as src/host/built.ts expects.
  chunkFileNames: 'chunks/[name].js',
});
await build.close();

// The bundler has helpers of its own, which nobody who installs the package would have.
const installed = Object.keys({ ...dependencies, ...peerDependencies });
const packages = new Set(
  output.flatMap(({ imports = [], dynamicImports = [] }) => [...imports, ...dynamicImports]),
);
for (const id of packages) {
  if (/^(node:|chunks\/)/.test(id) || files.includes(id)) continue;
  if (!installed.some((name) => id === name || id.startsWith(`${name}/`)))
    throw new Error(`dist imports ${id}, which is no dependency of package.json`);
}
