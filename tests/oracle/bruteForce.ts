// Every exact number once more, by listing all trajectories: the oracle of the tests. No tree, no recursion over values, no
// autodiff, nothing of src but types; conditional expectations are sums over the trajectories that share a prefix.
import type { TokenBatch } from '../../src/objectives/batch.ts';
import type { PolicyShape } from '../../src/policy/shape.ts';
import type { PolicyLogits, TabularPolicy } from '../../src/policy/tabular.ts';

export type Role = 'sample' | 'decision';

/** One token: who chose what after which history (a key of a policy file). */
export interface Choice {
  readonly component: Role;
  readonly history: string;
  readonly action: number;
  /** From 0. */
  readonly attempt: number;
}

export interface Trajectory {
  readonly key: string;
  readonly attempts: number;
  readonly choices: readonly Choice[];
  readonly reward: number;
}

/** Rows of numbers by `component:history`, in the canonical order. */
export type Table = Map<string, number[]>;

/** One player: probabilities by history, and π(τ), log π(τ) of every trajectory. */
export interface Player {
  readonly prob: Table;
  readonly logProb: Table;
  readonly path: readonly number[];
  readonly logPath: readonly number[];
}

export interface World {
  readonly shape: PolicyShape;
  readonly trajectories: readonly Trajectory[];
  /** The choices of each trajectory as text, so that a prefix is a prefix. */
  readonly spelled: readonly string[];
  readonly policy: Player;
  readonly reference: Player;
}

export const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

/** All words of `length` tokens, in lexicographic order. */
export function words(vocabulary: number, length: number): number[][] {
  if (length === 0) return [[]];
  const tokens = Array.from({ length: vocabulary }, (_, token) => token);
  return words(vocabulary, length - 1).flatMap((word) => tokens.map((token) => [...word, token]));
}

/** Attempts joined by '/'; a history of samples that begins a new attempt ends in '/'. */
function spell(tokens: readonly number[], length: number, component: Role): string {
  const attempts: string[] = [];
  for (let from = 0; from < tokens.length; from += length) {
    attempts.push(tokens.slice(from, from + length).join(','));
  }
  const opens = component === 'sample' && tokens.length > 0 && tokens.length % length === 0;
  return attempts.join('/') + (opens ? '/' : '');
}

/** Keys of all sample or decision histories in canonical order. */
export function historyKeys({ attempts, length, vocabulary }: PolicyShape, component: Role): string[] {
  const depths =
    component === 'sample'
      ? Array.from({ length: attempts * length }, (_, depth) => depth)
      : Array.from({ length: attempts - 1 }, (_, k) => (k + 1) * length);
  return depths.flatMap((depth) => words(vocabulary, depth).map((word) => spell(word, length, component)));
}

function tableOf(shape: PolicyShape, logits: PolicyLogits, row: (xs: number[]) => number[]): Table {
  const table: Table = new Map();
  for (const component of ['sample', 'decision'] as const) {
    const width = component === 'sample' ? shape.vocabulary : 2;
    historyKeys(shape, component).forEach((key, i) => {
      const values = Array.from(logits[component].slice(i * width, (i + 1) * width));
      table.set(`${component}:${key}`, row(values));
    });
  }
  return table;
}

const partition = (xs: readonly number[]): number => sum(xs.map(Math.exp));

function listTrajectories({ shape, reward }: TabularPolicy): Trajectory[] {
  const { attempts, length, vocabulary } = shape;
  const out: Trajectory[] = [];
  for (let k = 1; k <= attempts; k++) {
    for (const tokens of words(vocabulary, k * length)) {
      const choices: Choice[] = [];
      for (let attempt = 0; attempt < k; attempt++) {
        for (let i = attempt * length; i < (attempt + 1) * length; i++) {
          const history = spell(tokens.slice(0, i), length, 'sample');
          choices.push({ component: 'sample', history, action: tokens[i]!, attempt });
        }
        if (attempt === attempts - 1) continue;
        const history = spell(tokens.slice(0, (attempt + 1) * length), length, 'decision');
        choices.push({ component: 'decision', history, action: attempt === k - 1 ? 0 : 1, attempt });
      }
      const hit = reward.kind === 'target' && tokens.slice(-length).join() === reward.target.join();
      const R =
        reward.kind === 'table' ? reward.values[out.length]! : (hit ? 1 : 0) - reward.attemptCost * (k - 1);
      out.push({ key: spell(tokens, length, 'decision'), attempts: k, choices, reward: R });
    }
  }
  return out;
}

const idOf = ({ component, history }: Choice): string => `${component}:${history}`;
/** The entry of a table that a choice reads. */
export const at = (table: Table, choice: Choice): number => table.get(idOf(choice))![choice.action]!;

/** Lists the trajectories of a policy. Meant for a few hundred. */
export function enumerate(policy: TabularPolicy): World {
  const { shape } = policy;
  const trajectories = listTrajectories(policy);
  const player = (logits: PolicyLogits): Player => {
    const prob = tableOf(shape, logits, (row) => row.map((x) => Math.exp(x) / partition(row)));
    const logProb = tableOf(shape, logits, (row) => row.map((x) => x - Math.log(partition(row))));
    return {
      prob,
      logProb,
      path: trajectories.map(({ choices }) => choices.reduce((p, choice) => p * at(prob, choice), 1)),
      logPath: trajectories.map(({ choices }) => sum(choices.map((choice) => at(logProb, choice)))),
    };
  };
  return {
    shape,
    trajectories,
    spelled: trajectories.map(({ choices }) =>
      choices.map(({ component, action }) => `${component[0]}${action} `).join(''),
    ),
    policy: player(policy.logits),
    reference: player(policy.reference),
  };
}

