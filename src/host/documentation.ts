// The pages of the documentation, which are part of the package.

import { fileURLToPath } from 'node:url';
import { readText } from './readFile.ts';

/** The folder docs/, relative to dist/src/host/ or, when the sources run, to src/host/. */
const folder: URL = new URL(
  import.meta.url.endsWith('.ts') ? '../../docs/' : '../../../docs/',
  import.meta.url,
);

/**
 * Returns the Markdown of a page.
 * @throws InputError if it is not there
 */
export function readPage(name: string): string {
  return readText(fileURLToPath(new URL(name, folder)));
}
