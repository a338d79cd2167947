// gradsplit/audit@1: what `gradsplit audit --json` writes.
import { z } from 'zod';
import { numberOrNull, type Of, warnings } from './parts.ts';

const shareBy = z.record(z.string(), numberOrNull);
const optionValue = z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]);
const options = z.record(z.string(), optionValue);
const severity = z.enum(['info', 'warning', 'error']);
const span = z.strictObject({
  file: z.string(),
  line: z.int().min(1),
  from: z.int().min(0),
  to: z.int().min(0),
});

const shares = z.strictObject({
  from: z
    .enum(['loggedWeights', 'loggedAdvantages', 'formula'])
    .describe('what the weights are: as logged, the objective at the logged advantages, or at its own'),
  weight: shareBy.describe('of Σ|w|, by component'),
  mass: shareBy.describe('Σw of the component over Σ|w| of all'),
  byTerm: shareBy.describe('of Σ|w| by term of the declared loss'),
  byAttempt: z.array(numberOrNull),
  byLength: z.array(numberOrNull).describe('of the quarters of the trajectories by length, shortest first'),
  byOutcome: shareBy,
  decisionOverSample: numberOrNull.describe('mean |w| of a decision token over that of a sample token'),
  halfOfWeight: numberOrNull.describe('the smallest share of the tokens that carries half of Σ|w|'),
  heaviest: z.array(z.strictObject({ ...span.shape, weight: z.number() })),
});

const finding = z.strictObject({
  code: z.string(),
  severity,
  message: z.string(),
  evidence: z.record(z.string(), z.union([numberOrNull, z.string(), z.boolean()])),
  threshold: numberOrNull,
  spans: z.array(span).min(1),
  firstStep: z.exactOptional(z.number()),
  formula: z.string(),
  advice: z.string(),
  source: z.string(),
});

const against = z.strictObject({
  objective: z.strictObject({ name: z.string(), options }),
  cosine: numberOrNull.describe('of the weights of both, over all tokens'),
  signTurns: z
    .array(z.strictObject({ file: z.string(), line: z.int().min(1) }))
    .describe('trajectories whose Σw changes its sign: the first ones'),
  signTurnCount: z.int().min(0),
  shares: shareBy.describe('of Σ|w| under the other objective, by component'),
  gained: z.array(z.strictObject({ ...span.shape, before: z.number(), after: z.number() })),
  lost: z.array(z.strictObject({ ...span.shape, before: z.number(), after: z.number() })),
});

/** The schema. */
export const auditSchema = z
  .strictObject({
    schema: z.literal('gradsplit/audit@1'),
    rollouts: z.strictObject({
      format: z.string(),
      files: z.array(z.string()),
      lines: z.int().min(0).describe('trajectories'),
      skipped: z.int().min(0),
      groups: z.int().min(0),
      tokens: z.int().min(0),
      steps: z.int().min(0),
      unit: z.enum(['tokens', 'words']),
      components: z.record(z.string(), z.int().min(0)).describe('tokens labelled by each rule'),
    }),
    objective: z.exactOptional(
      z.strictObject({
        name: z.string(),
        options,
        trainer: z.exactOptional(z.string()),
        from: z.enum(['user', 'header', 'fit']),
      }),
    ),
    fit: z.exactOptional(
      z.array(
        z.strictObject({
          objective: z.string(),
          options,
          misfit: numberOrNull,
          equivalentTo: z.array(z.string()),
        }),
      ),
    ),
    shares: z.exactOptional(shares),
    varianceBudget: z.exactOptional(
      z.strictObject({
        sample: numberOrNull,
        decision: numberOrNull,
        ci95: z.array(numberOrNull).length(2),
      }),
    ),
    advantage: z.exactOptional(
      z.strictObject({ byReward: shareBy, weights: shareBy, signFlips: shareBy, misfit: numberOrNull }),
    ),
    against: z.exactOptional(against),
    bySteps: z.exactOptional(z.record(z.string(), z.array(numberOrNull))),
    notChecked: z.array(z.strictObject({ code: z.string(), reason: z.string() })),
    findings: z.array(finding),
    warnings,
  })
  .meta({ title: 'gradsplit/audit@1', description: 'What an objective does to each token of rollouts' });

/** An audit. */
export type AuditDocument = Of<typeof auditSchema>;
