// Weights w_t of a whole group of trajectories as a picture: a row an estimator, the tokens of the trajectories side by side.
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { balanceTolerance, type GroupedObjective } from '../../attribution/expectedGradient.ts';
import { batchOf, profilesOf } from '../../attribution/profiles.ts';
import { forEachTrajectory } from '../../attribution/trajectories.ts';
import { largest, spread } from '../../attribution/vectors.ts';
import { STOP } from '../../policy/component.ts';
import type { MapFigure } from '../figure.ts';

/** An objective with a name, put to groups. */
export interface NamedObjective extends Omit<GroupedObjective, 'groupSize'> {
  readonly label: string;
}

/** A trajectory of the group: its leaf, and what is said of it. */
export interface GroupMember {
  readonly leaf: number;
  readonly label: string;
}

/** The edges [tokens] of some leaves of a tree. */
function pathsOf({ graph }: EvaluatedPolicy, leaves: readonly number[]): Map<number, Int32Array> {
  const paths = new Map<number, Int32Array>();
  forEachTrajectory(graph, (leaf, path) => {
    if (leaves.includes(leaf)) paths.set(leaf, path.slice());
  });
  return paths;
}

/** The columns of one trajectory: its actions with the component that takes them. */
function columnsOf({ graph }: EvaluatedPolicy, path: Int32Array): MapFigure['columns'] {
  return [...path].map((edge, t) => {
    const { edgeStart, arity, component } = graph.layers[t]!;
    const action = (edge - edgeStart) % arity;
    const label = component === 'sample' ? String(action) : action === STOP ? 'STOP' : 'RESAMPLE';
    return { label, component };
  });
}

/**
 * The picture. `note` says whether the weights within each trajectory are equal up to rounding; every row has one scale for the
 * whole group, so that a difference between trajectories is seen.
 * @param members the group, all of it; leaves may repeat
 * @param shown how many of its members have columns, from the first one on
 * @throws InputError if a log-probability of a trajectory that can be drawn is not finite
 */
export function groupWeights(
  policy: EvaluatedPolicy,
  members: readonly GroupMember[],
  rows: readonly NamedObjective[],
  texts: Pick<MapFigure, 'title' | 'caption'>,
  shown: number = members.length,
): MapFigure {
  const paths = pathsOf(
    policy,
    members.map(({ leaf }) => leaf),
  );
  const columns = members.slice(0, shown).map(({ leaf }) => columnsOf(policy, paths.get(leaf)!));
  const end = columns.flat().length;
  return {
    kind: 'map',
    ...texts,
    columns: columns.flat(),
    groups: columns.map(({ length }, i) => ({ label: members[i]!.label, columns: length })),
    rows: rows.map(({ label, objective, options, behaviour }) => {
      const { profiles, profileOf } = profilesOf(policy, behaviour, true);
      const group = members.map(({ leaf }) => profiles[profileOf[leaf]!]!);
      const batch = batchOf(group, policy.graph, objective.traits(options).readsValues);
      const weights = objective.weights(batch, options);
      const balanced = members.every((_, i) => {
        const own = weights.subarray(batch.offsets[i]!, batch.offsets[i + 1]!);
        return spread(own) <= balanceTolerance(largest(own)).value;
      });
      return { label, values: [...weights.subarray(0, end)], note: balanced ? 'balanced' : 'not balanced' };
    }),
  };
}
