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

/**
 * A formula that remembers what it gave. If it has read nothing but some fields, it reads the same of every group that agrees in
 * these, and gives the same.
 * @param keyOf a text that is equal for equal elements alone
 */
export function rememberedWeights<T>(
  weightsOf: (group: FormulaBatch<T>) => PerToken<T>,
  keyOf: (element: T) => string,
): (group: FormulaBatch<T>) => PerToken<T> {
  const fields = new Set<Field>();
  const known = new Map<string, PerToken<T>>();
  let keys = new WeakMap<FormulaTrajectory<T>, string>();

  const profile = (one: FormulaTrajectory<T>): string => {
    const before = keys.get(one);
    if (before !== undefined) return before;
    const tokens = one.tokens.map((token) =>
      [token.component, token.attempt, ...[...fields].map((field) => keyOf(token[field]))].join(' '),
    );
    const key = [keyOf(one.reward), ...tokens].join(';');
    keys.set(one, key);
    return key;
  };

  return (group) => {
    const keyOfGroup = (): string => group.map(profile).join('|');
    const found = known.get(keyOfGroup());
    if (found !== undefined) return found;
    const read = new Set<Field>();
    const weights = weightsOf(
      group.map((one) => ({
        reward: one.reward,
        group: one.group,
        tokens: one.tokens.map((token) => watched(token, read)),
      })),
    );
    const unseen = [...read].filter((field) => !fields.has(field));
    if (unseen.length > 0) {
      for (const field of unseen) fields.add(field);
      keys = new WeakMap();
      known.clear();
    }
    known.set(keyOfGroup(), weights);
    return weights;
  };
}
