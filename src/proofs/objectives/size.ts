// What an objective is asked about: the shape of the policies and the largest group, with what is too large to be decided.
import { InputError } from '../../base/errors.ts';
import { checkTrajectories, countTrajectories, type PolicyShape } from '../../policy/shape.ts';

/** Policies with at most K attempts of L tokens from V, in groups of 2, 3, …, groupSize. */
export interface ProofSize extends PolicyShape {
  readonly groupSize: number;
}

/** What is asked about where nothing is said: lengths differ, and so does what a decision leads to. */
export const DEFAULT_SIZE: ProofSize = { attempts: 2, length: 1, vocabulary: 2, groupSize: 3 };

/** The largest number of trajectories of a policy with one token more in an attempt. */
const MOST_TRAJECTORIES = 5000;

/** The largest number of groups that a formula is run on at each point. */
const MOST_GROUPS = 40_000;

/** The shape without the group. */
export function shapeOf({ attempts, length, vocabulary }: ProofSize): PolicyShape {
  return { attempts, length, vocabulary };
}

/** The sizes of groups that are looked at: 2 to the largest one. */
export function groupSizes({ groupSize }: ProofSize): number[] {
  return Array.from({ length: groupSize - 1 }, (_, i) => i + 2);
}

/** The shape with one token more in every attempt. */
export function longer(shape: PolicyShape): PolicyShape {
  return { ...shape, length: shape.length + 1 };
}

/** Whether all groups of trajectories of a policy can be enumerated at random points. */
export function isEnumerable(shape: PolicyShape, groupSize: number): boolean {
  return Number(countTrajectories(shape)) ** groupSize <= 2 ** 15;
}

/** Above this a number of groups is not counted further. */
const UNCOUNTED = 1e15;

/**
 * Σ_b S(n, b)·K^b over the Stirling numbers of the second kind: the ways in which n members fall into classes, with a number of attempts for
 * each class. It grows with n, so that the counting ends at a smaller n where that has more than UNCOUNTED.
 */
function patternsOf(n: number, attempts: number): number {
  let row = [1];
  let patterns = 1;
  for (let k = 1; k <= n && patterns <= UNCOUNTED; k++) {
    row = Array.from({ length: k + 1 }, (_, b) => b * (row[b] ?? 0) + (b === 0 ? 0 : row[b - 1]!));
    patterns = row.reduce((sum, count, blocks) => sum + count * attempts ** blocks, 0);
  }
  return patterns;
}

/**
 * How many groups a formula is run on at each point where one member is held against the others, at most: groups whose members may
 * coincide, with every number of attempts, and each member with every other end from each of its tokens on.
 */
function groupsOf({ attempts, length }: PolicyShape, groupSize: number): number {
  let ends = 1;
  for (let k = 0; k < attempts; k++) ends += (length + 2) * (attempts - k);
  return patternsOf(groupSize, attempts) * groupSize * ends;
}

/**
 * Refuses a size whose questions would not be answered in a few minutes.
 * @throws InputError saying how large it is, and what is the largest
 */
export function checkSize(size: ProofSize): void {
  const { groupSize } = size;
  checkTrajectories(longer(size), MOST_TRAJECTORIES, 'are looked at (padding adds a token to each attempt)');
  const groups = groupsOf(size, groupSize);
  if (groups <= MOST_GROUPS) return;
  const shown = groups <= UNCOUNTED ? String(groups) : 'more than 10^15';
  throw new InputError(
    `groups of ${groupSize} with up to ${size.attempts} attempts: ${shown} groups at each point; at most ${MOST_GROUPS} are looked at`,
  );
}
