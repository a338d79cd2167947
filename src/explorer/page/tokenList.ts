// The tokens of one trajectory under one objective: a line of options. Those of a long trajectory are made piece by piece.
import { ROLES } from '../../rollouts/trajectory.ts';
import { strength } from '../measure.ts';
import type { ExplorerModel, ExplorerView, Panel } from '../model.ts';
import { make } from './dom.ts';
import { tokenText } from './tokenText.ts';

/** Tokens of a piece: as many as a frame has time for. */
const PIECE = 500;

/** How a token is coloured: the sign as a class, the strength as a variable that the style reads. */
function colourOf(value: number, scale: number): { readonly sign: string; readonly style: string } {
  const share = strength(value, scale);
  return {
    sign: share === 0 ? '' : value > 0 ? ' up' : ' down',
    style: `--w:${(100 * share).toFixed(0)}`,
  };
}

/** The list of tokens: its first piece; the others are made by what is put into `rest`, in this order. */
export function tokenList(
  { data }: ExplorerModel,
  view: ExplorerView,
  i: number,
  panel: Panel | undefined,
  k: number,
  rest: (() => void)[],
): HTMLElement {
  const { tokens, texts, trajectories, findings } = data;
  const [from, to] = [trajectories.offsets[i]!, trajectories.offsets[i + 1]!];
  const named = findings[view.state.finding]?.spans.filter(({ trajectory }) => trajectory === i) ?? [];
  const holdsChosen = from <= view.state.token && view.state.token < to;
  const token = (at: number): HTMLElement => {
    const t = at - from;
    const isNamed = named.some((span) => span.from <= t && t < span.to && span.to - span.from < to - from);
    const starts = t > 0 && tokens.attempt[at] !== tokens.attempt[at - 1];
    const role = ROLES[tokens.role[at]!]!;
    const isChosen = at === view.state.token;
    const colour = panel === undefined ? undefined : colourOf(panel.values[at]!, panel.scale);
    // Thousands of them are made while a reader scrolls.
    const element = document.createElement('span');
    element.className = `token ${role}${isNamed ? ' named' : ''}${starts ? ' starts' : ''}${tokens.mask[at] === 0 ? ' out' : ''}${colour?.sign ?? ''}`;
    if (colour !== undefined) element.setAttribute('style', colour.style);
    element.setAttribute('role', 'option');
    element.setAttribute('aria-selected', isChosen ? 'true' : 'false');
    element.setAttribute('data-at', String(at));
    element.tabIndex = isChosen || (t === 0 && !holdsChosen) ? 0 : -1;
    element.textContent = tokenText(texts[tokens.text[at]!]!);
    return element;
  };
  const some = (first: number, end: number): HTMLElement[] =>
    Array.from({ length: end - first }, (_, n) => token(first + n));
  const list = make('div', {
    class: 'tokens',
    role: 'listbox',
    'aria-orientation': 'horizontal',
    'aria-label': `tokens of trajectory ${i + 1}${panel === undefined ? '' : `, ${panel.title}`}`,
    'data-panel': k,
  });
  if (to - from <= PIECE) {
    list.append(...some(from, to));
    return list;
  }
  for (let first = from; first < to; first += PIECE) {
    // A block of its own, so that the browser need not lay out again what stands before it.
    const add = (): void =>
      list.append(make('div', { role: 'presentation' }, some(first, Math.min(to, first + PIECE))));
    if (first === from) add();
    else rest.push(add);
  }
  return list;
}
