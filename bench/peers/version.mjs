// The version of an installed package, for the description of a peer.
import { readFileSync } from 'node:fs';

/** `4.22.0` of `@tensorflow/tfjs-core`. @throws Error if the package is not installed in this folder */
export function versionOf(name) {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
