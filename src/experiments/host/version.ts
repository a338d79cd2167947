// The version of this package, read from its package.json wherever this file was built to.
import { createRequire } from 'node:module';

/** Version of gradsplit, such as `0.1.0`. */
export const version: string = (
  createRequire(import.meta.url)('gradsplit/package.json') as { readonly version: string }
).version;
