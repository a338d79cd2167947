// The checks of tests/gpu/page in Node, on headless-gl: `npm run test:gpu:node`, under Xvfb. Prints a line a check; exit code 1
// if one fails.
import { createRequire } from 'node:module';
import { loadWasmKernelsSync } from 'gradsplit/node';
import { checks } from './page/index.mjs';

const MODE = 'headlessgl';
const gpujs = createRequire(new URL('gpujs/package.json', import.meta.url))('gpu.js');
const environment = { gpujs, makeKernels: () => loadWasmKernelsSync({ threads: 1 }) };

let failed = 0;
const entries = Object.entries(checks[MODE]);
for (const [name, check] of entries) {
  try {
    const detail = await check(environment, MODE);
    process.stdout.write(`ok      ${name}${detail === undefined ? '' : `: ${detail}`}\n`);
  } catch (error) {
    failed++;
    process.stdout.write(`failed  ${name}: ${error.message}\n`);
  }
}
process.stdout.write(`${entries.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
