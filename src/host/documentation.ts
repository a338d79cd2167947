// The pages of the documentation, which are part of the package.
import { fileURLToPath } from 'node:url';
import { packageFile } from './built.ts';
import { readText } from './readFile.ts';

/**
 * Returns the Markdown of a page.
 * @throws InputError if it is not there
 */
export function readPage(name: string): string {
  return readText(fileURLToPath(packageFile(`docs/${name}`)));
}
