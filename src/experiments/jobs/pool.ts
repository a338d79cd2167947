// Runs jobs on worker threads: as many at a time as there are workers, each after the jobs that it needs.
import { Worker } from 'node:worker_threads';
import { InputError } from '../../base/errors.ts';
import { Interrupted } from '../../host/interrupt.ts';
import { OutputLost } from '../../host/systemError.ts';
import { Diverged } from '../../training/index.ts';
import type { FromWorker } from './messages.ts';

/** A job with its place among the others. */
export interface PooledJob {
  readonly name: string;
  /** Names of the jobs that must be done before. */
  readonly after: readonly string[];
  /** About how long it takes, in a unit that all jobs share. */
  readonly cost: number;
  /** What is done: plain data, which goes to a thread. */
  readonly task: object;
}

/** How the jobs are watched and stopped. */
export interface PoolHooks {
  /**
   * Called with the cost of what is done, of running jobs in part, with the cost of what earlier processes had done of it, and with
   * the job that something is said about.
   */
  readonly onProgress: (done: number, before: number, job: PooledJob, label: string) => void;
  /** Aborts: running jobs save their state, then Interrupted is thrown. */
  readonly signal: AbortSignal;
}

function errorOf(job: PooledJob, { error, message }: Extract<FromWorker, { kind: 'failed' }>): Error {
  const text = `${job.name}: ${message}`;
  if (error === 'interrupted') return new Interrupted();
  if (error === 'diverged') return new Diverged(text);
  if (error === 'output') return new OutputLost(text);
  return error === 'input' ? new InputError(text) : new Error(text);
}

/** Which jobs wait, run and are done. */
class Schedule {
  readonly #waiting: PooledJob[];
  readonly #done = new Set<string>();
  readonly #shares = new Map<PooledJob, number>();
  #finished = 0;
  #before = 0;

  constructor(jobs: readonly PooledJob[]) {
    this.#waiting = [...jobs];
  }

  /** The first job that can begin. */
  take(): PooledJob | undefined {
    const at = this.#waiting.findIndex(({ after }) => after.every((name) => this.#done.has(name)));
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
  }

  get waits(): boolean {
    return this.#waiting.length > 0;
  }

  begin(job: PooledJob, share: number): void {
    this.#before += share * job.cost;
    this.#shares.set(job, share);
  }

  progress(job: PooledJob, share: number): void {
    this.#shares.set(job, share);
  }

  finish(job: PooledJob): void {
    this.#shares.delete(job);
    this.#done.add(job.name);
    this.#finished += job.cost;
  }

  /** Cost of what earlier processes had done, as far as that is known. */
  get before(): number {
    return this.#before;
  }

  /** Cost of what is done. */
  get cost(): number {
    return [...this.#shares].reduce((sum, [job, share]) => sum + share * job.cost, this.#finished);
  }
}

/**
 * Runs all jobs.
 * @param file of the worker threads, which serve jobs of this kind
 * @param count workers, at least 1
 * @throws Interrupted after all running jobs have saved their state; whatever a job throws, with its name before the message
 */
export async function runJobs(
  file: URL,
  jobs: readonly PooledJob[],
  count: number,
  hooks: PoolHooks,
): Promise<void> {
  const schedule = new Schedule(jobs);
  const stopping = new SharedArrayBuffer(4);
  const stop = (): void => void Atomics.store(new Int32Array(stopping), 0, 1);
  hooks.signal.addEventListener('abort', stop);
  const workers = Array.from(
    { length: Math.min(count, jobs.length) },
    () => new Worker(file, { workerData: stopping, execArgv: [] }),
  );
  const idle = [...workers];
  const failures: Error[] = [];
  const running = new Map<PooledJob, Promise<void>>();
  const isStopped = (): boolean => hooks.signal.aborted || failures.length > 0;

  const begin = (job: PooledJob): void => {
    const worker = idle.pop()!;
    const say = (label: string): void => hooks.onProgress(schedule.cost, schedule.before, job, label);
    const finished = runOne(worker, job, (message) => {
      if (message.kind === 'begun') return schedule.begin(job, message.share);
      schedule.progress(job, message.share);
      say(message.label);
    }).then(
      () => {
        schedule.finish(job);
        say('done');
      },
      (error: Error) => {
        failures.push(error);
        stop();
      },
    );
    running.set(
      job,
      finished.finally(() => {
        running.delete(job);
        idle.push(worker);
      }),
    );
  };

  const next = (): PooledJob | undefined => (isStopped() || idle.length === 0 ? undefined : schedule.take());
  try {
    do {
      for (let job = next(); job !== undefined; job = next()) begin(job);
      await Promise.race(running.values());
    } while (running.size > 0 || (!isStopped() && schedule.waits));
  } finally {
    hooks.signal.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  // What failed by itself says more than what was stopped because of it.
  const failure = failures.find((error) => !(error instanceof Interrupted)) ?? failures[0];
  if (failure !== undefined) throw failure;
  if (hooks.signal.aborted) throw new Interrupted();
}

/** What a worker says while it works. */
type News = Extract<FromWorker, { kind: 'begun' | 'progress' }>;

/** Gives a worker a job and waits for its end. */
function runOne(worker: Worker, job: PooledJob, onNews: (message: News) => void): Promise<void> {
  return new Promise((done, failed) => {
    const end = (settle: () => void): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      settle();
    };
    const onError = (error: Error): void => end(() => failed(new Error(`${job.name}: ${error.message}`)));
    const onMessage = (message: FromWorker): void => {
      if (message.kind === 'begun' || message.kind === 'progress') onNews(message);
      else if (message.kind === 'done') end(done);
      else end(() => failed(errorOf(job, message)));
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage(job);
  });
}
