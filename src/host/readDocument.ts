// Reads the JSON files that runs and experiments have written.
import type { z } from 'zod';
import { parseJson } from '../base/jsonText.ts';
import { showText } from '../base/show.ts';
import { parseDocument } from '../documents/parse.ts';
import { readFileText } from './readFile.ts';

/** A file as it was read. */
export interface ReadDocument<T> {
  /** As its schema reads it. */
  readonly value: T;
  /** As it is written there. */
  readonly written: unknown;
}

/**
 * Reads a JSON file by its schema.
 * @throws InputError if it cannot be read, or does not fit: it names the file and the place
 */
export function readDocument<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): ReadDocument<z.output<Schema>> {
  const written = parseJson(readFileText(path), showText(path));
  return { value: parseDocument(schema, written, showText(path)), written };
}
