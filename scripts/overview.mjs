// Draws docs/overview.svg, the picture at the top of README.md, from what the build verifies: node scripts/overview.mjs [--check]. With
// --check nothing is written, and a picture that is out of date is an error.
import { readFileSync, writeFileSync } from 'node:fs';
import { overviewPanels, overviewSvg } from '../build/modules/src/report/figures/overview.js';
import { useKernels } from '../dist/src/autodiff/index.js';
import { loadWasmKernels } from '../dist/src/host/index.js';
import { claims, randomPolicy, verify } from '../dist/src/index.js';

const PICTURE = 'docs/overview.svg';
// The policy of `gradsplit verify` without options.
useKernels(await loadWasmKernels());
const shown = ['C3', 'C4', 'C5', 'C5b'];
const result = verify({
  policy: randomPolicy({ attempts: 3, length: 2, vocabulary: 3 }, 1),
  generic: true,
  source: 'random',
  seed: 1,
  claims: claims.filter(({ id }) => shown.includes(id)),
});
const picture = `${overviewSvg(overviewPanels(result.claims))}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(PICTURE, 'utf8') !== picture) {
    console.error(`${PICTURE} is out of date: npm run docs:overview`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(PICTURE, picture);
}
