// Which trajectories are shown: order, filters, findings; and the heat map, whose cells choose a component.
import type { ExplorerModel, ExplorerView } from '../model.ts';
import { shareText } from '../numberText.ts';
import { type ExplorerState, HEAT_ROWS, OUTCOMES, SORTS } from '../state.ts';
import { breakable, button, choice, fill, make } from './dom.ts';
import { tokenText } from './tokenText.ts';

/** How the state is changed. */
export type Change = (change: Partial<ExplorerState>) => void;

const SORT_NAMES: Readonly<Record<ExplorerState['sort'], string>> = {
  place: 'place in the file',
  weight: 'Σ|w|, largest first',
  largest: 'heaviest token first',
  reward: 'reward, highest first',
  advantage: 'advantage, highest first',
  length: 'longest first',
  difference: 'largest difference first',
};

const OUTCOME_NAMES: Readonly<Record<ExplorerState['outcome'], string>> = {
  all: 'all',
  correct: 'correct',
  wrong: 'wrong',
  long: 'the longest tenth',
  truncated: 'truncated',
};

const ROW_NAMES: Readonly<Record<ExplorerState['rows'], string>> = {
  attempt: 'attempt',
  outcome: 'outcome',
  length: 'length',
  term: 'term of the loss',
  prompt: 'prompt',
  parameters: 'parameters',
};

/** A search waits this long for the next key, in milliseconds. */
const PAUSE = 150;

/** The choices beside the list. */
export class Sidebar {
  readonly element = make('div', { class: 'side' });
  private readonly model: ExplorerModel;
  private readonly change: Change;
  private readonly filters = make('div', { class: 'fields' });
  private readonly findings = make('div');
  private readonly map = make('div');
  private readonly search = make('input', {
    type: 'search',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: 200,
  });

  constructor(model: ExplorerModel, change: Change) {
    this.model = model;
    this.change = change;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    this.search.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => change({ text: this.search.value }), PAUSE);
    });
    const search = make('label', { class: 'field' }, make('span', {}, 'holds the text'), this.search);
    fill(this.element, make('div', { class: 'fields' }, this.filters, search), this.findings, this.map);
  }

  /** Shows a view. */
  show(view: ExplorerView): void {
    const { state } = view;
    if (document.activeElement !== this.search) this.search.value = state.text;
    const keep = focusOf(this.element);
    const sorts = SORTS.filter((name) => name !== 'difference' || view.second !== undefined);
    fill(
      this.filters,
      choice(
        'sort by',
        sorts.map((value) => ({ value, text: SORT_NAMES[value] })),
        state.sort,
        (text) => {
          this.change({ sort: SORTS.find((name) => name === text) ?? 'place' });
        },
      ),
      choice(
        'show',
        OUTCOMES.map((value) => ({ value, text: OUTCOME_NAMES[value] })),
        state.outcome,
        (text) => {
          this.change({ outcome: OUTCOMES.find((name) => name === text) ?? 'all' });
        },
      ),
    );
    this.showFindings(state);
    this.showHeat(view);
    keep();
  }

  private showFindings({ finding }: ExplorerState): void {
    const { findings } = this.model.data;
    if (findings.length === 0) return;
    const item = (index: number, text: string, kind: string, count: string) =>
      make(
        'li',
        {},
        button(
          [
            make('span', { class: `severity ${kind}`, 'aria-hidden': kind === '' }, kind === '' ? '' : kind),
            text,
            make('span', { class: 'soft' }, count),
          ],
          {
            class: 'finding-choice',
            'aria-pressed': finding === index ? 'true' : 'false',
            'data-key': `finding-${index}`,
          },
          () => this.change({ finding: finding === index ? -1 : index }),
        ),
      );
    fill(
      this.findings,
      make('h2', {}, 'Findings'),
      make(
        'ul',
        { class: 'finding-list' },
        findings.map(({ code, severity, spans }, index) =>
          item(index, code, severity, String(new Set(spans.map(({ trajectory }) => trajectory)).size)),
        ),
      ),
      finding < 0 ? undefined : make('p', { class: 'small' }, findings[finding]?.message),
    );
  }

  private showHeat({ heat, state }: ExplorerView): void {
    const rows = HEAT_ROWS.filter((name) => name !== 'parameters' || this.model.data.influence !== undefined);
    const chooser = choice(
      'rows',
      rows.map((value) => ({ value, text: ROW_NAMES[value] })),
      state.rows,
      (text) => {
        this.change({ rows: HEAT_ROWS.find((name) => name === text) ?? 'attempt' });
      },
    );
    const title = make(
      'h2',
      { id: 'explorer-heat' },
      state.rows === 'parameters' ? 'Where the gradient is' : 'Where the signal is',
    );
    if (heat === undefined || heat.rows.length === 0) {
      fill(this.map, title, chooser, make('p', { class: 'small' }, 'Nothing to add up.'));
      return;
    }
    const most = Math.max(...heat.rows.flatMap(({ cells }) => cells));
    const table = make(
      'table',
      { class: 'heat', 'aria-labelledby': 'explorer-heat' },
      make(
        'thead',
        {},
        make(
          'tr',
          {},
          make('td'),
          heat.columns.map((name) => make('th', { scope: 'col' }, breakable(name))),
        ),
      ),
      make(
        'tbody',
        {},
        heat.rows.map(({ name, cells }, r) =>
          make(
            'tr',
            {},
            make('th', { scope: 'row' }, breakable(tokenText(name, 40))),
            cells.map((share, c) => this.cell(state, heat.columns[c]!, share, most, r, c)),
          ),
        ),
      ),
    );
    fill(this.map, title, chooser, make('div', { class: 'heat-scroll' }, table));
  }

  private cell(
    state: ExplorerState,
    column: string,
    share: number,
    most: number,
    r: number,
    c: number,
  ): HTMLElement {
    const component = column.split('/')[0] === 'decision' ? 'decision' : 'sample';
    const isChosen = state.rows !== 'parameters' && state.component === component;
    const isInfluence = state.rows === 'parameters';
    const td = make('td', {});
    td.style.setProperty('--w', most === 0 ? '0' : ((100 * share) / most).toFixed(0));
    // A cell is a label in a group; where the report has no influence on that, its group is looked at.
    const label = this.model.data.influence?.onPair[c] === undefined ? -1 : c;
    // Norms without influence: there is nothing to colour tokens by.
    if (isInfluence && this.model.data.influence?.onGroup.length === 0) {
      fill(td, shareText(share));
      return td;
    }
    const cell = button(
      shareText(share),
      {
        'aria-pressed': (
          isInfluence
            ? state.level === 'influence' && state.parameters === r && state.label === label
            : isChosen
        )
          ? 'true'
          : 'false',
        'data-key': `heat-${r}-${c}`,
      },
      () => {
        if (isInfluence) this.change({ level: 'influence', label, parameters: r });
        else this.change({ component: isChosen ? 'all' : component });
      },
    );
    fill(td, cell);
    return td;
  }
}

/** Remembers which part has the focus, to give it back after the parts were made anew. */
export function focusOf(within: HTMLElement): () => void {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !within.contains(active)) return () => undefined;
  const selects = [...within.querySelectorAll('select')];
  const place = active instanceof HTMLSelectElement ? selects.indexOf(active) : -1;
  const { key } = active.dataset;
  return () => {
    if (active.isConnected) return;
    const found =
      key === undefined
        ? within.querySelectorAll('select')[place]
        : within.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    found?.focus();
  };
}
