// One trajectory: its head, its tokens under each objective, the decisions in the margin.

import { ROLES } from '../../rollouts/trajectory.ts';
import { strength } from '../measure.ts';
import type { ExplorerModel, ExplorerView, Panel } from '../model.ts';
import { numberText, shareText } from '../numberText.ts';
import type { ExplorerState } from '../state.ts';
import { type Child, make } from './dom.ts';

/** Characters of a token that are shown in its line. */
const LONGEST = 60;
const OUTCOMES = ['wrong', 'correct', undefined] as const;

/** What is added up at each level. */
export const SUM_NAMES: Readonly<Record<ExplorerState['level'], string>> = {
  weight: 'Σ|w|',
  mass: 'Σ|mass|',
  influence: 'Σ|influence|',
  logged: 'Σ|w|',
};

/** Characters that break a line, cannot be seen, or turn the direction of what follows. */
const HIDDEN = /[\p{Cc}\p{Cs}\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

function visible(c: string): string {
  if (c === '\n') return '⏎';
  if (c === '\t') return '⇥';
  return `⟨${c.charCodeAt(0).toString(16).padStart(4, '0')}⟩`;
}

/** A token's text, with what cannot be seen written out, no longer than `limit`. */
export function tokenText(text: string, limit: number = LONGEST): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  const shown = cut.replace(HIDDEN, visible);
  return shown.trim() === '' ? '␣'.repeat(Math.max(1, shown.length)) : shown;
}

/** How a token is coloured: the sign as a class, the strength as a variable that the style reads. */
function colourOf(value: number, scale: number): { readonly sign: string; readonly style: string } {
  const share = strength(value, scale);
  return {
    sign: share === 0 ? '' : value > 0 ? ' up' : ' down',
    style: `--w:${(100 * share).toFixed(0)}`,
  };
}

/** What a reader hears and a pointer shows of a token. */
export function tokenLabel({ data }: ExplorerModel, panel: Panel | undefined, at: number, t: number): string {
  const role = ROLES[data.tokens.role[at]!]!;
  const text = tokenText(data.texts[data.tokens.text[at]!]!);
  const value = panel === undefined || data.tokens.mask[at] === 0 ? '' : `, ${numberText(panel.values[at]!)}`;
  return `token ${t}, ${role}: ${text}${value}`;
}

function tokensOf(
  model: ExplorerModel,
  view: ExplorerView,
  i: number,
  panel: Panel | undefined,
  k: number,
): HTMLElement {
  const { tokens, texts, trajectories, findings } = model.data;
  const [from, to] = [trajectories.offsets[i]!, trajectories.offsets[i + 1]!];
  const named = findings[view.state.finding]?.spans.filter(({ trajectory }) => trajectory === i) ?? [];
  const list = make('div', {
    class: 'tokens',
    role: 'listbox',
    'aria-orientation': 'horizontal',
    'aria-label': `tokens of trajectory ${i + 1}${panel === undefined ? '' : `, ${panel.title}`}`,
    'data-panel': k,
  });
  const holdsChosen = from <= view.state.token && view.state.token < to;
  let attempt = tokens.attempt[from] ?? 0;
  for (let at = from; at < to; at++) {
    const t = at - from;
    const isNamed = named.some((span) => span.from <= t && t < span.to && span.to - span.from < to - from);
    const starts = tokens.attempt[at] !== attempt;
    attempt = tokens.attempt[at]!;
    const role = ROLES[tokens.role[at]!]!;
    const isChosen = at === view.state.token;
    const colour = panel === undefined ? undefined : colourOf(panel.values[at]!, panel.scale);
    // Thousands of them are made while a reader scrolls.
    const token = document.createElement('span');
    token.className = `token ${role}${isNamed ? ' named' : ''}${starts ? ' starts' : ''}${tokens.mask[at] === 0 ? ' out' : ''}${colour?.sign ?? ''}`;
    if (colour !== undefined) token.setAttribute('style', colour.style);
    token.setAttribute('role', 'option');
    token.setAttribute('aria-selected', isChosen ? 'true' : 'false');
    token.setAttribute('data-at', String(at));
    token.tabIndex = isChosen || (t === 0 && !holdsChosen) ? 0 : -1;
    token.textContent = tokenText(texts[tokens.text[at]!]!);
    list.append(token);
  }
  return list;
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

/** Fills the element of a trajectory. */
export function trajectoryContent(
  model: ExplorerModel,
  view: ExplorerView,
  i: number,
  decisions: readonly number[],
): Child {
  const panels: readonly (Panel | undefined)[] = view.panels.length === 0 ? [undefined] : view.panels;
  const columns = panels.map((panel, k) =>
    make(
      'div',
      {},
      panels.length > 1 && panel !== undefined
        ? make('p', { class: 'panel-title' }, `${panel.title}, ±${numberText(panel.scale, 2)}`)
        : undefined,
      tokensOf(model, view, i, panel, k),
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
