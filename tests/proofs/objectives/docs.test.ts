// The tables of docs/proofs.md say what is proved and refuted now, with every counter-example: "npm run docs:proofs" writes them. Pairs at
// length 1 are decided here again, which is where every counter-example of the page comes from.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { proveNamedObjective } from '../../../src/analyses/proveObjective.ts';
import { objectiveNames } from '../../../src/objectives/index.ts';
import { objectiveExamplesMarkdown } from '../../../src/report/tables/objectiveProofMarkdown.ts';
import { QUESTIONS } from '../../../src/report/tables/objectiveProofTable.ts';
import { ROOT } from '../../structure/files.ts';

test('docs/proofs.md has the verdicts on all built-in objectives', () => {
  const page = readFileSync(join(ROOT, 'docs/proofs.md'), 'utf8');
  const size = { attempts: 2, length: 1, vocabulary: 2, groupSize: 2 };
  const proofs = objectiveNames.map((name) => proveNamedObjective(name, {}, { points: 1, seed: 1 }, size));
  expect(page).toContain(`\n${objectiveExamplesMarkdown(proofs)}\n`);
  for (const proof of proofs) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${proof.name}\` | `))!;
    const cells = row.split(' | ').slice(1);
    for (const [i, [question]] of QUESTIONS.entries()) {
      const { verdict, value } = proof[question];
      const word = verdict === 'refuted' ? '**refuted**' : `proved${value === undefined ? '' : `: ${value}`}`;
      expect(cells[i]!.startsWith(word), `${proof.name}: ${question}`).toBe(true);
    }
  }
});
