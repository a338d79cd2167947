// Colours of terminal tables, passed in: the caller knows whether there is a terminal.

/** What a table needs of a colour library; picocolors has it. */
export interface Palette {
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const same = (text: string): string => text;

/** No colours: for files, pipes and NO_COLOR. */
export const plainPalette: Palette = { green: same, red: same, yellow: same, dim: same, bold: same };
