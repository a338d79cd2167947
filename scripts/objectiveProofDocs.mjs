// Writes the tables of verdicts on objectives into docs/proofs.md, between its marks; see `npm run docs:proofs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { proveNamedObjective } from '../build/modules/src/analyses/proveObjective.js';
import { objectiveNames } from '../build/modules/src/objectives/index.js';
import {
  objectiveExamplesMarkdown,
  objectiveVerdictsMarkdown,
} from '../build/modules/src/report/tables/objectiveProofMarkdown.js';

const page = new URL('../docs/proofs.md', import.meta.url);
const [from, to] = ['<!-- verdicts on objectives -->', '<!-- end of verdicts -->'];
const text = readFileSync(page, 'utf8');
const [before, rest] = text.split(`${from}\n`);
const after = rest?.split(`\n${to}`)[1];
if (after === undefined) throw new Error(`docs/proofs.md: expected ${from} and ${to}`);
const runs = [1, 2].map((length) => {
  const size = { attempts: 2, length, vocabulary: 2, groupSize: 4 };
  const points = { points: 3, seed: 1 };
  return { length, objectives: objectiveNames.map((name) => proveNamedObjective(name, {}, points, size)) };
});
const tables = [objectiveVerdictsMarkdown(runs), objectiveExamplesMarkdown(runs[0].objectives)];
writeFileSync(page, `${before}${from}\n${tables.join('\n\n')}\n${to}${after}`);
