// One trajectory: its head, its tokens under each objective, the decisions in the margin.

import { ROLES } from '../../rollouts/trajectory.ts';
import type { ExplorerModel, ExplorerView, Panel } from '../model.ts';
import { numberText, shareText } from '../numberText.ts';
import type { ExplorerState } from '../state.ts';
import { type Child, make } from './dom.ts';
import { tokenList } from './tokenList.ts';
import { tokenText } from './tokenText.ts';

const OUTCOMES = ['wrong', 'correct', undefined] as const;

/** What is added up at each level. */
export const SUM_NAMES: Readonly<Record<ExplorerState['level'], string>> = {
  weight: 'Σ|w|',
  mass: 'Σ|mass|',
  influence: 'Σ|influence|',
  logged: 'Σ|w|',
};

/** What a reader hears and a pointer shows of a token. */
export function tokenLabel({ data }: ExplorerModel, panel: Panel | undefined, at: number, t: number): string {
  const role = ROLES[data.tokens.role[at]!]!;
  const text = tokenText(data.texts[data.tokens.text[at]!]!);
  const value = panel === undefined || data.tokens.mask[at] === 0 ? '' : `, ${numberText(panel.values[at]!)}`;
  return `token ${t}, ${role}: ${text}${value}`;
}

/** Decisions of every trajectory: their places in the columns. */
export function decisionsByTrajectory({ data }: ExplorerModel): ReadonlyMap<number, readonly number[]> {
  const { offsets } = data.trajectories;
  const found = new Map<number, number[]>();
  let i = 0;
  for (const [d, token] of data.decisions.token.entries()) {
    while (token >= offsets[i + 1]!) i++;
    found.set(i, [...(found.get(i) ?? []), d]);
  }
  return found;
}

function margin({ data }: ExplorerModel, decisions: readonly number[]): HTMLElement | undefined {
  if (decisions.length === 0) return undefined;
  const items = decisions.map((d) => {
    const { token, stop, resample } = data.decisions;
    const attempt = data.tokens.attempt[token[d]!]! + 1;
    const bar = make('span', { class: 'odds', 'aria-hidden': 'true' }, make('i'));
    bar.style.setProperty('--p', `${(100 * stop[d]!).toFixed(1)}%`);
    return make(
      'li',
      {},
      make('span', { class: 'odds-line' }, make('span', {}, `attempt ${attempt}`), bar),
      make('span', {}, `STOP ${shareText(stop[d]!)} · RESAMPLE ${shareText(resample[d]!)}`),
    );
  });
  return make('ul', { class: 'margin', 'aria-label': 'probabilities of the decisions' }, items);
}

function head({ data, weighing }: ExplorerModel, view: ExplorerView, i: number): Child {
  const c = data.trajectories;
  const outcome = OUTCOMES[c.correct[i]!];
  const logged = c.advantage[i]!;
  const advantage = Number.isNaN(logged) ? (view.first?.advantage[i] ?? Number.NaN) : logged;
  const facts = [
    c.group[i]! < 0 ? undefined : `group ${tokenText(data.groups[c.group[i]!]!, 40)}`,
    Number.isNaN(c.step[i]!) ? undefined : `step ${c.step[i]}`,
    Number.isNaN(c.reward[i]!) ? undefined : `R ${numberText(c.reward[i]!)}`,
    Number.isNaN(advantage) ? undefined : `A ${numberText(advantage, 3)}`,
    `${view.totals.length[i]} tokens in the loss`,
    view.sums.all === 0
      ? undefined
      : `${shareText(view.totals.weight[i]! / view.sums.all)} of ${SUM_NAMES[view.state.level]}`,
    c.norm === undefined ? undefined : `‖∇‖ ${numberText(c.norm[i]!, 3)}`,
    c.alignment === undefined ? undefined : `cosine with the batch ${numberText(c.alignment[i]!, 3)}`,
    c.truncated[i] === 1 ? 'truncated' : undefined,
  ].filter((fact) => fact !== undefined);
  const place = weighing.trajectories[i]!.place;
  return [
    make('h2', {}, `${tokenText(place.file, 80)}:${place.line}`),
    outcome === undefined
      ? undefined
      : make(
          'span',
          { class: `verdict ${outcome === 'correct' ? 'holds' : 'fails'}` },
          outcome === 'correct' ? '✓ correct' : '✗ wrong',
        ),
    make('span', { class: 'soft' }, facts.join(' · ')),
  ];
}

/**
 * Fills the element of a trajectory.
 * @param rest takes what is drawn later, of a long trajectory
 */
export function trajectoryContent(
  model: ExplorerModel,
  view: ExplorerView,
  i: number,
  decisions: readonly number[],
  rest: (() => void)[],
): Child {
  const panels: readonly (Panel | undefined)[] = view.panels.length === 0 ? [undefined] : view.panels;
  const columns = panels.map((panel, k) =>
    make(
      'div',
      {},
      panels.length > 1 && panel !== undefined
        ? make('p', { class: 'panel-title' }, `${panel.title}, ±${numberText(panel.scale, 2)}`)
        : undefined,
      tokenList(model, view, i, panel, k, rest),
    ),
  );
  return [
    make('div', { class: 'trajectory-line' }, head(model, view, i)),
    make(
      'div',
      { class: `columns${panels.length > 1 ? ' compared' : ''}` },
      make('div', { class: 'texts' }, columns),
      margin(model, decisions),
    ),
  ];
}
