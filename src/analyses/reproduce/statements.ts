// The paper's empirical claim in statements that can fail, each a difference that should be above 0. They and the rule were
// written down before any run.
import { confidence95, mean, samplesToDecide } from '../../base/student.ts';
import type { Estimate, EstimatedMeasures } from '../../documents/evaluation.ts';
import type {
  MeasuredStatement,
  ModelName,
  PairName,
  SeedEvaluation,
  Verdict,
} from '../../documents/reproduce.ts';
import type { Split } from '../../tasks/index.ts';
import type { Shapley } from '../../training/index.ts';

/** The rule of all verdicts. */
export const RULE =
  'A statement says that a difference is above 0. It is supported if the 95 % t interval of the difference over seeds lies above 0, not supported if it lies below 0, and undecided otherwise. Intervals are not corrected for the number of statements.';

interface Statement {
  readonly id: string;
  readonly statement: string;
  readonly quantity: string;
  readonly difference: (seed: SeedEvaluation) => number;
}

type Plain = {
  [M in keyof EstimatedMeasures]: EstimatedMeasures[M] extends Estimate ? M : never;
}[keyof EstimatedMeasures];

function of({ models }: SeedEvaluation, model: ModelName, split: Split, measure: Plain = 'accuracy'): number {
  return models[model].splits[split][measure].mean;
}

function parts({ compare }: SeedEvaluation, pair: PairName): Shapley {
  return compare[pair].ood.shapley;
}

/** All statements, in the order of the report. */
export const statements: readonly Statement[] = [
  {
    id: 'rlAboveSft',
    statement: 'RL answers more prompts right than SFT out of distribution.',
    quantity: 'accuracy OOD of RL − that of SFT',
    difference: (s) => of(s, 'rl', 'ood') - of(s, 'sft', 'ood'),
  },
  {
    id: 'rlLosesLess',
    statement: 'RL loses less accuracy than SFT on the way out of the distribution.',
    quantity: '(accuracy OOD − ID) of RL − that of SFT',
    difference: (s) => of(s, 'rl', 'ood') - of(s, 'rl', 'id') - (of(s, 'sft', 'ood') - of(s, 'sft', 'id')),
  },
  {
    id: 'rlDecidesBetter',
    statement: 'RL decides better than SFT out of distribution.',
    quantity: 'balanced accuracy of decisions OOD of RL − that of SFT',
    difference: (s) => of(s, 'rl', 'ood', 'balancedAccuracy') - of(s, 'sft', 'ood', 'balancedAccuracy'),
  },
  {
    id: 'mainlyDecisionOverSft',
    statement: 'What RL gains over SFT out of distribution comes mainly through π_d.',
    quantity: 'Shapley values of the gain in accuracy OOD from SFT to RL: deciding − sampling',
    difference: (s) => parts(s, 'sft->rl').decision - parts(s, 'sft->rl').sample,
  },
  {
    id: 'mainlyDecisionOverBase',
    statement: 'What RL gains over the base out of distribution comes mainly through π_d.',
    quantity: 'Shapley values of the gain in accuracy OOD from base to RL: deciding − sampling',
    difference: (s) => parts(s, 'base->rl').decision - parts(s, 'base->rl').sample,
  },
  {
    id: 'decisionAlone',
    statement:
      'RL that may change only π_d ends higher out of distribution than RL that may change only π_sample.',
    quantity: 'accuracy OOD of RL on decision tokens − that of RL on sample tokens',
    difference: (s) => of(s, 'rlDecision', 'ood') - of(s, 'rlSample', 'ood'),
  },
  {
    id: 'sftNeglectsDecision',
    statement: 'SFT improves mainly π_sample and neglects π_d.',
    quantity: 'Shapley values of the gain in accuracy OOD from base to SFT: sampling − deciding',
    difference: (s) => parts(s, 'base->sft').sample - parts(s, 'base->sft').decision,
  },
];

/** The verdict that the rule gives. */
export function verdictOf(samples: readonly number[]): Verdict {
  const [low, high] = confidence95(samples);
  if (samples.length < 2 || !(low > 0 || high < 0)) return 'undecided';
  return low > 0 ? 'supported' : 'notSupported';
}

/** All statements measured over seeds. */
export function measureStatements(seeds: readonly SeedEvaluation[]): MeasuredStatement[] {
  return statements.map(({ id, statement, quantity, difference }) => {
    const bySeed = seeds.map(difference);
    // A seed at which there was nothing to measure says nothing.
    const told = bySeed.filter((x) => !Number.isNaN(x));
    const verdict = verdictOf(told);
    const seedsToDecide = verdict === 'undecided' ? samplesToDecide(told) : undefined;
    return {
      id,
      statement,
      quantity,
      measured: mean(told),
      ci95: told.length === 0 ? [Number.NaN, Number.NaN] : confidence95(told),
      bySeed,
      verdict,
      ...(seedsToDecide === undefined ? {} : { seedsToDecide }),
    };
  });
}
