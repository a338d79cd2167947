// What the explorer shows for a state: weights, what tokens are coloured by, which trajectories, the heat map. Nothing of a browser.
import type { Advantages } from '../audit/reference.ts';
import { InputError } from '../base/errors.ts';
import type { ExplorerData, ExplorerObjective } from '../documents/explorer.ts';
import { Kept, Last } from './kept.ts';
import {
  type ComponentSums,
  componentSums,
  differenceOf,
  type Measured,
  measured,
  scaleOf,
} from './measure.ts';
import {
  type Heat,
  heat,
  heatOfParameters,
  heatOfTerms,
  selected,
  type TrajectoryTotals,
  totals,
} from './select.ts';
import { type ExplorerState, START } from './state.ts';
import { type Weighed, Weighing } from './weigh.ts';

/** Numbers by which tokens are coloured, under one objective or as a difference. */
export interface Panel extends Measured {
  readonly title: string;
  /** The |x| of the strongest colour. */
  readonly scale: number;
}

/** What is shown. */
export interface ExplorerView {
  readonly state: ExplorerState;
  readonly first: Weighed | undefined;
  readonly second: Weighed | undefined;
  /** One; with a second objective three: the first, the second, the difference of their shares. */
  readonly panels: readonly Panel[];
  readonly totals: TrajectoryTotals;
  /** Σ|x| of the first panel by component. */
  readonly sums: ComponentSums;
  readonly shown: readonly number[];
  readonly heat: Heat | undefined;
  /** Why there is nothing to see, or what is wrong with an option. */
  readonly error: string | undefined;
  /** Whether weights are still being computed. */
  readonly isPending: boolean;
}

/** An objective that is weighed, and which advantages it prefers. */
type Wanted = readonly [objective: ExplorerObjective, prefers: Advantages];

const keyOf = ([objective, prefers]: Wanted): string => `${prefers} ${JSON.stringify(objective)}`;

/** Weights that a page holds because it cannot compute them. */
function storedWeights({ tokens: { weights }, trajectories }: ExplorerData): Weighed | undefined {
  const total = weights?.total;
  if (weights === undefined || total === undefined) return undefined;
  const unknown = trajectories.reward.map(() => Number.NaN);
  return {
    prefers: 'logged',
    total,
    policy: weights.policy ?? total,
    ...(weights.kl === undefined ? {} : { kl: weights.kl }),
    advantage: unknown,
    coefficient: unknown,
  };
}

/** Shows the data of one page. */
export class ExplorerModel {
  readonly data: ExplorerData;
  readonly weighing: Weighing;
  /** What is shown at first. */
  readonly start: ExplorerState;
  private readonly stored: Weighed | undefined;
  private readonly weighed = new Kept<Weighed>(4);
  private readonly last = {
    panels: new Last<readonly Panel[]>(),
    totals: new Last<TrajectoryTotals>(),
    sums: new Last<ComponentSums>(),
    shown: new Last<readonly number[]>(),
    heat: new Last<Heat | undefined>(),
  };

  constructor(data: ExplorerData) {
    this.data = data;
    this.weighing = new Weighing(data);
    this.stored = storedWeights(data);
    const { objective, against, tokens } = data;
    const level = objective === undefined && tokens.loggedWeight !== undefined ? 'logged' : START.level;
    this.start = { ...START, level, second: against };
  }

  /** The objective of a state: its own, or that of the report. */
  objective({ first }: ExplorerState): ExplorerObjective | undefined {
    return first ?? this.data.objective;
  }

  /** Logged advantages are those of the objective of the report; any other one has its own. */
  private wanted({ first, second }: ExplorerState): {
    first: Wanted | undefined;
    second: Wanted | undefined;
  } {
    const declared: Wanted | undefined =
      this.stored !== undefined || this.data.objective === undefined
        ? undefined
        : [this.data.objective, 'logged'];
    return {
      first: first === undefined ? declared : [first, 'formula'],
      second: second === undefined ? undefined : [second, 'formula'],
    };
  }

