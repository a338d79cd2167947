// What the explorer shows for a state: weights, what tokens are coloured by, which trajectories, the heat map. Nothing of a browser.
import type { Advantages } from '../audit/reference.ts';
import { InputError } from '../base/errors.ts';
import type { ExplorerData, ExplorerObjective } from '../documents/explorer.ts';
import { absoluteSum, differenceOf, measured, scaleOf } from './measure.ts';
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
export interface Panel {
  readonly title: string;
  /** [T] */
  readonly values: Float64Array;
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
  /** Σ|x| of what is shown in the first panel, and the part of decisions in it. */
  readonly sum: number;
  readonly shown: readonly number[];
  readonly heat: Heat | undefined;
  /** Why there is nothing to see, or what is wrong with an option. */
  readonly error: string | undefined;
}

/** The last results of a function of few arguments, by a key. */
class Kept<T> {
  private readonly known = new Map<string, T>();

  get(key: string, make: () => T): T {
    const found = this.known.get(key);
    if (found !== undefined) return found;
    if (this.known.size >= 4) this.known.delete(this.known.keys().next().value!);
    const made = make();
    this.known.set(key, made);
    return made;
  }
}

/** Shows the data of one page. */
export class ExplorerModel {
  readonly data: ExplorerData;
  readonly weighing: Weighing;
  /** What is shown at first. */
  readonly start: ExplorerState;
  private readonly weighed = new Kept<Weighed>();

  constructor(data: ExplorerData) {
    this.data = data;
    this.weighing = new Weighing(data);
    const { objective, against, tokens } = data;
    const level = objective === undefined && tokens.loggedWeight !== undefined ? 'logged' : START.level;
    this.start = { ...START, level, second: against };
  }

  /** The objective of a state: its own, or that of the report. */
  objective({ first }: ExplorerState): ExplorerObjective | undefined {
    return first ?? this.data.objective;
  }

  /** Weights that the page holds because it cannot compute them. */
  private get stored(): Weighed | undefined {
    const { weights } = this.data.tokens;
    const total = weights?.total;
    if (weights === undefined || total === undefined) return undefined;
    const unknown = this.weighing.summary.reward.map(() => Number.NaN);
    const prefers = 'logged';
    const kl = weights.kl === undefined ? {} : { kl: weights.kl };
    return {
      prefers,
      total,
      policy: weights.policy ?? total,
      ...kl,
      advantage: unknown,
      coefficient: unknown,
    };
  }

  /** Logged advantages are those of the objective of the report; any other one has its own. */
  private under(objective: ExplorerObjective | undefined, prefers: Advantages): Weighed | undefined {
    if (objective === undefined) return undefined;
    const key = `${prefers} ${JSON.stringify(objective)}`;
    return this.weighed.get(key, () => this.weighing.under(objective, prefers));
  }

  private panels(state: ExplorerState, first: Weighed | undefined, second: Weighed | undefined): Panel[] {
    const panel = (title: string, values: Float64Array): Panel => ({ title, values, scale: scaleOf(values) });
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
    let error: string | undefined;
    const attempt = (make: () => Weighed | undefined): Weighed | undefined => {
      try {
        return make();
      } catch (problem) {
        if (!(problem instanceof InputError)) throw problem;
        error ??= problem.message;
        return undefined;
      }
    };
    const first = attempt(() =>
      state.first !== undefined
        ? this.under(state.first, 'formula')
        : (this.stored ?? this.under(this.data.objective, 'logged')),
    );
    const second = attempt(() => this.under(state.second, 'formula'));
    const panels = this.panels(state, first, second);
    const [one, , difference] = panels;
    const sums = totals(this.data, one?.values, difference?.values);
    const shown = selected(this.data, state, sums, first);
    if (one === undefined)
      error ??=
        state.level === 'influence'
          ? 'The report does not hold this influence: choose another label, or other parameters.'
          : 'No objective is declared and no weights are logged: choose an objective to colour the tokens.';
    return {
      state,
      first,
      second,
      panels,
      totals: sums,
      sum: one === undefined ? 0 : absoluteSum(one.values),
      shown,
      heat: this.heatOf(state, one?.values, shown, sums.length, first),
      error,
    };
  }
}
