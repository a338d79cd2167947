// The files of a run and of an experiment that are read back: what they hold, and the hashes that tie them to their configuration.
import { z } from 'zod';
import { kernelsInfoSchema } from './kernels.ts';
import type { Of } from './parts.ts';

/** A sha256 in hexadecimal. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'expected a sha256 in hexadecimal');

/** Entries of a configuration by section; `parseConfig` says more about them. */
const config = z.record(z.string(), z.record(z.string(), z.unknown()));

/** config.json of a run. Version 0.2.0 wrote no `sha256`. */
export const runConfigSchema = z.strictObject({
  preset: z.string().nullable(),
  seed: z.int().min(0),
  kernels: z.exactOptional(kernelsInfoSchema),
  taskSha256: z.exactOptional(sha256Schema),
  moduleSha256: z.exactOptional(z.record(z.string(), sha256Schema)),
  sha256: z
    .exactOptional(sha256Schema)
    .describe('of all else but preset, the steps of both phases and the times of checkpoints'),
  config,
});

/** state.json of a checkpoint. Version 0.2.0 wrote no hashes. */
export const checkpointStateSchema = z.strictObject({
  phase: z.enum(['base', 'train']),
  step: z.int().min(0),
  updates: z.int().min(0),
  seed: z.int().min(0),
  run: z.exactOptional(sha256Schema).describe('sha256 in the config.json of the run'),
  files: z.exactOptional(z.record(z.string(), sha256Schema)).describe('of the other files'),
  metrics: z
    .exactOptional(sha256Schema)
    .describe('of the lines in metrics.jsonl up to this step; none where the base is that of another run'),
  sha256: z.exactOptional(sha256Schema).describe('of all else in this file'),
});

/** settings.json of an experiment. Version 0.2.0 wrote no `sha256`. */
export const experimentSettingsSchema = z.strictObject({
  preset: z.string(),
  seeds: z.int().min(1),
  quick: z.boolean(),
  episodes: z.int().min(1),
  sha256: z.exactOptional(sha256Schema).describe('of all else but seeds and the times of checkpoints'),
  config,
});

/** What config.json of a run holds. */
export type RunConfigFile = Of<typeof runConfigSchema>;
