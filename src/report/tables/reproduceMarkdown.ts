// `reproduce` results as Markdown, for docs/experiments.md.
import { MODELS, PAIRS } from '../../analyses/reproduce/models.ts';
import type { Estimate } from '../../documents/evaluation.ts';
import type { ReproduceDocument } from '../../documents/reproduce.ts';
import type { Split } from '../../tasks/index.ts';
import { MODEL_NAMES, modelEstimate, pairName, SHOWN_MEASURES, VERDICT_NAMES } from '../experiment.ts';
import { count } from '../format.ts';
import { markdownTable } from './markdown.ts';

/** `.640 ± .021`: intervals of t are symmetric. */
function plusMinus({ mean, ci95: [low, high] }: Estimate): string {
  if (!Number.isFinite(mean)) return '–';
  const show = (x: number): string =>
    x
      .toFixed(3)
      .replace(/^-(0\.0+)$/, '$1')
      .replace(/^(-?)0\./, '$1.');
  return `${show(mean)} ± ${show((high - low) / 2)}`.replaceAll('-', '−');
}

function modelRows(document: ReproduceDocument): string[][] {
  return MODELS.map((model) => {
    const of = (split: Split, measure: (typeof SHOWN_MEASURES)[number]): string =>
      plusMinus(modelEstimate(document, model, split, measure));
    return [
      MODEL_NAMES[model],
      ...(['id', 'ood'] as const).flatMap((split) => SHOWN_MEASURES.map((measure) => of(split, measure))),
    ];
  });
}

/** The document as Markdown: models, gains by component, verdicts. */
export function reproduceMarkdown(document: ReproduceDocument): string {
  const { preset, seeds, episodes, trajectories, compare, claims } = document;
  const short = ['accuracy', 'first', 'S∣r', 'R∣w'];
  const parts = ['sampling', 'deciding'];
  const gains = PAIRS.map((pair) => {
    const { id, ood } = compare[pair].splits;
    const four = [id.shapley.sample, id.shapley.decision, ood.shapley.sample, ood.shapley.decision];
    return [pairName(pair), ...four.map(plusMinus)];
  });
  return [
    `\`gradsplit reproduce ${preset}\`: ${count(seeds.length, 'seed')}, ${episodes} episodes per split, model and seed; ${trajectories.sft} trajectories of SFT and ${trajectories.rl} of each RL after the base.\n`,
    markdownTable(
      ['', ...short.map((name) => `ID ${name}`), ...short.map((name) => `OOD ${name}`)],
      modelRows(document),
    ),
    markdownTable(
      ['gain in accuracy', ...parts.map((p) => `ID ${p}`), ...parts.map((p) => `OOD ${p}`)],
      gains,
    ),
    markdownTable(
      ['statement', 'difference', 'verdict'],
      claims.map(({ statement, measured, ci95, verdict }) => [
        statement,
        plusMinus({ mean: measured, ci95 }),
        VERDICT_NAMES[verdict],
      ]),
    ),
  ].join('\n');
}
