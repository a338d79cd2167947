// The weights of groups, computed once for groups that a formula cannot tell apart: what it reads of their tokens is the same.
import type {
  FormulaBatch,
  FormulaToken,
  FormulaTrajectory,
  PerToken,
} from '../../objectives/formulas/index.ts';

/** What a formula may read of a token. */
const FIELDS = ['prob', 'ratio', 'samplerRatio', 'refRatio', 'value'] as const;
type Field = (typeof FIELDS)[number];

/** The token, which notes what is read of it. */
function watched<T>(token: FormulaToken<T>, read: Set<Field>): FormulaToken<T> {
  const { component, attempt, mask } = token;
  const get = (field: Field): T => {
    read.add(field);
    return token[field];
  };
  return {
    component,
    attempt,
    mask,
    get prob() {
      return get('prob');
    },
    get ratio() {
      return get('ratio');
    },
    get samplerRatio() {
      return get('samplerRatio');
    },
    get refRatio() {
      return get('refRatio');
    },
    get value() {
      return get('value');
    },
  };
}

/** The weights of a group, by trajectory and token. */
export type GroupWeights<T> = (group: FormulaBatch<T>) => PerToken<T>;

/**
 * A formula that remembers what it gave. If it has read nothing but some fields, it reads the same of every group that agrees in
 * these, and gives the same.
 */
export class RememberedWeights<T> {
  private readonly weightsOf: GroupWeights<T>;
  private readonly keyOf: (element: T) => string;
  private readonly fields = new Set<Field>();
  private readonly known = new Map<string, PerToken<T>>();
  private keys = new WeakMap<FormulaTrajectory<T>, string>();
  private readonly seen = new WeakMap<FormulaTrajectory<T>, FormulaTrajectory<T>>();

  /** @param keyOf a text that is equal for equal elements alone */
  constructor(weightsOf: GroupWeights<T>, keyOf: (element: T) => string) {
    this.weightsOf = weightsOf;
    this.keyOf = keyOf;
  }

  /** How many fields of tokens it has read in any group so far. What it cannot tell apart is known for these. */
  get fieldsRead(): number {
    return this.fields.size;
  }

  /** Whether it has read more of a token than its ratios, which are 1 on policy. */
  get readsTokens(): boolean {
    return (['prob', 'refRatio', 'value'] as const).some((field) => this.fields.has(field));
  }

  /** All that it reads of a trajectory, as far as is known. */
  profile(one: FormulaTrajectory<T>): string {
    const before = this.keys.get(one);
    if (before !== undefined) return before;
    const tokens = one.tokens.map((token) =>
      [token.component, token.attempt, ...[...this.fields].map((field) => this.keyOf(token[field]))].join(
        ' ',
      ),
    );
    const key = [this.keyOf(one.reward), ...tokens].join(';');
    this.keys.set(one, key);
    return key;
  }

  /** The weights of a group. */
  of(group: FormulaBatch<T>): PerToken<T> {
    const keyOfGroup = (): string => group.map((one) => this.profile(one)).join('|');
    const found = this.known.get(keyOfGroup());
    if (found !== undefined) return found;
    const before = this.fields.size;
    const weights = this.weightsOf(group.map(this.watching));
    if (this.fields.size > before) {
      this.keys = new WeakMap();
      this.known.clear();
    }
    this.known.set(keyOfGroup(), weights);
    return weights;
  }

  /** The trajectory as the formula sees it. */
  private readonly watching = (one: FormulaTrajectory<T>): FormulaTrajectory<T> => {
    const { reward, group, tokens } = one;
    const found = this.seen.get(one) ?? {
      reward,
      group,
      tokens: tokens.map((token) => watched(token, this.fields)),
    };
    this.seen.set(one, found);
    return found;
  };
}
