// `reproduce` on a terminal: the models, the gain by component, and a verdict a statement.
import { MODELS, PAIRS } from '../../analyses/reproduce/models.ts';
import type { ReproduceDocument } from '../../documents/reproduce.ts';
import type { Split } from '../../tasks/index.ts';
import {
  MODEL_NAMES,
  modelEstimate,
  pairName,
  SHOWN_MEASURES,
  SPLIT_NAMES,
  VERDICT_NAMES,
} from '../experiment.ts';
import { count } from '../format.ts';
import { columns, paragraph, safe } from './layout.ts';
import { estimateCells, estimateColumns, MEASURE_NAMES, showEstimate } from './measures.ts';
import type { Palette } from './palette.ts';

function modelsTable(document: ReproduceDocument, split: Split, palette: Palette): string {
  const line = (model: (typeof MODELS)[number]): string[] => [
    `  ${MODEL_NAMES[model]}`,
    ...SHOWN_MEASURES.flatMap((measure) => estimateCells(modelEstimate(document, model, split, measure))),
  ];
  return columns(
    [
      [SPLIT_NAMES[split], 'left'],
      ...estimateColumns(SHOWN_MEASURES.map((measure) => MEASURE_NAMES[measure])),
    ],
    MODELS.map(line),
    palette,
  );
}

function gainsTable({ compare }: ReproduceDocument, palette: Palette): string {
  return columns(
    [
      ['gain in accuracy', 'left'],
      ...estimateColumns(['ID, sampling', 'ID, deciding', 'OOD, sampling', 'OOD, deciding']),
    ],
    PAIRS.map((pair) => {
      const { id, ood } = compare[pair].splits;
      const parts = [id.shapley.sample, id.shapley.decision, ood.shapley.sample, ood.shapley.decision];
      return [`  ${pairName(pair)}`, ...parts.flatMap(estimateCells)];
    }),
    palette,
  );
}

function verdictLines({ claims }: ReproduceDocument, palette: Palette): string {
  const colours = { supported: palette.green, notSupported: palette.red, undecided: palette.yellow };
  return claims
    .map(({ statement, quantity, measured, ci95, verdict }) =>
      [
        paragraph(statement, 14, palette).replace(
          ' '.repeat(14),
          colours[verdict](VERDICT_NAMES[verdict].padEnd(14)),
        ),
        palette.dim(paragraph(`${quantity}: ${showEstimate({ mean: measured, ci95 })}`, 14, palette)),
      ].join('\n'),
    )
    .join('\n');
}

/** The document as text. */
export function reproduceTable(document: ReproduceDocument, dir: string, palette: Palette): string {
  const { preset, seeds, episodes, trajectories, rule } = document;
  return [
    palette.dim(
      paragraph(
        `${safe(preset)}: ${count(seeds.length, 'seed')}, ${trajectories.sft} trajectories of SFT and ${trajectories.rl} of each RL after the base, ${episodes} episodes per split, model and seed; means with t intervals of 95 % over seeds`,
        0,
        palette,
      ),
    ),
    modelsTable(document, 'id', palette),
    modelsTable(document, 'ood', palette),
    gainsTable(document, palette),
    verdictLines(document, palette),
    palette.dim(paragraph(rule, 0, palette)),
    paragraph(`All runs are in ${safe(dir)}. The report is ${safe(dir)}/report.html.`, 0, palette),
  ].join('\n\n');
}
