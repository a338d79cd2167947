// `reproduce` on a terminal: the models, the gain by component, and a verdict a statement.

import { confidence95, mean } from '../../base/student.ts';
import { MODELS, PAIRS, type ReproduceDocument, type Verdict } from '../../experiments/reproduce/document.ts';
import type { Split } from '../../tasks/index.ts';
import { count } from '../format.ts';
import { columns, paragraph, safe } from './layout.ts';
import { MEASURE_NAMES, type PlainMeasure, showEstimate } from './measures.ts';
import type { Palette } from './palette.ts';

const TITLES: Readonly<Record<(typeof MODELS)[number], string>> = {
  base: 'base',
  sft: 'SFT',
  rl: 'RL',
  rlSample: 'RL, only π_sample',
  rlDecision: 'RL, only π_d',
};

const SHOWN: readonly PlainMeasure[] = ['accuracy', 'firstAttempt', 'stopGivenCorrect', 'resampleGivenWrong'];

const VERDICTS: Readonly<Record<Verdict, string>> = {
  supported: 'supported',
  notSupported: 'not supported',
  undecided: 'undecided',
};

function modelsTable({ models }: ReproduceDocument, split: Split, palette: Palette): string {
  const line = (model: (typeof MODELS)[number]): string[] => [
    `  ${TITLES[model]}`,
    ...SHOWN.map((measure) => {
      const bySeed = models[model]
        .map(({ splits }) => splits[split][measure].mean)
        .filter((x) => !Number.isNaN(x));
      return showEstimate({
        mean: mean(bySeed),
        ci95: bySeed.length === 0 ? [Number.NaN, Number.NaN] : confidence95(bySeed),
      });
    }),
  ];
  const title = split === 'id' ? 'in distribution' : 'out of distribution';
  return columns(
    [[title, 'left'], ...SHOWN.map((measure) => [MEASURE_NAMES[measure], 'left'] as const)],
    MODELS.map(line),
    palette,
  );
}

function gainsTable({ compare }: ReproduceDocument, palette: Palette): string {
  return columns(
    [
      ['gain in accuracy', 'left'],
      ['ID, sampling', 'left'],
      ['ID, deciding', 'left'],
      ['OOD, sampling', 'left'],
      ['OOD, deciding', 'left'],
    ],
    PAIRS.map((pair) => {
      const { id, ood } = compare[pair].splits;
      const parts = [id.shapley.sample, id.shapley.decision, ood.shapley.sample, ood.shapley.decision];
      return [`  ${pair.replace('->', ' → ')}`, ...parts.map(showEstimate)];
    }),
    palette,
  );
}

function verdictLines({ claims }: ReproduceDocument, palette: Palette): string {
  const colours = { supported: palette.green, notSupported: palette.red, undecided: palette.yellow };
  return claims
    .map(({ statement, quantity, measured, ci95, verdict }) =>
      [
        `${colours[verdict](VERDICTS[verdict].padEnd(14))}${statement}`,
        palette.dim(paragraph(`${quantity}: ${showEstimate({ mean: measured, ci95 })}`, 14)),
      ].join('\n'),
    )
    .join('\n');
}

/** The document as text. */
export function reproduceTable(document: ReproduceDocument, dir: string, palette: Palette): string {
  const { preset, seeds, episodes, trajectories, rule } = document;
  return [
    palette.dim(
      `${safe(preset)}: ${count(seeds.length, 'seed')}, ${trajectories.sft} trajectories of SFT and ${trajectories.rl} of each RL after the base, ${episodes} episodes a split, model and seed; means with t intervals of 95 % over seeds`,
    ),
    modelsTable(document, 'id', palette),
    modelsTable(document, 'ood', palette),
    gainsTable(document, palette),
    verdictLines(document, palette),
    palette.dim(paragraph(rule, 0)),
    `all runs are in ${safe(dir)}`,
  ].join('\n\n');
}
