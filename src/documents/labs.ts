// gradsplit/labs@1 and gradsplit/lab@1: the labs as `gradsplit labs` lists them, and what `gradsplit lab` finds; and what it keeps of
// each seed on the way there.
import { z } from 'zod';
import { measure, type Of, warnings } from './parts.ts';
import { sha256Schema } from './run.ts';

const optionValue = z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]);

/** Complete options of a lab by name. */
const settings = z.record(z.string(), optionValue).describe('every option as it was used');

const verdict = z.enum(['shown', 'notShown', 'undecided']);

const expected = z
  .strictObject({ atLeast: z.exactOptional(z.number()), atMost: z.exactOptional(z.number()) })
  .describe('where the number must lie; both bounds belong to it');

const standing = z
  .enum(['within', 'outside', 'undecided'])
  .describe('where the interval lies: within what is expected, outside of it, or neither');

const measured = {
  measured: measure.describe('mean over seeds'),
  ci95: z
    .tuple([measure, measure])
    .describe('t interval over seeds; lowest and highest seed where `over` is every'),
  expected,
  over: z.enum(['mean', 'every']).describe('what must lie there: the interval of the mean, or every seed'),
  standing,
  paper: z.exactOptional(z.string()).describe('what the authors report for it'),
};

const check = z.strictObject({
  name: z.string(),
  sentence: z.string(),
  ...measured,
  holds: z.boolean().describe('it stands within'),
});

const control = z.strictObject({
  name: z.string(),
  sentence: z.string(),
  wrong: z.string().describe('what is wrong about it'),
  ...measured,
  rejected: z.boolean().describe('it stands outside'),
});

const share = z.strictObject({
  weight: measure.describe('its part of Σ|w|'),
  mass: measure.describe('Σ of its w over Σ|w| of all'),
  gradient: measure.describe('‖g‖ of it over the sum of these norms'),
});

const split = z.record(z.string(), share).describe('by component');

const audit = z.array(z.string()).describe('codes of findings of at least a warning in the rollouts');

const column = z.array(measure);

const numbers = z.record(z.string(), measure);

const kernels = z.strictObject({
  backend: z.literal('wasm'),
  build: z.string().describe('plain or relaxed'),
});

/** The schema of what a lab found. */
export const labSchema = z
  .strictObject({
    schema: z.literal('gradsplit/lab@1'),
    version: z.string(),
    kernels,
    name: z.string(),
    full: z.boolean().describe('whether --full was asked for'),
    settings,
    seeds: z.int().min(1).describe('how many, from the first one on'),
    firstSeed: z.int().min(1).describe('the seed that they begin at'),
    verdict,
    checks: z.array(check),
    controls: z.array(control),
    split: split.describe('by component, mean over seeds'),
    audit,
    findings: z
      .array(z.string())
      .describe('codes that the audit must find, because they are the point; all others fail it'),
    series: z
      .record(z.string(), z.strictObject({ mean: column, low: column, high: column }))
      .describe('columns by name over seeds, with the 95 % interval at each place'),
    perSeed: z
      .exactOptional(z.array(z.strictObject({ seed: z.int().min(1), measured: numbers })))
      .describe('what was measured at each seed'),
    seconds: z.number().min(0).describe('of all seeds together'),
    warnings,
  })
  .meta({ title: 'gradsplit/lab@1', description: 'What a lab found over seeds' });

const listed = z.strictObject({
  name: z.string(),
  source: z.string(),
  title: z.string(),
  question: z.string(),
  command: z.string(),
  look: z.string().describe('where to look in the result'),
  minutes: z.number().min(0).describe('about what it takes on two cores'),
});

const result = z.strictObject({
  name: z.string(),
  verdict,
  checks: z.strictObject({ held: z.int().min(0), of: z.int().min(0) }),
  controls: z.strictObject({ rejected: z.int().min(0), of: z.int().min(0) }),
  seconds: z.number().min(0),
});

/** The schema of the list. */
export const labsSchema = z
  .strictObject({
    schema: z.literal('gradsplit/labs@1'),
    labs: z.array(listed),
    results: z.exactOptional(z.array(result)).describe('only with --run-all'),
    warnings,
  })
  .meta({ title: 'gradsplit/labs@1', description: 'The labs, and what they found' });

/** settings.json in the folder of a lab. */
export const labSettingsSchema = z.strictObject({
  lab: z.string(),
  full: z.boolean(),
  seeds: z.int().min(1),
  firstSeed: z.int().min(1),
  version: z.string(),
  build: z.string(),
  settings,
  sha256: sha256Schema.describe('of all else but the number of seeds'),
});

/** seed-N.json in the folder of a lab. */
export const labSeedSchema = z.strictObject({
  seed: z.int().min(1),
  seconds: z.number().min(0),
  measured: numbers,
  series: z.record(z.string(), column),
  split,
  audit,
  settings: sha256Schema.describe('sha256 in the settings.json of the lab'),
  sha256: sha256Schema.describe('of all else in this file'),
  warnings,
});

/** What a lab found. */
export type LabDocument = Of<typeof labSchema>;

/** The labs, and what they found where all were run. */
export type LabsDocument = Of<typeof labsSchema>;

/** What settings.json of a lab says. */
export type LabSettings = Of<typeof labSettingsSchema>;
