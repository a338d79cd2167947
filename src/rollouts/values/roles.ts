// The roles of tokens and the mask, where a file has only one of them, or neither.
import { ROLES, type Role } from '../trajectory.ts';

/** The place of each role in ROLES. */
export const ROLE = Object.fromEntries(ROLES.map((role, i) => [role, i])) as Readonly<Record<Role, number>>;

/** Roles that take no part in the loss unless a mask says so. */
const LEFT_OUT: readonly number[] = [ROLE.prompt, ROLE.tool, ROLE.pad];

/** [T] the mask that follows from roles: 1 on what is neither prompt, tool nor padding. */
export function maskOfRoles(roles: Uint8Array): Uint8Array {
  return roles.map((role) => (LEFT_OUT.includes(role) ? 0 : 1));
}

/**
 * [T] the roles that follow from a mask: what it leaves out is prompt before the first token that takes part, and tool output
 * after it; the rest is sampled.
 */
export function rolesOfMask(mask: Uint8Array): Uint8Array {
  const first = mask.indexOf(1);
  const prompt = first < 0 ? mask.length : first;
  return mask.map((flag, t) => (flag === 1 ? ROLE.sample : t < prompt ? ROLE.prompt : ROLE.tool));
}

/** [T] roles of a prompt of `prompt` tokens with all that follows it sampled. */
export function rolesAfterPrompt(length: number, prompt: number): Uint8Array {
  return new Uint8Array(length).fill(ROLE.sample, prompt);
}