/** E[f] over the trajectories of a player. */
export function expectation({ path }: Player, f: (i: number) => number): number {
  return sum(path.map((p, i) => (p === 0 ? 0 : p * f(i))));
}

/** The trajectories that begin with the first t choices of trajectory i. */
export function sharing({ spelled, trajectories }: World, i: number, t: number): number[] {
  const prefix = trajectories[i]!.choices.slice(0, t)
    .map(({ component, action }) => `${component[0]}${action} `)
    .join('');
  return spelled.flatMap((text, j) => (text.startsWith(prefix) ? [j] : []));
}

/** E[R | the first t choices of trajectory i], by filtering. */
export function conditionalReward(world: World, player: Player, i: number, t: number): number {
  const inside = sharing(world, i, t);
  const mass = sum(inside.map((j) => player.path[j]!));
  return sum(inside.map((j) => player.path[j]! * world.trajectories[j]!.reward)) / mass;
}

/** Σ_i Σ_t weight(i, t)·(e_a − π(·|h_t)): weights on scores, with respect to the policy's logits. */
export function gradient(world: World, weight: (i: number, t: number, choice: Choice) => number): Table {
  const out: Table = new Map([...world.policy.prob].map(([id, row]) => [id, row.map(() => 0)]));
  world.trajectories.forEach(({ choices }, i) => {
    choices.forEach((choice, t) => {
      const w = weight(i, t, choice);
      const prob = world.policy.prob.get(idOf(choice))!;
      const row = out.get(idOf(choice))!;
      for (let a = 0; a < row.length; a++) row[a]! += w * ((a === choice.action ? 1 : 0) - prob[a]!);
    });
  });
  return out;
}

/** A table as arrays in canonical order. */
export function arrays(table: Table): { sample: Float64Array; decision: Float64Array } {
  const rows = (component: Role): Float64Array =>
    Float64Array.from([...table].flatMap(([id, row]) => (id.startsWith(`${component}:`) ? row : [])));
  return { sample: rows('sample'), decision: rows('decision') };
}

/** A table as objects keyed by history, as documents hold it. */
export function keyed(table: Table): Record<Role, Record<string, number[]>> {
  const rows = (component: Role): Record<string, number[]> =>
    Object.fromEntries(
      [...table].flatMap(([id, row]) =>
        id.startsWith(`${component}:`) ? [[id.slice(component.length + 1), row]] : [],
      ),
    );
  return { sample: rows('sample'), decision: rows('decision') };
}

/** How an objective sees trajectories drawn together; indices into the world's. */
export function batchOf(
  world: World,
  behaviour: Player,
  group: readonly number[],
  withValue: boolean,
): TokenBatch {
  const tokens = group.flatMap((i) => world.trajectories[i]!.choices.map((choice, t) => ({ choice, i, t })));
  const each = (f: (choice: Choice, i: number, t: number) => number): number[] =>
    tokens.map(({ choice, i, t }) => f(choice, i, t));
  const offsets = [0];
  for (const i of group) offsets.push(offsets.at(-1)! + world.trajectories[i]!.choices.length);
  return {
    offsets: Int32Array.from(offsets),
    logProb: Float64Array.from(each((choice) => at(world.policy.logProb, choice))),
    oldLogProb: Float64Array.from(each((choice) => at(behaviour.logProb, choice))),
    refLogProb: Float64Array.from(each((choice) => at(world.reference.logProb, choice))),
    mask: Uint8Array.from(tokens, () => 1),
    component: Uint8Array.from(each(({ component }) => (component === 'decision' ? 1 : 0))),
    attempt: Int32Array.from(each(({ attempt }) => attempt)),
    reward: Float64Array.from(group, (i) => world.trajectories[i]!.reward),
    group: new Int32Array(group.length),
    ...(withValue
      ? { value: Float64Array.from(each((_, i, t) => conditionalReward(world, behaviour, i, t))) }
      : {}),
  };
}

/** E[Σ w_t u_t] over all *ordered* groups, and the largest difference of weights within a trajectory, over the largest. */
export function expectedWeights(
  world: World,
  behaviour: Player,
  groupSize: number,
  withValue: boolean,
  weights: (batch: TokenBatch) => Float64Array,
): { readonly gradient: Table; readonly relativeSpread: number } {
  const mass = world.trajectories.map(({ choices }) => choices.map(() => 0));
  let spread = 0;
  let largest = 0;
  for (const group of words(world.trajectories.length, groupSize)) {
    const p = group.reduce((product, i) => product * behaviour.path[i]!, 1);
    const batch = batchOf(world, behaviour, group, withValue);
    const w = weights(batch);
    group.forEach((i, slot) => {
      const own = Array.from(w.slice(batch.offsets[slot]!, batch.offsets[slot + 1]!));
      spread = Math.max(spread, Math.max(...own) - Math.min(...own));
      largest = Math.max(largest, ...own.map(Math.abs));
      own.forEach((x, t) => {
        mass[i]![t]! += p * x;
      });
    });
  }
  return {
    gradient: gradient(world, (i, t) => mass[i]![t]!),
    relativeSpread: largest === 0 ? 0 : spread / largest,
  };
}
