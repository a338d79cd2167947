// What a table knows of the terminal, passed in by the caller: its colours and its width.

/** What a table needs of a colour library; picocolors has it. */
export interface Palette {
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  /** Columns of the terminal; without a width nothing is left out and text is wrapped where it reads well. */
  readonly width?: number;
}

const same = (text: string): string => text;

/** No colours: for files, pipes and NO_COLOR. */
export const plainPalette: Palette = { green: same, red: same, yellow: same, dim: same, bold: same };