  /** Computes the weights that a state needs, in small steps; `view` finds them then. What is wrong with an option is left to `view`. */
  *prepare(state: ExplorerState): Generator<void, void> {
    const { first, second } = this.wanted(state);
    for (const wanted of [first, second]) {
      if (wanted === undefined || this.weighed.get(keyOf(wanted)) !== undefined) continue;
      try {
        this.weighed.set(keyOf(wanted), yield* this.weighing.steps(...wanted));
      } catch (problem) {
        if (!(problem instanceof InputError)) throw problem;
      }
    }
  }

  private under(wanted: Wanted | undefined): Weighed | undefined {
    if (wanted === undefined) return undefined;
    const key = keyOf(wanted);
    return this.weighed.get(key) ?? this.weighed.set(key, this.weighing.under(...wanted));
  }

  private panels(state: ExplorerState, first: Weighed | undefined, second: Weighed | undefined): Panel[] {
    const panel = (title: string, found: Measured): Panel => ({
      title,
      ...found,
      scale: scaleOf(found.values),
    });
    const values = measured(this.data, state, first);
    if (values === undefined) return [];
    const one = panel(this.objective(state)?.name ?? 'as logged', values);
    const others = second === undefined ? undefined : measured(this.data, state, second);
    const isCompared = state.level === 'weight' || state.level === 'mass';
    if (others === undefined || !isCompared) return [one];
    const name = state.second?.name ?? '';
    return [one, panel(name, others), panel('difference of their shares', differenceOf(values, others))];
  }

  private heatOf(
    { rows, level }: ExplorerState,
    values: Float64Array | undefined,
    shown: readonly number[],
    length: Float64Array,
    first: Weighed | undefined,
  ): Heat | undefined {
    if (rows === 'parameters') return heatOfParameters(this.data);
    if (rows === 'term')
      return first === undefined || level === 'logged' ? undefined : heatOfTerms(this.data, first, shown);
    return values === undefined ? undefined : heat(this.data, rows, values, shown, length);
  }

  /** What is shown for a state. An option out of range leaves the colours away and says what is wrong. */
  view(state: ExplorerState): ExplorerView {
    const wanted = this.wanted(state);
    let error: string | undefined;
    const attempt = (one: Wanted | undefined): Weighed | undefined => {
      try {
        return this.under(one);
      } catch (problem) {
        if (!(problem instanceof InputError)) throw problem;
        error ??= problem.message;
        return undefined;
      }
    };
    const first = attempt(wanted.first) ?? (state.first === undefined ? this.stored : undefined);
    const second = attempt(wanted.second);
    const { level, component, term, label, parameters } = state;
    const panels = this.last.panels.get(
      [first, second, state.first, state.second, level, component, term, label, parameters],
      () => this.panels(state, first, second),
    );
    if (panels.length === 0)
      error ??=
        level === 'influence'
          ? 'The report does not hold this influence: choose another label, or other parameters.'
          : 'No objective is declared and no weights are logged: choose an objective to colour the tokens.';
    return { ...this.shown(state, panels, first), second, error, isPending: false };
  }

  /** The same without weights, to be shown until they are there. */
  outline(state: ExplorerState): ExplorerView {
    return { ...this.shown(state, [], undefined), second: undefined, error: undefined, isPending: true };
  }

  private shown(
    state: ExplorerState,
    panels: readonly Panel[],
    first: Weighed | undefined,
  ): Omit<ExplorerView, 'second' | 'error' | 'isPending'> {
    const { data, last } = this;
    const [one, , difference] = panels;
    const sums = last.totals.get([panels], () => totals(data, one?.counted, difference?.counted));
    const { outcome, finding, text, sort, rows, level } = state;
    const shown = last.shown.get([sums, first, outcome, finding, text, sort], () =>
      selected(data, state, sums, first),
    );
    return {
      state,
      first,
      panels,
      totals: sums,
      sums: last.sums.get([panels], () => componentSums(data, one?.counted)),
      shown,
      heat: last.heat.get([panels, shown, rows, level, first], () =>
        this.heatOf(state, one?.counted, shown, sums.length, first),
      ),
    };
  }
}
