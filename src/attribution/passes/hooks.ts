// What a caller of a long pass may say between two of its steps.

/** How a pass goes. Hooks are looked at between steps; a pass that ends early frees what it holds. */
export interface PassHooks {
  /** Called after every step. What it throws ends the pass; a promise is waited for, so that other work can be done meanwhile. */
  onProgress?(done: number, total: number): void | Promise<void>;
  /** Ends the pass by an exception once it is aborted. */
  readonly signal?: { throwIfAborted(): void };
  /** Logits in memory at once; 2²⁵ if left out. */
  readonly logitsAtOnce?: number;
  /** Elements of the largest table of tokens whose gradient is made for each label; 2²² if left out. */
  readonly largestTable?: number;
}

/** Counts steps for the hooks: to be awaited after each, with as many as it stands for, one if left out. */
export function steps({ onProgress, signal }: PassHooks, total: number): (by?: number) => Promise<void> {
  let done = 0;
  return async (by = 1) => {
    done += by;
    await onProgress?.(done, total);
    signal?.throwIfAborted();
  };
}
