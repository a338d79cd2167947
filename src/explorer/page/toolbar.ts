// What tokens are coloured by: two objectives, the level, the component, the term, the label and the parameters.
import type { ExplorerModel, ExplorerView } from '../model.ts';
import { numberText, shareText } from '../numberText.ts';
import { COMPONENT_CHOICES, type ExplorerState, LEVELS, TERMS } from '../state.ts';
import { choice, fill, make } from './dom.ts';
import { ObjectiveForm } from './objectiveForm.ts';
import { type Change, focusOf } from './sidebar.ts';
import { SUM_NAMES } from './trajectoryView.ts';

const LEVEL_NAMES: Readonly<Record<ExplorerState['level'], string>> = {
  weight: 'weight w of the token',
  mass: 'mass: Σw of its segment',
  influence: 'influence on parameters',
  logged: 'weight as logged',
};
const COMPONENT_NAMES = { all: 'both', sample: 'sample', decision: 'decision' };
const TERM_NAMES = { total: 'whole loss', policy: 'policy', kl: 'KL penalty' };

/** The bar above the list. */
export class Toolbar {
  readonly element: HTMLElement;
  private readonly model: ExplorerModel;
  private readonly change: Change;
  private readonly first: ObjectiveForm;
  private readonly second: ObjectiveForm;
  private readonly levels = make('div', { class: 'fields' });
  private readonly legend = make('div', { class: 'legend' });
  private readonly status = make('p', { class: 'status', role: 'status' });
  private readonly problem = make('p', { class: 'problem', role: 'alert' });

  constructor(model: ExplorerModel, change: Change) {
    this.model = model;
    this.change = change;
    const { objective } = model.data;
    this.first = new ObjectiveForm({
      name: 'objective',
      objective,
      none: objective === undefined ? 'none' : `as in the report: ${objective.name}`,
      onChange: (first) => change({ first }),
    });
    this.second = new ObjectiveForm({
      name: 'compare with',
      objective: undefined,
      none: 'nothing',
      onChange: (second) => change({ second }),
    });
    this.element = make(
      'div',
      { class: 'toolbar' },
      make(
        'div',
        { class: 'toolbar-fields' },
        make('div', { class: 'objectives' }, this.first.element, this.second.element),
        this.levels,
      ),
      this.problem,
      this.legend,
      this.status,
    );
  }

  /** Shows a view. */
  show(view: ExplorerView): void {
    const { state } = view;
    this.first.show(this.model.objective(state));
    this.second.show(state.second);
    const keep = focusOf(this.levels);
    fill(this.levels, this.choices(view));
    keep();
    fill(this.problem, view.error);
    this.problem.hidden = view.error === undefined;
    this.showLegend(view);
    const { shown, totals, sums } = view;
    const { leftOut } = this.model.data;
    fill(
      this.status,
      `${shown.length} of ${totals.length.length} trajectories`,
      view.isPending ? ', computing the weights…' : '',
      sums.all === 0
        ? ''
        : `, coloured by ${LEVEL_NAMES[state.level]} · ${SUM_NAMES[state.level]} ${numberText(sums.all)}: sample ${shareText(sums.sample / sums.all)}, decision ${shareText(sums.decision / sums.all)}`,
      leftOut === 0
        ? ''
        : ` · ${leftOut} trajectories that were read are not in this page; another objective is computed from those that are`,
    );
  }

  private choices({ state, first }: ExplorerView): HTMLElement[] {
    const { tokens, influence } = this.model.data;
    const isThere = (level: ExplorerState['level']): boolean =>
      level === 'influence'
        ? influence !== undefined && influence.onGroup.length > 0
        : level === 'logged'
          ? tokens.loggedWeight !== undefined
          : true;
    const fields = [
      choice(
        'colour by',
        LEVELS.filter(isThere).map((value) => ({ value, text: LEVEL_NAMES[value] })),
        state.level,
        (text) => {
          this.change({ level: LEVELS.find((name) => name === text) ?? 'weight' });
        },
      ),
      choice(
        'component',
        COMPONENT_CHOICES.map((value) => ({ value, text: COMPONENT_NAMES[value] })),
        state.component,
        (text) => {
          this.change({ component: COMPONENT_CHOICES.find((name) => name === text) ?? 'all' });
        },
      ),
    ];
    if (state.level === 'influence' && influence !== undefined) {
      const places = (names: readonly string[]) => [
        { value: '-1', text: 'all' },
        ...names.map((text, k) => ({ value: String(k), text })),
      ];
      const { labels, groups, onLabel, onPair } = influence;
      // Where a report has no influence on a label within a group, to choose one takes back the other.
      const other = (change: Partial<ExplorerState>): Partial<ExplorerState> =>
        onPair.length === 0 ? change : {};
      fields.push(
        choice('label', places(onLabel.length === 0 ? [] : labels), String(state.label), (text) =>
          this.change({ label: Number(text), ...other({ parameters: -1 }) }),
        ),
        choice('parameters', places(groups), String(state.parameters), (text) =>
          this.change({ parameters: Number(text), ...other({ label: -1 }) }),
        ),
      );
    } else if (first?.kl !== undefined || state.term !== 'total') {
      fields.push(
        choice(
          'term',
          TERMS.map((value) => ({ value, text: TERM_NAMES[value] })),
          state.term,
          (text) => {
            this.change({ term: TERMS.find((name) => name === text) ?? 'total' });
          },
        ),
      );
    }
    return fields;
  }

  private showLegend({ panels }: ExplorerView): void {
    const [panel] = panels;
    this.legend.hidden = panel === undefined;
    if (panel === undefined) return;
    const swatch = (sign: 'up' | 'down', share: number) => {
      const one = make('i', { class: sign });
      one.style.setProperty('--w', (100 * share).toFixed(0));
      return one;
    };
    const steps = [1, 0.6, 0.3];
    fill(
      this.legend,
      make('span', {}, `−${numberText(panel.scale, 2)}`),
      make(
        'span',
        { class: 'ramp', 'aria-hidden': 'true' },
        steps.map((x) => swatch('down', x)),
        swatch('up', 0),
        steps.toReversed().map((x) => swatch('up', x)),
      ),
      make('span', {}, `+${numberText(panel.scale, 2)}`),
      make('span', { class: 'soft' }, 'hatched: pushed down, plain: pushed up · '),
      make('span', { class: 'key sample' }, 'sample'),
      make('span', { class: 'key decision' }, 'decision'),
      make('span', { class: 'key out' }, 'not in the loss'),
    );
  }
}
