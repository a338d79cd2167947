// Sections of docs/theory.md: that of a claim, and those that say what its words mean.
import { sectionOf } from './markdown.ts';

/**
 * The section of a claim.
 * @returns undefined for a claim that the page does not have, such as one of the user
 */
export function claimTheory(theory: string, id: string): string | undefined {
  return /^C\d+[a-z]?$/.test(id) ? sectionOf(theory, (heading) => heading.startsWith(`${id} `)) : undefined;
}

/** What the sections of claims rest on. */
const TERMS = ['The process', 'How a claim is checked'];

/** The sections that define what the claims are about. */
export function termsTheory(theory: string): string {
  return TERMS.map((heading) => sectionOf(theory, heading) ?? '').join('\n');
}
