// Reads a gradsplit/bench@1 document, such as the baseline of a comparison.
import { z } from 'zod';
import { InputError } from '../src/base/errors.ts';
import { suggest } from '../src/base/suggest.ts';
import type { BenchResult } from './result.ts';

const positive = z.number().positive();

const caseResult = z.strictObject({
  suite: z.string(),
  name: z.string(),
  unit: z.string(),
  value: positive,
  ci95: z.tuple([z.number(), z.number()]),
  samples: z.array(z.number()),
  ofCeiling: positive,
  peers: z.record(z.string(), z.strictObject({ value: positive })),
  warnings: z.array(z.string()),
});

/** The schema of gradsplit/bench@1. */
export const benchResultSchema: z.ZodType<BenchResult> = z.strictObject({
  schema: z.literal('gradsplit/bench@1'),
  machine: z.strictObject({ cpu: z.string(), node: z.string(), threads: z.int().positive() }),
  build: z.string(),
  ceiling: z.strictObject({ gflops: positive, how: z.string() }),
  results: z.array(caseResult),
});

const knownKeys: readonly string[] = [
  ...['schema', 'machine', 'build', 'ceiling', 'results', 'cpu', 'node', 'threads', 'gflops', 'how'],
  ...Object.keys(caseResult.shape),
];

/** `results[2].ci95[0]` */
function showPath(path: readonly PropertyKey[]): string {
  return path.map((p, i) => (typeof p === 'number' ? `[${p}]` : `${i > 0 ? '.' : ''}${String(p)}`)).join('');
}

/**
 * Checks a parsed document.
 * @param place what to call it in a message: the file's name
 * @throws InputError naming the first thing that is wrong
 */
export function readBenchResult(document: unknown, place: string): BenchResult {
  const parsed = benchResultSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const path = showPath(issue.path);
  const at = path === '' ? place : `${place}: ${path}`;
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    throw new InputError(`${at} has an unknown field "${key}"${suggest(key!, knownKeys)}`);
  }
  throw new InputError(`${at}: ${issue.message}`);
}
