// What an object from outside must have before it is taken for one of ours.

/** The members an object must have, with what `typeof` says of each. */
export type Members = Readonly<Record<string, 'string' | 'object' | 'function'>>;

/** Names of the members that a value lacks, or that are of another type; all of them if it is no object. */
export function missingMembers(value: unknown, members: Members): string[] {
  const entries = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  return Object.keys(members).filter((name) => typeof entries.get(name) !== members[name]);
}
