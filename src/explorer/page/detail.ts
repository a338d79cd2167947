// One token: where its weight comes from, number by number; its log-probs, its influence, the findings that rest on it.

import { ROLES } from '../../rollouts/trajectory.ts';
import { copied, copiedToken, MOST_COPIED } from '../copied.ts';
import { type Explanation, explain } from '../explain.ts';
import type { ExplorerModel, ExplorerView } from '../model.ts';
import { numberText } from '../numberText.ts';
import type { Weighed } from '../weigh.ts';
import { copyButton } from './copyButton.ts';
import { breakable, button, type Child, fill, formulaText, make } from './dom.ts';
import type { Change } from './sidebar.ts';
import { tokenText } from './tokenText.ts';

/** Characters of a token that are shown here. */
const LONGEST = 1000;

const LOG_PROBS = [
  ['logProb', 'log π_t'],
  ['oldLogProb', 'log π_old,t'],
  ['refLogProb', 'log π_ref,t'],
  ['samplerLogProb', 'log of the sampler'],
] as const;

function explanationOf(title: string, { formula, numbers, steps }: Explanation): HTMLElement {
  return make(
    'div',
    { class: 'explanation' },
    make('h3', {}, title),
    make('p', { class: 'formula-line' }, formulaText(formula)),
    make('p', { class: 'formula-line numbers-line' }, formulaText(numbers)),
    make(
      'dl',
      {},
      steps.map(
        ({ symbol, meaning, formula: symbols, numbers: withNumbers, value }): Child => [
          make('dt', {}, formulaText(symbol), ` = ${numberText(value)}`),
          make(
            'dd',
            {},
            make('span', { class: 'small' }, formulaText(meaning)),
            symbols === undefined ? undefined : make('span', {}, '= ', formulaText(symbols)),
            withNumbers === undefined
              ? undefined
              : make('span', {}, symbols === undefined ? '' : '= ', formulaText(withNumbers)),
          ),
        ],
      ),
    ),
  );
}

/** The panel of the chosen token. */
export class Detail {
  readonly element = make('aside', { class: 'detail', 'aria-label': 'the chosen token', tabindex: -1 });
  private readonly model: ExplorerModel;
  private readonly change: Change;
  private readonly onClose: () => void;

