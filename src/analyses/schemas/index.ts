// The schemas of all documents by name, and how one is printed.
import { z } from 'zod';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { suggest } from '../../base/suggest.ts';
import { benchSchema } from './bench.ts';
import { claimsSchema } from './claims.ts';
import { comparisonSchema, evaluationSchema, sampleSchema } from './evaluate.ts';
import { exactSchema } from './exact.ts';
import { gpuSchema } from './gpu.ts';
import { policySchema } from './policy.ts';
import { reproduceSchema } from './reproduce.ts';
import { presetsSchema, trainSchema } from './train.ts';
import { verifySchema } from './verify.ts';

/** Every schema; names without the leading `gradsplit/`. */
export const schemas: ReadonlyMap<string, z.ZodType> = new Map([
  ['policy@1', policySchema],
  ['exact@1', exactSchema],
  ['verify@1', verifySchema],
  ['bench@1', benchSchema],
  ['gpu@1', gpuSchema],
  ['claims@1', claimsSchema],
  ['train@1', trainSchema],
  ['presets@1', presetsSchema],
  ['sample@1', sampleSchema],
  ['eval@1', evaluationSchema],
  ['compare@1', comparisonSchema],
  ['reproduce@1', reproduceSchema],
]);

/**
 * The JSON Schema (draft 2020-12) of a document.
 * @param name with or without the leading `gradsplit/`
 * @throws InputError for an unknown name, suggesting the near one
 */
export function jsonSchema(name: string): object {
  const short = name.replace(/^gradsplit\//, '');
  const schema = schemas.get(short);
  if (schema === undefined) {
    const known = [...schemas.keys()];
    const hint = suggest(short.includes('@') ? short : `${short}@1`, known);
    throw new InputError(
      `unknown schema "${showText(name, 40)}"${hint}; the schemas are ${known.join(', ')}`,
    );
  }
  return z.toJSONSchema(schema);
}
