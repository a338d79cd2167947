// Words between blanks stand in for tokens where a file has text only.
import type { Trajectory } from '../trajectory.ts';
import { maskOfRoles, rolesAfterPrompt } from './roles.ts';

/** The words of a text. */
export function wordsOf(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}

/** What follows from texts that have a role each, such as messages: their words one after the other. */
export function wordsWithRoles(
  parts: readonly { readonly text: string; readonly role: number }[],
): Pick<Trajectory, 'unit' | 'length' | 'tokens' | 'roles' | 'mask' | 'isMaskLogged' | 'areRolesLogged'> {
  const tokens: string[] = [];
  const places: number[] = [];
  for (const { text, role } of parts) {
    for (const word of wordsOf(text)) {
      tokens.push(word);
      places.push(role);
    }
  }
  const roles = Uint8Array.from(places);
  return {
    unit: 'words',
    length: tokens.length,
    tokens,
    roles,
    mask: maskOfRoles(roles),
    isMaskLogged: false,
    areRolesLogged: true,
  };
}

/** What follows from the texts of a trajectory: its words, those of the prompt first, with their roles and mask. */
export function wordTokens(
  prompt: string,
  output: string,
): Pick<Trajectory, 'unit' | 'length' | 'tokens' | 'roles' | 'mask' | 'isMaskLogged' | 'areRolesLogged'> {
  const before = wordsOf(prompt);
  const tokens = before.concat(wordsOf(output));
  const roles = rolesAfterPrompt(tokens.length, before.length);
  return {
    unit: 'words',
    length: tokens.length,
    tokens,
    roles,
    mask: maskOfRoles(roles),
    isMaskLogged: false,
    areRolesLogged: false,
  };
}
