// Reads the script of reports with an explorer, and says by which hash a page allows it.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtFile } from './built.ts';

/** A script with its hash. */
export interface HashedScript {
  readonly text: string;
  /** As a Content-Security-Policy names it, such as `sha256-…`. */
  readonly hash: string;
}

/** The script with the hash by which a page allows it. */
function hashedScript(text: string): HashedScript {
  return { text, hash: `sha256-${createHash('sha256').update(text).digest('base64')}` };
}

/**
 * Reads the script of the explorer.
 * @throws Error if the package was not built
 */
export function readExplorerScript(): HashedScript {
  const path = fileURLToPath(builtFile('explorer/explorer.js'));
  if (!existsSync(path)) throw new Error('dist/explorer/explorer.js is missing: run npm run build');
  return hashedScript(readFileSync(path, 'utf8'));
}