  /** @param onClose gives the focus back to the list */
  constructor(model: ExplorerModel, change: Change, onClose: () => void) {
    this.model = model;
    this.change = change;
    this.onClose = onClose;
    this.element.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.close();
    });
  }

  private close(): void {
    this.onClose();
    this.change({ token: -1 });
  }

  private place(at: number): { i: number; t: number } | undefined {
    const { offsets } = this.model.data.trajectories;
    const i = offsets.findIndex((end, k) => k > 0 && at < end) - 1;
    return i < 0 ? undefined : { i, t: at - offsets[i]! };
  }

  /** Shows the token of a view, or what to do where none is chosen. */
  show(view: ExplorerView): void {
    const found = view.state.token < 0 ? undefined : this.place(view.state.token);
    this.element.classList.toggle('empty', found === undefined);
    if (found === undefined) fill(this.element, this.hint(view));
    else fill(this.element, this.token(view, view.state.token, found.i, found.t));
  }

  private hint(view: ExplorerView): Child {
    const count = Math.min(MOST_COPIED, view.shown.length);
    return [
      make('h2', {}, 'A token'),
      make(
        'p',
        {},
        'Choose a token, and its weight stands here with the numbers that it is made of. Arrow keys move along the tokens, Enter chooses one, Escape comes back.',
      ),
      copyButton(`copy the first ${count} trajectories as JSON`, () =>
        JSON.stringify(copied(this.model, view, view.shown), null, 1),
      ),
    ];
  }

  private token(view: ExplorerView, at: number, i: number, t: number): Child {
    const { data, weighing } = this.model;
    const { tokens, texts, trajectories } = data;
    const explained = (weighed: Weighed | undefined, name: string | undefined): Child =>
      weighed === undefined
        ? undefined
        : explanationOf(
            `w_t of ${name ?? 'the report'}`.replace('w_t', 'The weight'),
            explain(weighing, weighed, i, t),
          );
    const { file, line } = weighing.trajectories[i]!.place;
    const findings = data.findings.flatMap(({ code, spans }, index) =>
      spans.some((span) => span.trajectory === i && span.from <= t && t < span.to) ? [{ code, index }] : [],
    );
    return [
      button('✕', { class: 'close', 'aria-label': 'close' }, () => this.close()),
      make('h2', { class: 'token-title' }, tokenText(texts[tokens.text[at]!]!, LONGEST)),
      make(
        'p',
        { class: 'soft' },
        `${ROLES[tokens.role[at]!]}, token ${t} of ${tokenText(file, 80)}:${line}, attempt ${tokens.attempt[at]! + 1}, R ${numberText(trajectories.reward[i]!)}`,
      ),
      explained(view.first, this.model.objective(view.state)?.name),
      explained(view.second, view.state.second?.name),
      this.logProbs(at),
      this.influence(at),
      findings.length === 0
        ? undefined
        : make(
            'p',
            {},
            'Findings: ',
            findings.map(({ code, index }) =>
              button(code, { class: 'plain' }, () => this.change({ finding: index })),
            ),
          ),
      make(
        'p',
        { class: 'actions' },
        copyButton('copy this token as JSON', () =>
          JSON.stringify(copiedToken(this.model, view, i, t), null, 1),
        ),
        copyButton('copy this trajectory as JSON', () =>
          JSON.stringify(copied(this.model, view, [i]), null, 1),
        ),
      ),
    ];
  }

  private logProbs(at: number): Child {
    const { tokens } = this.model.data;
    const rows = LOG_PROBS.flatMap(([field, name]) => {
      const value = tokens[field]?.[at];
      return value === undefined || Number.isNaN(value)
        ? []
        : [
            make(
              'div',
              {},
              make('dt', {}, formulaText(name)),
              make(
                'dd',
                {},
                numberText(value, 6),
                make('span', { class: 'soft' }, ` p ${numberText(Math.exp(value), 3)}`),
              ),
            ),
          ];
    });
    const logged = tokens.loggedWeight?.[at];
    if (logged !== undefined && !Number.isNaN(logged))
      rows.push(make('div', {}, make('dt', {}, 'w as logged'), make('dd', {}, numberText(logged, 6))));
    return rows.length === 0 ? undefined : make('dl', { class: 'pairs' }, rows);
  }

  private influence(at: number): Child {
    const { influence } = this.model.data;
    if (influence === undefined) return undefined;
    const { labels, groups, total, onGroup, onLabel, onPair } = influence;
    if (total.length === 0 || Number.isNaN(total[at]!)) return undefined;
    const cell = (values: Float64Array | undefined): Child =>
      make('td', {}, values === undefined ? '' : numberText(values[at]!, 3));
    const isDivided = onPair.length > 0;
    const row = (name: string, ...cells: readonly (Float64Array | undefined)[]): Child =>
      make('tr', {}, make('th', { scope: 'row' }, breakable(name)), cells.map(cell));
    const head = ['all', ...labels].map((name) => make('th', { scope: 'col' }, breakable(name)));
    return [
      make('h3', {}, 'Influence'),
      make(
        'p',
        { class: 'small' },
        'How fast a step along the gradient raises the log-probability of this token: through each group of parameters, and by each label.',
      ),
      make(
        'div',
        // What scrolls is reached by keys.
        {
          class: 'heat-scroll',
          tabindex: 0,
          role: 'group',
          'aria-label': 'influence by parameters and label',
        },
        make(
          'table',
          { class: 'influence' },
          isDivided ? make('thead', {}, make('tr', {}, make('td'), head)) : undefined,
          make(
            'tbody',
            {},
            isDivided ? row('all', total, ...onLabel) : row('all', total),
            onGroup.map((values, g) =>
              row(groups[g]!, values, ...(isDivided ? labels.map((_, l) => onPair[l]?.[g]) : [])),
            ),
            isDivided ? undefined : onLabel.map((values, l) => row(labels[l]!, values)),
          ),
        ),
      ),
    ];
  }
}
