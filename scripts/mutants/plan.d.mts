// Types of plan.mjs, for its test.
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly operator: string;
  readonly context: readonly [string, string];
  readonly original: string;
  readonly replacement: string;
}
export function planned(seed: string): Record<string, Fault[]>;
export function withFault(text: string, fault: Fault): string | undefined;
