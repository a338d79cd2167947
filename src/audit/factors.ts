// Which of two explanations the factors of whole trajectories follow: a factor between logged weights and a form must be the same on all
// trajectories of a batch.
import { leastAgreement, median, ROUNDING } from './alternatives.ts';
import { Column, IntegerColumn } from './columns/column.ts';
import { listsBy } from './columns/lists.ts';
import type { PageMemory } from './columns/pageMemory.ts';
import type { Evidence } from './rule.ts';
import { rowSpans } from './spans.ts';
import type { Summary } from './summary.ts';

/** How it ended. */
export interface FactorOutcome {
  /** Trajectories on which the two explanations differ by more than rounding. */
  readonly trajectories: number;
  readonly alternative: number;
  readonly declared: number;
  /** More trajectories than this have to speak for the alternative. */
  readonly threshold: number;
  readonly isAlternative: boolean;
  /** Those that speak for the alternative, as their indices in the summary. */
  readonly indices: IntegerColumn;
}

/** Numbers less their median. */
function centred(values: readonly number[]): readonly number[] {
  const middle = median(values);
  return values.map((x) => x - middle);
}

/** Compares two explanations of a factor by trajectory, three numbers each. */
export class FactorContest {
  private readonly index: IntegerColumn;
  private readonly declared: Column;
  private readonly alternative: Column;
  private readonly size: Column;

  /** @param memory where the columns are; left out: in memory */
  constructor(memory?: PageMemory) {
    this.index = new IntegerColumn(memory);
    this.declared = new Column(memory);
    this.alternative = new Column(memory);
    this.size = new Column(memory);
  }

  /**
   * Adds a trajectory.
   * @param declared log of what the declared explanation leaves of the factor
   * @param alternative the same for the alternative
   * @param size what roundings are relative to: 1 and the size of an exponent
   */
  add(i: number, declared: number, alternative: number, size: number): void {
    if (!Number.isFinite(declared + alternative)) return;
    this.index.push(i);
    this.declared.push(declared);
    this.alternative.push(alternative);
    this.size.push(size);
  }

  /** @param tried how many alternatives are tried together */
  outcome(summary: Summary, tried = 1): FactorOutcome {
    const { index, declared, alternative, size } = this;
    const indices = new IntegerColumn(summary.memory);
    const batch = new IntegerColumn(summary.memory);
    for (const i of index) batch.push(summary.batch.at(i));
    let [trajectories, forDeclared, chance] = [0, 0, 0];
    for (const members of listsBy(batch)) {
      const left = centred(members.map((k) => declared.at(k)));
      const leftByAlternative = centred(members.map((k) => alternative.at(k)));
      for (const [j, k] of members.entries()) {
        const rounding = 2 * ROUNDING * size.at(k);
        const [d, a] = [left[j]!, leftByAlternative[j]!];
        if (!(Math.abs(d - a) > 8 * rounding)) continue;
        trajectories++;
        chance += (2 * rounding) / Math.abs(d - a);
        if (Math.abs(d) <= rounding) forDeclared++;
        if (Math.abs(a) <= rounding) indices.push(index.at(k));
      }
    }
    const least = leastAgreement(trajectories, chance / trajectories, tried);
    return {
      trajectories,
      alternative: indices.length,
      declared: forDeclared,
      threshold: least - 1,
      isAlternative: trajectories > 0 && indices.length >= least,
      indices,
    };
  }
}

/** The evidence of a comparison that the alternative won. */
export function factorEvidence(
  summary: Summary,
  { trajectories, alternative, declared, threshold, indices }: FactorOutcome,
  message: string,
): Evidence {
  return {
    message: `${message}: ${alternative} of ${trajectories} trajectories that tell the two apart; what is declared gives ${declared}`,
    evidence: { trajectories, alternative, declared },
    threshold,
    spans: rowSpans(summary, indices),
  };
}
