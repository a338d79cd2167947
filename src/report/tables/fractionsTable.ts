// `exact --exact` on a terminal: the numbers that are fractions, as such.

import type { Fraction } from '../../algebra/fraction.ts';
import { type ExactFractions, FLOAT_QUANTITIES } from '../../analyses/exactFractions.ts';
import { decisionKeys, type PolicyShape, sampleKeys } from '../../policy/shape.ts';
import { fractionWords } from '../fractionWords.ts';
import { paragraph } from './layout.ts';
import { type Palette, plainPalette } from './palette.ts';

/** No more rows of a gradient are printed than this. */
const MOST_ROWS = 20;

const shown = (value: Fraction): string => fractionWords(value).text;

/** The first rows of a table, keyed by history. */
function rowLines(values: readonly Fraction[], width: number, keys: Iterable<string>): string[] {
  const lines: string[] = [];
  const rows = values.length / width;
  for (const key of keys) {
    if (lines.length === MOST_ROWS) {
      lines.push(`    and ${rows - MOST_ROWS} more rows, which --json has`);
      break;
    }
    const at = lines.length * width;
    lines.push(
      `    ${JSON.stringify(key)}: ${values
        .slice(at, at + width)
        .map(shown)
        .join(', ')}`,
    );
  }
  return lines;
}

function gradientLines(
  shape: PolicyShape,
  { sample, decision }: ExactFractions['reward']['gradient'],
): string[] {
  return [
    ...['    sample', ...rowLines(sample, shape.vocabulary, sampleKeys(shape))],
    ...(decision.length === 0 ? [] : ['    decision', ...rowLines(decision, 2, decisionKeys(shape))]),
  ];
}

/** The fractions of a policy as text. */
export function fractionsTable(
  shape: PolicyShape,
  { expectedAttempts, reward, forwardKl }: ExactFractions,
  palette: Palette = plainPalette,
): string {
  const { mean, variance, varianceSample, varianceDecision } = reward;
  const lines = [
    palette.bold('in fractions'),
    `  E[attempts] = ${shown(expectedAttempts)}`,
    `  E[R] = ${shown(mean)}`,
    `  Var(R) = ${shown(variance)}`,
    `  V_sample = ${shown(varianceSample)}`,
    `  V_decision = ${shown(varianceDecision)}`,
    '  ∇E[R]',
    ...gradientLines(shape, reward.gradient),
    '  ∇KL(reference‖π)',
    ...gradientLines(shape, forwardKl.gradient),
  ];
  const rest = `Logarithms and roots of fractions are none: ${FLOAT_QUANTITIES.join(', ')} are in float64 only.`;
  return `${lines.join('\n')}\n\n${palette.dim(paragraph(rest, 0, palette))}`;
}
