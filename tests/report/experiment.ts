// An experiment for tests of its report: every number made up, from formulas, so that the same experiment is the same.
import { MODELS, modelsOf, PAIRS } from '../../src/analyses/reproduce/models.ts';
import { reproduceDocument } from '../../src/analyses/reproduce/overSeeds.ts';
import { configsOf, type Plan } from '../../src/analyses/reproduce/plan.ts';
import { repeatExperiment } from '../../src/cli/repeat.ts';
import type { SwappedSplit } from '../../src/documents/comparison.ts';
import type { EstimatedMeasures, EvaluationMeasures } from '../../src/documents/evaluation.ts';
import type {
  Example,
  ExampleEpisode,
  ModelName,
  PairName,
  ReproduceDocument,
  SeedEvaluation,
} from '../../src/documents/reproduce.ts';
import type { ReproduceExtras } from '../../src/report/reproduceHtml.ts';
import type { Split } from '../../src/tasks/index.ts';
import { gridOf, shapley } from '../../src/training/index.ts';
import { metricsOf, pickSum } from './runs.ts';

/** How well each model samples and decides. */
const SKILL: Readonly<Record<ModelName, readonly [sample: number, decision: number]>> = {
  base: [0.3, 0.6],
  sft: [0.36, 0.62],
  rl: [0.38, 0.8],
  rlSample: [0.4, 0.6],
  rlDecision: [0.31, 0.82],
};

function measuresOf(sample: ModelName, decision: ModelName, split: Split, seed: number): EvaluationMeasures {
  const noise = 0.015 * Math.sin(7 * seed + SKILL[sample][0] * 100);
  const first = SKILL[sample][0] - (split === 'ood' ? 0.08 : 0) + noise;
  const skill = SKILL[decision][1] - noise;
  return {
    accuracy: first + (1 - first) * skill * 0.5,
    firstAttempt: first,
    laterAttempts: [first, first / 2],
    stopGivenCorrect: skill,
    resampleGivenWrong: skill - 0.1,
    balancedAccuracy: skill - 0.05,
    auc: skill,
    attempts: 2,
    closedForm: first + 0.2,
  };
}

function estimated(measures: EvaluationMeasures): EstimatedMeasures {
  const estimate = (mean: number): { mean: number; ci95: [number, number] } => ({
    mean,
    ci95: [mean - 0.02, mean + 0.02],
  });
  const { laterAttempts, ...plain } = measures;
  const named = Object.entries(plain).map(([name, value]) => [name, estimate(value)]);
  return { episodes: 200, laterAttempts: laterAttempts.map(estimate), ...Object.fromEntries(named) };
}

function swapped(pair: PairName, split: Split, seed: number): SwappedSplit {
  const [a, b] = modelsOf(pair);
  const of = { a, b };
  const grid = gridOf((_cell, x, y) => measuresOf(of[x], of[y], split, seed));
  return { grid, shapley: shapley(gridOf((cell) => grid[cell].accuracy)) };
}

const episode = (texts: readonly string[], stop: readonly number[]): ExampleEpisode => ({
  attempts: texts,
  right: texts.map((text) => text === '354'),
  stop,
});

/** Two prompts with their answers. */
export const examples: readonly Example[] = ['351924=12', '720613=9'].map((prompt) => ({
  prompt,
  answers: {
    base: episode(['135', '924', '351', '192'], [0.41, 0.52, 0.13]),
    sft: episode(['924', '354'], [0.22, 0.71]),
    rl: episode(['354'], [0.97]),
  },
}));

/** What was measured at a seed: models differ in both skills. */
export function evaluationOf(seed: number): SeedEvaluation {
  const splits = <T>(of: (split: Split) => T): Record<Split, T> => ({ id: of('id'), ood: of('ood') });
  const model = (name: ModelName): SeedEvaluation['models'][ModelName] => ({
    schema: 'gradsplit/eval@1',
    checkpoint: `runs/x/seed-${seed}/${name}`,
    task: 'pickSum',
    splits: splits((split) => estimated(measuresOf(name, name, split, seed))),
  });
  return {
    seed,
    models: Object.fromEntries(MODELS.map((name) => [name, model(name)])) as SeedEvaluation['models'],
    compare: Object.fromEntries(
      PAIRS.map((pair) => [pair, splits((split) => swapped(pair, split, seed))]),
    ) as SeedEvaluation['compare'],
    examples,
  };
}

/** What the experiment was about. */
export function planOf(seeds = 3): Plan {
  return { preset: 'pick-sum', seeds, quick: false, episodes: 200, config: pickSum() };
}

/** The document of so many seeds. */
export function documentOf(seeds = 3): ReproduceDocument {
  return reproduceDocument(
    planOf(seeds),
    Array.from({ length: seeds }, (_, i) => evaluationOf(i + 1)),
  );
}

/** What the document does not hold. */
export function extrasOf(seeds = 3): ReproduceExtras {
  const { rl } = configsOf(planOf(seeds));
  const total = rl.base.loop.steps + rl.train.loop.steps;
  const runs = (shift: number): ReturnType<typeof metricsOf>[] =>
    Array.from({ length: seeds }, (_, seed) =>
      metricsOf(rl, total).map((line) => ({
        ...line,
        reward: line.reward === null ? null : line.reward + shift + 0.02 * seed,
      })),
    );
  return {
    dir: 'runs/x',
    repeat: repeatExperiment(planOf(seeds), 'runs/x'),
    plan: planOf(seeds),
    kernels: { backend: 'wasm', build: 'plain' },
    version: '0.1.0',
    metrics: { rl: runs(0.1), rlSample: runs(0), rlDecision: runs(0.05) },
    examples: { seed: 1, examples },
    rollouts: { kind: 'none', log: 'gradsplit reproduce pick-sum --log-rollouts' },
  };
}
