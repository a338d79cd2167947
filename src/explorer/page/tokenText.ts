// The text of a token as readers see it: nothing hidden in it, and not too long.

/** Characters of a token that are shown in its line. */
const LONGEST = 60;

/** Characters that break a line, cannot be seen, or turn the direction of what follows. */
const HIDDEN = /[\p{Cc}\p{Cs}\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

function visible(c: string): string {
  if (c === '\n') return '⏎';
  if (c === '\t') return '⇥';
  return `⟨${c.charCodeAt(0).toString(16).padStart(4, '0')}⟩`;
}

/** A token's text, with what cannot be seen written out, no longer than `limit`. */
export function tokenText(text: string, limit: number = LONGEST): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  const shown = cut.replace(HIDDEN, visible);
  return shown.trim() === '' ? '␣'.repeat(Math.max(1, shown.length)) : shown;
}
