// From seeds to means with t intervals.
import { confidence95, mean } from '../../base/student.ts';
import type { Estimate, EstimatedMeasures, EvaluationMeasures } from '../../documents/evaluation.ts';
import type {
  ComparedPair,
  ModelName,
  PairName,
  ReproduceDocument,
  SeedEvaluation,
} from '../../documents/reproduce.ts';
import type { Split } from '../../tasks/index.ts';
import { gridOf } from '../../training/index.ts';
import { MODELS, PAIRS } from './models.ts';
import { configsOf, type Plan, trajectoriesOf } from './plan.ts';
import { measureStatements, RULE } from './statements.ts';

/** Mean and t interval over the seeds where there was something to measure. */
export function overSeeds(samples: readonly number[]): Estimate {
  const kept = samples.filter((x) => !Number.isNaN(x));
  return { mean: mean(kept), ci95: kept.length === 0 ? [Number.NaN, Number.NaN] : confidence95(kept) };
}

function measuresOverSeeds(seeds: readonly EvaluationMeasures[], episodes: number): EstimatedMeasures {
  const names = Object.entries(seeds[0]!).map(([name, value]) => {
    const key = name as keyof EvaluationMeasures;
    if (!Array.isArray(value)) return [name, overSeeds(seeds.map((m) => m[key] as number))];
    return [name, value.map((_, k) => overSeeds(seeds.map((m) => (m[key] as readonly number[])[k]!)))];
  });
  return { episodes, ...Object.fromEntries(names) };
}

function pairOverSeeds(seeds: readonly SeedEvaluation[], pair: PairName, episodes: number): ComparedPair {
  const split = (name: Split): ComparedPair['splits'][Split] => {
    const all = seeds.map(({ compare }) => compare[pair][name]);
    return {
      grid: gridOf((cell) =>
        measuresOverSeeds(
          all.map(({ grid }) => grid[cell]),
          episodes,
        ),
      ),
      shapley: {
        sample: overSeeds(all.map(({ shapley }) => shapley.sample)),
        decision: overSeeds(all.map(({ shapley }) => shapley.decision)),
      },
    };
  };
  return { splits: { id: split('id'), ood: split('ood') } };
}

/** The document of an experiment from what was measured at its seeds. */
export function reproduceDocument(plan: Plan, seeds: readonly SeedEvaluation[]): ReproduceDocument {
  const { episodes } = plan;
  const configs = configsOf(plan);
  const byModel = (model: ModelName): ReproduceDocument['models'][ModelName] =>
    seeds.map(({ models }) => models[model]);
  return {
    schema: 'gradsplit/reproduce@1',
    preset: plan.preset,
    quick: plan.quick,
    seeds: seeds.map(({ seed }) => seed),
    episodes,
    trajectories: { sft: trajectoriesOf(configs.sft), rl: trajectoriesOf(configs.rl) },
    models: Object.fromEntries(MODELS.map((model) => [model, byModel(model)])) as ReproduceDocument['models'],
    compare: Object.fromEntries(
      PAIRS.map((pair) => [pair, pairOverSeeds(seeds, pair, episodes)]),
    ) as ReproduceDocument['compare'],
    rule: RULE,
    claims: measureStatements(seeds),
  };
}
