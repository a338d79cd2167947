// What a caller of a long pass may say between two of its steps.

/** Both are looked at between steps; a pass that ends early frees what it holds. */
export interface PassHooks {
  /** Called after every step. What it throws ends the pass; a promise is waited for, so that other work can be done meanwhile. */
  onProgress?(done: number, total: number): void | Promise<void>;
  /** Ends the pass by an exception once it is aborted. */
  readonly signal?: { throwIfAborted(): void };
}

/** Between two steps. */
export async function afterStep(hooks: PassHooks, done: number, total: number): Promise<void> {
  await hooks.onProgress?.(done, total);
  hooks.signal?.throwIfAborted();
}
