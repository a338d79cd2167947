// Types of sites.mjs, for its test.
export interface Site {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}
export function sitesIn(path: string, text: string): Site[];
