// Public surface of gradsplit/documents: the schemas of all documents by name with their types, and how a schema is printed. It loads
// zod.
import { z } from 'zod';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import { attributionSchema } from './attribution.ts';
import { auditSchema } from './audit.ts';
import { benchSchema } from './bench.ts';
import { claimsSchema } from './claims.ts';
import { comparisonSchema } from './comparison.ts';
import { doctorSchema } from './doctor.ts';
import { evaluationSchema } from './evaluation.ts';
import { exactSchema } from './exact.ts';
import { gpuSchema } from './gpu.ts';
import { labSchema, labsSchema } from './labs.ts';
import { type DocumentName, documentNames } from './names.ts';
import { objectivesSchema } from './objectives.ts';
import { policySchema } from './policy.ts';
import { presetsSchema } from './presets.ts';
import { proveSchema } from './prove.ts';
import { reproduceSchema } from './reproduce.ts';
import { rolloutFormatsSchema } from './rolloutFormats.ts';
import { rolloutsSchema } from './rollouts.ts';
import { runsSchema } from './runs.ts';
import { sampleSchema } from './sample.ts';
import { trainSchema } from './train.ts';
import { verifySchema } from './verify.ts';

export type { AttributionDocument } from './attribution.ts';
export type { AuditDocument } from './audit.ts';
export type { BenchResult } from './bench.ts';
export type { ClaimsDocument } from './claims.ts';
export type { ComparisonDocument } from './comparison.ts';
export type { DoctorDocument } from './doctor.ts';
export type { EvaluationDocument } from './evaluation.ts';
export type { GpuDocument } from './gpu.ts';
export type { LabDocument, LabsDocument } from './labs.ts';
export { type DocumentName, documentNames } from './names.ts';
export type { ObjectivesDocument } from './objectives.ts';
export type { PolicyDocument } from './policy.ts';
export type { PresetsDocument } from './presets.ts';
export type { ProveDocument } from './prove.ts';
export type { ReproduceDocument } from './reproduce.ts';
export type { RolloutFormatsDocument } from './rolloutFormats.ts';
export type { RunsDocument } from './runs.ts';
export type { SampleDocument } from './sample.ts';
export type { TrainDocument } from './train.ts';
export type { VerifyDocument } from './verify.ts';

/** Every schema by the name of its document. */
export const schemas: Readonly<Record<DocumentName, z.ZodType>> = {
  'policy@1': policySchema,
  'exact@1': exactSchema,
  'verify@1': verifySchema,
  'bench@1': benchSchema,
  'gpu@1': gpuSchema,
  'claims@1': claimsSchema,
  'train@1': trainSchema,
  'presets@1': presetsSchema,
  'objectives@1': objectivesSchema,
  'sample@1': sampleSchema,
  'eval@1': evaluationSchema,
  'compare@1': comparisonSchema,
  'reproduce@1': reproduceSchema,
  'doctor@1': doctorSchema,
  'runs@1': runsSchema,
  'rollouts@1': rolloutsSchema,
  'rolloutFormats@1': rolloutFormatsSchema,
  'audit@1': auditSchema,
  'attribution@1': attributionSchema,
  'labs@1': labsSchema,
  'lab@1': labSchema,
  'prove@1': proveSchema,
};

function isName(name: string): name is DocumentName {
  return Object.hasOwn(schemas, name);
}

/**
 * The JSON Schema (draft 2020-12) of a document.
 * @param name with or without the leading `gradsplit/`
 * @throws InputError for an unknown name, suggesting the near one
 */
export function jsonSchema(name: string): object {
  const short = name.replace(/^gradsplit\//, '');
  if (!isName(short)) {
    const hint = suggest(short.includes('@') ? short : `${short}@1`, documentNames);
    throw new InputError(
      `unknown schema "${showText(name, 40)}"${hint}; the schemas are ${documentNames.join(', ')}`,
    );
  }
  return z.toJSONSchema(schemas[short], { io: 'input' });
}
