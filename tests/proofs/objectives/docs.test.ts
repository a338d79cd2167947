// The tables of docs/proofs.md say what is proved and refuted now, with every counter-example: "npm run docs:proofs" writes them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { proveNamedObjective } from '../../../src/analyses/proveObjective.ts';
import { objectiveNames } from '../../../src/objectives/index.ts';
import { objectiveProofMarkdown } from '../../../src/report/tables/objectiveProofMarkdown.ts';
import { ROOT } from '../../structure/files.ts';

test('docs/proofs.md has the verdicts on all built-in objectives', () => {
  const page = readFileSync(join(ROOT, 'docs/proofs.md'), 'utf8');
  const proofs = objectiveNames.map((name) => proveNamedObjective(name, {}, { points: 3, seed: 1 }));
  expect(page).toContain(`\n${objectiveProofMarkdown(proofs)}\n`);
});
