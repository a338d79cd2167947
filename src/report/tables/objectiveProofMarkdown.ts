// The verdicts on all built-in objectives as tables of docs/proofs.md.
import type { ProvedObjective } from '../../documents/objectiveProof.ts';
import { policyInWords, QUESTIONS } from './objectiveProofTable.ts';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(heads), row(heads.map(() => '---')), ...rows.map(row)].join('\n');
}

type Question = (typeof QUESTIONS)[number][0];

/** `proved`, with the factor; **refuted**; or outside. */
function cell({ verdict, value }: ProvedObjective[Question]): string {
  if (verdict !== 'proved') return verdict === 'refuted' ? '**refuted**' : verdict;
  return value === undefined ? 'proved' : `proved: ${value}`;
}

/** A table of the verdicts, and one of the counter-examples. */
export function objectiveProofMarkdown(objectives: readonly ProvedObjective[]): string {
  const verdicts = objectives.map((proof) => [
    `\`${proof.name}\``,
    ...QUESTIONS.map(([question]) => cell(proof[question])),
  ]);
  const examples = objectives.flatMap((proof) =>
    QUESTIONS.flatMap(([question, words]) => {
      const { counterExample, place, found, expected } = proof[question];
      if (counterExample === undefined) return [];
      return [
        [`\`${proof.name}\``, words, policyInWords(counterExample), `${place}: ${found}, not ${expected}`],
      ];
    }),
  );
  const risks = objectives.flatMap((proof) =>
    QUESTIONS.map(([question]) => proof[question].riskLog2 ?? -Infinity),
  );
  return [
    table(['objective', ...QUESTIONS.map(([, words]) => words)], verdicts),
    `The largest risk in the table is 2^${Math.max(...risks)}.`,
    table(['objective', 'question', 'counter-example', 'what it shows'], examples),
  ].join('\n\n');
}
