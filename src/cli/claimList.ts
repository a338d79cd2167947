// The claims that --claims names: those of docs/theory.md by id, and those of modules by path.
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import type { Claim } from '../claims/claim.ts';

/** What was asked for. */
export interface ClaimList {
  /** Ids of claims of docs/theory.md, in its order. */
  readonly ids: readonly string[];
  /** The claims of modules, in the order in which they were named. */
  readonly own: readonly Claim[];
}

/**
 * Reads a list such as `C3,C5b,./mine.js`; all known ids if there is none.
 * @throws InputError if an id is unknown, or one of a module is taken
 */
export async function readClaimList(list: string | undefined, known: readonly string[]): Promise<ClaimList> {
  if (list === undefined) return { ids: known, own: [] };
  const { isModulePath, loadClaim } = await import('../host/loadModule.ts');
  const entries = list.split(',').map((entry) => entry.trim());
  const asked = entries.filter((entry): boolean => !isModulePath(entry));
  const unknown = asked.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    const hint = suggest(unknown, known);
    throw new InputError(
      `--claims: unknown claim "${showText(unknown, 40)}"${hint}; the claims are ${known.join(', ')}`,
    );
  }
  const own = await Promise.all(entries.filter(isModulePath).map(loadClaim));
  const taken = own.find(({ id }, i) => known.includes(id) || own.findIndex((o) => o.id === id) < i);
  if (taken !== undefined) throw new InputError(`claim "${showText(taken.id, 40)}": the id is taken`);
  return { ids: known.filter((id) => asked.includes(id)), own };
}
