// Puts the weight formula of a user's module to a proof in a thread of its own, which ends when its time is over.
import { Worker } from 'node:worker_threads';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import type { ObjectiveProof } from '../proofs/objectives/index.ts';
import { builtFile } from './built.ts';
import type { FormulaOrder, FormulaReport } from './formulaOrder.ts';

/**
 * Proves or refutes what is asked of an objective for the weight formula of a module. The module is executed.
 * @param seconds after which the thread is ended
 * @param onQuestion is told the name of each question before it is put
 * @throws InputError if the module cannot be loaded, has no formula, does what no field can do, or takes longer
 */
export async function proveFormula(
  order: FormulaOrder,
  seconds: number,
  onQuestion: (question: string) => void,
): Promise<ObjectiveProof> {
  const { path } = order;
  let at = 'loading';
  // What the module prints would be among the results.
  const worker = new Worker(builtFile('src/host/proofWorker.js'), {
    workerData: order,
    execArgv: [],
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  worker.stdout.pipe(process.stderr, { end: false });
  const { promise, resolve, reject } = withResolvers<ObjectiveProof>();
  const refuse = (what: string): void => reject(new InputError(`${showText(path)}: ${what}`));
  worker.on('message', (report: FormulaReport) => {
    if ('proof' in report) resolve(report.proof);
    else if ('refused' in report) reject(new InputError(report.refused));
    else {
      at = report.question;
      onQuestion(at);
    }
  });
  worker.on('error', (error) => refuse(`the module failed: ${showText(String(error))}`));
  worker.on('exit', (code) =>
    refuse(`the module ended its thread (exit code ${code}) before there was a verdict`),
  );
  const timer = setTimeout(
    () => refuse(`no verdict within ${seconds} s (at: ${at}); --time-limit allows more`),
    1000 * seconds,
  );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

interface Resolvers<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

/** A promise that is settled from outside. */
function withResolvers<T>(): Resolvers<T> {
  let settle: Omit<Resolvers<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}
