// `claims` on a terminal: what is claimed, under which assumptions.
import type { Claim } from '../../claims/claim.ts';
import { paragraph, safe } from './layout.ts';
import { type Palette, plainPalette } from './palette.ts';

/** What is listed of a claim. */
export type ListedClaim = Pick<Claim, 'id' | 'title' | 'statement' | 'assumptions'>;

function listed({ id, title, statement, assumptions }: ListedClaim, palette: Palette): string {
  const lines = [`${palette.bold(id)}${' '.repeat(Math.max(1, 5 - id.length))}${palette.bold(safe(title))}`];
  lines.push(paragraph(statement, 5, palette));
  // The dash stands before the first line, further lines under its text.
  for (const assumption of assumptions) {
    lines.push(palette.dim(paragraph(assumption, 7, palette).replace(/^ {7}/, '     - ')));
  }
  return lines.join('\n');
}

/** The claims as text. */
export function claimsTable(claims: readonly ListedClaim[], palette: Palette = plainPalette): string {
  return claims.map((claim) => listed(claim, palette)).join('\n\n');
}
