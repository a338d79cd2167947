// What the worker threads of an experiment say to the thread that gives them jobs.

/** What a worker says. */
export type FromWorker =
  /** How much of the job an earlier process had done. */
  | { readonly kind: 'begun'; readonly share: number }
  | { readonly kind: 'progress'; readonly share: number; readonly label: string }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      readonly error: 'interrupted' | 'diverged' | 'input' | 'output' | 'defect';
      readonly message: string;
    };
