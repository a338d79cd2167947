// Who improved what: every model in and out of distribution, as pictures and as numbers.
import { SPLITS } from '../../analyses/evaluate.ts';
import { MODELS } from '../../analyses/reproduce/models.ts';
import type { ModelName, ReproduceDocument } from '../../documents/reproduce.ts';
import type { Split } from '../../tasks/index.ts';
import { cell, head, number } from '../cells.ts';
import { bySeed, MODEL_NAMES, modelEstimate, SHOWN_MEASURES, SPLIT_NAMES } from '../experiment.ts';
import { type Dot, type DotsFigure, drawDots } from '../figures/dots.ts';
import { drawingHtml } from '../figures/index.ts';
import { type Html, html, prose } from '../html.ts';
import { MEASURE_NAMES, type PlainMeasure } from '../tables/measures.ts';

/** Colours of the models, the same everywhere: what only samples better is blue, what only decides better orange. */
export const MODEL_INKS: Readonly<Record<ModelName, DotsFigure['rows'][number]['ink']>> = {
  base: 'series-3',
  sft: 'series-1',
  rl: 'series-0',
  rlSample: 'sample',
  rlDecision: 'decision',
};

const CAPTIONS: Partial<Readonly<Record<PlainMeasure, string>>> = {
  accuracy: 'The attempt that was handed in is right.',
  firstAttempt: 'Sampling alone: the first attempt is right.',
  stopGivenCorrect: 'Deciding: mean probability of STOP after a right attempt.',
  resampleGivenWrong: 'Deciding: mean probability of RESAMPLE after a wrong attempt.',
};

function picture(document: ReproduceDocument, measure: PlainMeasure): Html {
  const dot = (model: ModelName, split: Split): Dot => ({
    ...modelEstimate(document, model, split, measure),
    bySeed: bySeed(document, model, split, measure),
  });
  const figure: DotsFigure = {
    title: MEASURE_NAMES[measure],
    caption: CAPTIONS[measure] ?? '',
    rows: MODELS.map((model) => ({
      label: MODEL_NAMES[model],
      ink: MODEL_INKS[model],
      id: dot(model, 'id'),
      ood: dot(model, 'ood'),
    })),
  };
  return drawingHtml(figure, drawDots(figure));
}

function table(document: ReproduceDocument, split: Split): Html {
  const columns = head([
    ['', 'text'],
    ...SHOWN_MEASURES.map((measure) => [MEASURE_NAMES[measure], 'num'] as const),
  ]);
  const rows = MODELS.map((model) => {
    const cells = SHOWN_MEASURES.map((measure) => {
      const { mean, ci95 } = modelEstimate(document, model, split, measure);
      const found = html`<span>${number(mean, 3)}<span class="small">${number(ci95[0], 3)} … ${number(ci95[1], 3)}</span></span>`;
      return cell(MEASURE_NAMES[measure], Number.isNaN(mean) ? '–' : found);
    });
    return html`<tr role="row"><th role="rowheader" scope="row">${prose(MODEL_NAMES[model])}</th>${cells}</tr>`;
  });
  return html`<h3>${SPLIT_NAMES[split]}</h3><table role="table" class="numbers" aria-label="Models ${SPLIT_NAMES[split]}">${columns}<tbody role="rowgroup">${rows}</tbody></table>`;
}

/** Pictures of the four measures, then all numbers. */
export function modelMeasures(document: ReproduceDocument): Html {
  return html`<section class="card" id="models"><h2>Who improved what</h2>
<p>All models of a seed begin with the same base. Dots are means over seeds with 95 % t intervals, hollow in distribution and filled out of it; thin marks are single seeds. Axes do not begin at 0.</p>
<div class="curves">${SHOWN_MEASURES.map((measure) => picture(document, measure))}</div>
${SPLITS.map((split) => table(document, split))}</section>
`;
}
