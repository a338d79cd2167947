// What worker threads say to the thread that gives them jobs.

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

/** How a job is watched and stopped. */
export interface JobHooks {
  /** Called once, with the share that an earlier process had done. */
  readonly onBegin: (share: number) => void;
  /** Called with the share that is done, and what is worth saying about it. */
  readonly onProgress: (share: number, label: string) => void;
  /** Asked between steps; if true, the state is saved and Interrupted is thrown. */
  readonly stop: () => boolean;
}
