// The program of the thread in which a module of the user is executed and its weight formula put to a proof, so that it can be ended.
import { parentPort, workerData } from 'node:worker_threads';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { FormulaError, proveObjective, repeatable } from '../proofs/objectives/index.ts';
import type { FormulaOrder, FormulaReport } from './formulaOrder.ts';
import { loadFormula } from './loadFormula.ts';

const { path, points, seed, size }: FormulaOrder = workerData;
const say = (report: FormulaReport): void => parentPort!.postMessage(report);

try {
  const formula = await loadFormula(path);
  const proof = proveObjective(repeatable(formula), { points, seed }, size, (question) => say({ question }));
  say({ proof });
} catch (error) {
  if (error instanceof InputError) say({ refused: error.message });
  else if (error instanceof FormulaError) say({ refused: `${showText(path)}: ${error.message}` });
  else throw error;
}
