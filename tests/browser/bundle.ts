// Bundles a module of the sources for a browser, as a user's bundler would: one file, minified.
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { ROOT } from '../structure/files.ts';

/** The script of a bundle; modules that are imported when they are asked for are files of their own. */
export interface Bundle {
  /** The code of every file by name; the entry is `entry.js`. */
  readonly files: ReadonlyMap<string, string>;
  /** Packages in it. */
  readonly packages: ReadonlySet<string>;
  /** Bytes of all files, compressed as a server would send them. */
  readonly gzipBytes: number;
}

const ENTRY = 'the entry';

/**
 * Bundles a program.
 * @param program the text of a module whose imports are paths from the repository's root
 * @throws Error if it imports something that is not there, a module of Node among them
 */
export async function bundle(program: string): Promise<Bundle> {
  const build = await rolldown({
    input: { entry: ENTRY },
    cwd: ROOT,
    platform: 'browser',
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? `${ROOT}entry.ts` : null),
        load: (id) => (id === `${ROOT}entry.ts` ? program : null),
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm', minify: true, entryFileNames: '[name].js' });
  await build.close();
  const chunks = output.filter((file) => file.type === 'chunk');
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds);
  return {
    files: new Map(chunks.map(({ fileName, code }) => [fileName, code])),
    packages: new Set(modules.flatMap((id) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? [])),
    gzipBytes: chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0),
  };
}
