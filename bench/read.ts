// Reads a gradsplit/bench@1 document, such as the baseline of a comparison.
import { type BenchResult, benchFields, benchSchema } from '../src/documents/bench.ts';
import { parseDocument } from '../src/documents/parse.ts';

/**
 * Checks a parsed document.
 * @param place what to call it in a message: the file's name
 * @throws InputError naming the first thing that is wrong
 */
export function readBenchResult(document: unknown, place: string): BenchResult {
  return parseDocument(benchSchema, document, place, benchFields) as BenchResult;
}
