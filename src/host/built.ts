// Where the files of the package lie: beside its modules, or beside the sources of a repository that has been built.

/** The folder dist/. Modules of the package lie two folders below it, whichever file the build has put them in. */
const dist: URL = new URL(import.meta.url.endsWith('.ts') ? '../../dist/' : '../../', import.meta.url);

/** The URL of a file of the build, such as `wasm/plain.wasm`; a worker's file must be JavaScript, so it is the built one even when the sources run. */
export function builtFile(path: string): URL {
  return new URL(path, dist);
}

/** The URL of a file of the package, such as `docs/formats.md`. */
export function packageFile(path: string): URL {
  return new URL(`../${path}`, dist);
}
