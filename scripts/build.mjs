// Builds dist: the kernels of assembly/, the modules of src/ and bench/, the script of reports with an explorer. `build/modules` holds
// the modules one by one, as scripts and tests use them; dist holds them by entry, so that a command loads tens of files, not hundreds. A step is left out where what it reads and what it wrote
// are as they were when it last ran; after `npm run clean` every step runs.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** Programs that write sources: into assembly/generated, and what the host sees of the kernels. */
const generators = ['scripts/writeTiles.mjs', 'scripts/writeExports.mjs'];

await checkCompiler();

await step('kernels', {
  reads: ['assembly', 'asconfig.json', 'node_modules/assemblyscript/package.json', ...generators],
  writes: ['assembly/generated', 'src/kernels/wasm/exports.ts', 'dist/wasm'],
  async run() {
    for (const generator of generators) await node(generator);
    const compile = (target) =>
      node('node_modules/assemblyscript/bin/asc.js', 'assembly/generated/exports.ts', '--target', target);
    await Promise.all(['plain', 'relaxed'].map(compile));
  },
});

await step('modules', {
  reads: [
    ...['src', 'bench', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/bundleModules.mjs'],
    ...['typescript', 'rolldown'].map((name) => `node_modules/${name}/package.json`),
  ],
  writes: ['build/modules', 'dist/src', 'dist/bench'],
  async run() {
    const places = ['--outDir', 'build/modules', '--declarationDir', 'dist'];
    await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', ...places);
    await node('scripts/bundleModules.mjs');
  },
});

await step('explorer', {
  reads: ['src', 'scripts/bundleExplorer.mjs', 'node_modules/rolldown/package.json'],
  writes: ['dist/explorer'],
  run: () => node('scripts/bundleExplorer.mjs'),
});

/** The compiler of TypeScript is a program for each platform, which npm installs as an optional dependency; without it, says so. */
async function checkCompiler() {
  try {
    const { default: getExePath } = await import('../node_modules/typescript/lib/getExePath.js');
    getExePath();
  } catch {
    const platform = `${process.platform}-${process.arch}`;
    process.stderr.write(
      `build: the TypeScript compiler for ${platform} is not installed; it is an optional dependency, so run "npm ci" without --omit=optional\n`,
    );
    process.exit(1);
  }
}

/** Runs a step of the build unless its stamp says that there is nothing to do. `reads`, `writes`: files and folders. */
async function step(name, { reads, writes, run }) {
  const stamp = `build/${name}.sha256`;
  const state = () => hashOf([...reads, ...writes, 'scripts/build.mjs'].flatMap(filesIn));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state()) return;
  // Everything it wrote goes first, so that no file outlives its source.
  for (const path of [stamp, ...writes]) rmSync(path, { recursive: true, force: true });
  await run();
  mkdirSync('build', { recursive: true });
  writeFileSync(stamp, state());
}

/** Paths of the files in a folder, of a file itself, or nothing where there is neither. */
function filesIn(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesIn(`${path}/${name}`));
}

/** SHA-256 over paths and contents. A path that comes twice, as a file that is read and written, counts once. */
function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of [...new Set(paths)].sort()) {
    hash.update(`${path}\n`).update(createHash('sha256').update(readFileSync(path)).digest());
  }
  return hash.digest('hex');
}

/** Runs a Node program with this process's streams; a failure ends the build with its exit code. */
function node(...args) {
  return new Promise((resolve) => {
    spawn(process.execPath, args, { stdio: 'inherit' }).on('close', (code) => {
      if (code !== 0) process.exit(code ?? 1);
      resolve();
    });
  });
}
