// Components swapped: for every pair of models the two by two policies, and what each component is worth.
import { modelsOf, PAIRS } from '../../analyses/reproduce/models.ts';
import type { Estimate } from '../../documents/evaluation.ts';
import type { PairName, ReproduceDocument } from '../../documents/reproduce.ts';
import type { Grid } from '../../training/index.ts';
import { MODEL_NAMES, pairName, SPLIT_NAMES } from '../experiment.ts';
import { drawingHtml } from '../figures/index.ts';
import { drawSwap, type SwapFigure, type SwapPanel } from '../figures/swap.ts';
import { type Html, html } from '../html.ts';
import { fold } from './fold.ts';

type Split = 'id' | 'ood';

function panelOf({ compare }: ReproduceDocument, pair: PairName, split: Split): SwapPanel {
  const { grid, shapley } = compare[pair].splits[split];
  const accuracy = Object.fromEntries(
    Object.entries(grid).map(([cell, measures]) => [cell, measures.accuracy]),
  ) as Grid<Estimate>;
  return { label: split === 'id' ? 'ID' : 'OOD', accuracy, shapley };
}

/** What all pictures share, so that colours and bars can be compared across them. */
function scales(panels: readonly SwapPanel[]): Pick<SwapFigure, 'full' | 'gains'> {
  const accuracies = panels.flatMap(({ accuracy }) => Object.values(accuracy).map(({ mean }) => mean));
  const ends = panels.flatMap(({ shapley }) =>
    [shapley.sample, shapley.decision].flatMap(({ mean, ci95 }) => [mean, ...ci95]),
  );
  const finite = (values: readonly number[]): number[] => values.filter(Number.isFinite);
  const low = finite(ends).reduce((a, b) => Math.min(a, b), 0);
  const high = finite(ends).reduce((a, b) => Math.max(a, b), 0);
  return {
    full: finite(accuracies).reduce((a, b) => Math.max(a, b), 0),
    gains: low === high ? [-1, 1] : [low, high],
  };
}

/** The swaps of all pairs. */
export function swaps(document: ReproduceDocument): Html {
  const pairs = PAIRS.map((pair) => ({
    pair,
    panels: [panelOf(document, pair, 'id'), panelOf(document, pair, 'ood')] as const,
  }));
  const shared = scales(pairs.flatMap(({ panels }) => panels));
  const figures = pairs.map(({ pair, panels }) => {
    const [a, b] = modelsOf(pair);
    const figure: SwapFigure = {
      ...shared,
      title: pairName(pair),
      caption: `Rows say who draws the attempts, and columns who decides. Upper left is ${MODEL_NAMES[a]}, lower right ${MODEL_NAMES[b]}.`,
      a: MODEL_NAMES[a],
      b: MODEL_NAMES[b],
      panels,
    };
    return drawingHtml(figure, drawSwap(figure));
  });
  return fold(
    { id: 'swaps', heading: 'Components swapped', open: false },
    html`<p>Cells: accuracy, mean over seeds with half of its 95 % t interval, ID ${SPLIT_NAMES.id} and OOD ${SPLIT_NAMES.ood}. Bars: the Shapley values of the gain, that is what a component adds, averaged over both orders of swapping; the two add up to the gain. Colours and bars have one scale for all pairs.</p>
<div class="curves">${figures}</div>`,
  );
}
