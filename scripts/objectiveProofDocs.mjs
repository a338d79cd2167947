// Writes the tables of verdicts on objectives into docs/proofs.md, between its marks; see `npm run docs:proofs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { proveNamedObjective } from '../build/modules/src/analyses/proveObjective.js';
import { objectiveNames } from '../build/modules/src/objectives/index.js';
import { objectiveProofMarkdown } from '../build/modules/src/report/tables/objectiveProofMarkdown.js';

const page = new URL('../docs/proofs.md', import.meta.url);
const [from, to] = ['<!-- verdicts on objectives -->', '<!-- end of verdicts -->'];
const text = readFileSync(page, 'utf8');
const [before, rest] = text.split(`${from}\n`);
const after = rest?.split(`\n${to}`)[1];
if (after === undefined) throw new Error(`docs/proofs.md: expected ${from} and ${to}`);
const proofs = objectiveNames.map((name) => proveNamedObjective(name, {}, { points: 3, seed: 1 }));
writeFileSync(page, `${before}${from}\n${objectiveProofMarkdown(proofs)}\n${to}${after}`);
