// Runs programs made of @example blocks, one after the other, on the WebAssembly kernels: node runDocstrings.mjs FOLDER. Writes
// what failed as JSON, by file. The folder's statedResult.js hands results over through `globalThis.failures`.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { useKernels } from 'gradsplit/autodiff';
import { loadWasmKernels } from 'gradsplit/node';

const folder = resolve(process.argv[2]);
const failed = {};
for (const name of readdirSync(folder).filter((file) => /^example.*\.js$/.test(file))) {
  useKernels(await loadWasmKernels());
  globalThis.failures = [];
  try {
    await import(pathToFileURL(join(folder, name)).href);
  } catch (error) {
    globalThis.failures.push(String(error?.stack ?? error));
  }
  failed[name] = globalThis.failures;
}
console.log(JSON.stringify(failed));
