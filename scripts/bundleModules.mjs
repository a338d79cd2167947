// Bundles build/modules into dist: a file for each entry of the package, for the command, for each worker and for the benchmarks (which
// `bench --interleave` loads from the folder of another build), and chunks of what they load. Chunks are shared, so a registry or a
// class of the package is one, whichever entries a program comes by.
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
  .map((path) => path.replace(/^(\.\/)?dist\//, ''))
  .concat(
    workers.map((path) => `src/${path}`),
    'bench/index.js',
  );

const build = await rolldown({
  input: Object.fromEntries(files.map((path) => [path.replace(/\.js$/, ''), `build/modules/${path}`])),
  platform: 'node',
  external: (id) => !/^[./]/.test(id),
  // Every module is evaluated that would be without a bundle.
  treeshake: { moduleSideEffects: true },
  onLog: (_level, log) => {
    throw new Error(log.message);
  },
});
const { output } = await build.write({
  dir: 'dist',
  entryFileNames: '[name].js',
  // Two folders below dist, as src/host/built.ts expects.
  chunkFileNames: 'src/chunks/[name].js',
});
await build.close();

// The bundler has helpers of its own, which nobody who installs the package would have.
const installed = Object.keys({ ...dependencies, ...peerDependencies });
const packages = new Set(
  output.flatMap(({ imports = [], dynamicImports = [] }) => [...imports, ...dynamicImports]),
);
for (const id of packages) {
  if (/^(node:|src\/chunks\/)/.test(id) || files.includes(id)) continue;
  if (!installed.some((name) => id === name || id.startsWith(`${name}/`)))
    throw new Error(`dist imports ${id}, which is no dependency of package.json`);
}
