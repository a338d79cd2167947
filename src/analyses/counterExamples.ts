// The counter-examples of a document of `prove` or `refute`, each with the name of a file.
import type { ProveDocument } from '../documents/prove.ts';

/** A policy that refutes something, and how its file is called, without an ending. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: object;
}

/** The longest name of a file. */
const LONGEST = 60;

/** A text in small letters, digits and hyphens. */
function hyphened(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, LONGEST);
}

/** What is refuted, with the policy on which it fails. */
function refuted({ claims, objectives = [] }: ProveDocument): NamedPolicy[] {
  const found = (about: string, name: string, policy: object | undefined): NamedPolicy[] =>
    policy === undefined
      ? []
      : [{ name: [about, hyphened(name)].filter((part) => part !== '').join('-'), policy }];
  return [
    ...claims.flatMap(({ id, statements, controls }) =>
      [...statements, ...controls].flatMap(({ name, counterExample }) =>
        found(hyphened(id), id === 'statement' ? '' : name, counterExample),
      ),
    ),
    ...objectives.flatMap(({ name, options: _, ...questions }) =>
      Object.entries(questions).flatMap(([question, { counterExample }]) =>
        found(hyphened(name), question, counterExample),
      ),
    ),
  ];
}

/** Every counter-example of a document; of several with one name the second is called `name-2`. */
export function counterExamplesOf(document: ProveDocument): readonly NamedPolicy[] {
  const seen = new Map<string, number>();
  return refuted(document).map(({ name, policy }) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return { name: times === 1 ? name : `${name}-${times}`, policy };
  });
}
