// gradsplit/doctor@1: what `gradsplit doctor --json` writes.
import { z } from 'zod';
import { type Of, warnings } from './parts.ts';

const gpuMode = z.strictObject({
  mode: z.string(),
  available: z.boolean(),
  device: z.string().nullable(),
  reason: z.string().nullable().describe('why it is not available'),
});

/** The schema. */
export const doctorSchema = z
  .strictObject({
    schema: z.literal('gradsplit/doctor@1'),
    version: z.string(),
    node: z.strictObject({ version: z.string(), v8: z.string(), needed: z.string() }),
    system: z.strictObject({
      platform: z.string(),
      release: z.string(),
      arch: z.string(),
      cpu: z.string(),
      cores: z.int().positive().describe('that this process may use'),
    }),
    simd: z.strictObject({ build: z.string(), reason: z.string() }),
    threads: z.strictObject({ count: z.int().positive(), reason: z.string() }),
    memory: z.strictObject({
      machine: z.number().describe('bytes of the machine'),
      free: z.number().describe('bytes of it that are free'),
      kernel: z.number().describe('bytes that kernels can have'),
      host: z.number().describe('bytes that the heap of Node can have'),
    }),
    gpu: z.array(gpuMode),
    optional: z.array(z.strictObject({ name: z.string(), found: z.boolean(), detail: z.string() })),
    warnings,
  })
  .meta({ title: 'gradsplit/doctor@1', description: 'What gradsplit runs on, and why so' });

/** What gradsplit runs on. */
export type DoctorDocument = Of<typeof doctorSchema>;
