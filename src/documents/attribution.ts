// gradsplit/attribution@1: what `gradsplit attribute --json` writes.
import { z } from 'zod';
import { measure, numberOrNull, type Of, warnings } from './parts.ts';

const optionValue = z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]);
const byLabel = z.array(measure).describe('[label]');

const label = z.strictObject({
  component: z.string().describe('sample, decision, or another role of tokens'),
  term: z.string().describe('policy: what the objective maximises; kl: a penalty in its loss'),
});

const check = z.strictObject({
  correlation: measure.describe('of predicted and actual changes of the objective'),
  worst: measure.describe('the largest |actual − predicted| by the largest |predicted|'),
  n: z.int().min(0),
  worstAfterSecondOrder: measure.describe('the same after the second-order term of the step is taken off'),
  stepSize: z.number().describe('η of the step θ + η·g'),
  dtype: z.enum(['f32', 'f64']).describe('in which the check computes'),
  removals: z.strictObject({
    kind: z.array(z.enum(['token', 'trajectory'])),
    index: z.array(z.int().min(0)).describe('of the token in `tokens`, or of the trajectory'),
    predicted: z.array(measure),
    actual: z.array(measure),
    secondOrder: z.array(measure),
  }),
});

const mass = z
  .strictObject({
    what: z
      .enum(['varianceBudget', 'crossEntropy', 'klTerms'])
      .describe('what is divided: Var(R) given the prompt; −log π of demonstrations; log π − log π_ref'),
    unit: z.enum(['share of Var(R)', 'nats a trajectory']),
    value: z.record(z.string(), measure).describe('by component'),
    share: z.record(z.string(), measure),
    ci95: z.exactOptional(z.tuple([measure, measure])).describe('of the share of decisions'),
  })
  .describe('how much of the value or the signal lies in each component');

const overCheckpoints = z.strictObject({
  step: z.array(z.int().min(0)).describe('[checkpoint] steps of the whole run'),
  phase: z.array(z.enum(['base', 'train'])),
  norm: z.array(z.array(z.array(measure))).describe('[checkpoint][label][group]'),
  cosine: z.array(z.array(numberOrNull)).describe('[checkpoint][group] between sample and decision'),
  cosineOfAll: z.array(numberOrNull).describe('[checkpoint] the same on all parameters'),
  weightShare: z.array(z.array(measure)).describe('[checkpoint][label]'),
});

/** The schema. */
export const attributionSchema = z
  .strictObject({
    schema: z.literal('gradsplit/attribution@1'),
    model: z.strictObject({
      architecture: z.string(),
      parameters: z.int().min(1).describe('how many values'),
      checkpoint: z.string(),
      dtype: z.enum(['f32', 'f64']).describe('in which gradients are computed'),
    }),
    objective: z.strictObject({ name: z.string(), options: z.record(z.string(), optionValue) }),
    rollouts: z.strictObject({
      from: z.enum(['file', 'episodes', 'demonstrations']),
      files: z.exactOptional(z.array(z.string())),
      trajectories: z.int().min(1),
      tokens: z.int().min(1).describe('response tokens'),
      groups: z.int().min(1),
      seed: z.exactOptional(z.int().min(0)),
      advantages: z
        .exactOptional(z.literal('logged'))
        .describe('where rollouts have no rewards: advantages are those that were logged'),
      reference: z.exactOptional(z.string()).describe('the checkpoint whose log-probs a penalty is taken of'),
    }),
    by: z.enum(['group', 'layer', 'head', 'tensor']),
    labels: z.array(label).min(1),
    groups: z.array(z.string()).min(1),
    groupSizes: z.array(z.int().min(1)).describe('[group] parameters'),
    norm: z.array(z.array(measure)).describe('[label][group] ‖g_label‖ on the parameters of a group'),
    share: z.array(z.array(measure)).describe('[label][group] of the sum of norms over labels'),
    cosine: z.array(numberOrNull).describe('[group] between g_sample and g_decision; null if one is 0'),
    gram: z.array(byLabel).describe('[label][label] ⟨g_l, g_m⟩ on all parameters'),
    gramByGroup: z.array(z.array(byLabel)).describe('[group][label][label]'),
    levels: z
      .strictObject({
        weight: z.strictObject({
          share: byLabel.describe('of Σ|w| over all labels'),
          perToken: byLabel.describe('mean |w| of the tokens of the component'),
          balanced: z.boolean().describe('whether all tokens of each trajectory have one weight'),
        }),
        mass: z.array(mass).describe('none where the batch does not tell'),
        gradient: z.strictObject({
          norm: byLabel,
          share: byLabel,
          total: measure.describe('‖Σ_l g_l‖'),
          components: z.record(z.string(), measure).describe('‖g‖ of all terms of a component'),
          cosine: numberOrNull.describe('between g_sample and g_decision, on all parameters'),
        }),
      })
      .describe('weight, mass and gradient are three questions with three answers'),
    conflictFree: z
      .exactOptional(
        z.strictObject({
          coefficients: byLabel.describe('the step Σ_l c_l·g_l'),
          before: byLabel.describe('⟨g_l, g⟩: below 0 where a label opposes the gradient'),
          after: byLabel.describe('⟨g_l, step⟩'),
          cosine: measure.describe('between the step and the gradient'),
          length: measure.describe('‖step‖ by ‖gradient‖'),
        }),
      )
      .describe('the step nearest to the gradient that no label opposes'),
    tokens: z.strictObject({
      trajectory: z.array(z.int().min(0)),
      position: z.array(z.int().min(0)).describe('in the trajectory, prompt included'),
      token: z.array(z.string()),
      component: z.array(z.string()),
      weight: z.array(measure).describe('w_t, 0 on tokens that are masked out'),
      influence: z.array(z.array(measure)).describe('[group][token] ⟨∇ log π_t, g⟩ on a group'),
      influenceOnLabel: z.array(z.array(measure)).describe('[label][token] ⟨∇ log π_t, g_label⟩'),
      influenceOnPair: z
        .array(z.array(z.array(measure)))
        .describe('[label][group][token] ⟨∇ log π_t, g_label⟩ on a group; none above 2 million numbers'),
      logProb: z.array(measure),
    }),
    trajectories: z.strictObject({
      norm: z.array(measure).describe('‖g_i‖'),
      alignment: z.array(measure).describe('⟨g_i, g⟩'),
      reward: z.array(measure),
      group: z.array(z.string()),
      place: z.array(z.string()).describe('file and line, or the prompt'),
    }),
    residual: measure.describe('|Σ_t w_t·⟨u_t, g⟩ − Σ_lm ⟨g_l, g_m⟩| of the worst group, by ‖g‖²'),
    bound: measure.describe(
      'what rounding explains of it: a statistical bound, which fails with probability 1e-9',
    ),
    check: z.exactOptional(check),
    overCheckpoints: z.exactOptional(overCheckpoints),
    peakMiB: z.number().describe('the largest resident memory of the process'),
    seconds: z.number(),
    warnings,
  })
  .meta({
    title: 'gradsplit/attribution@1',
    description: 'Which tokens move which parameters of a model through which term of an objective',
  });

/** What moves a model. */
export type AttributionDocument = Of<typeof attributionSchema>;

/** Numbers that are kept between the passes of an attribution. */
export const attributionPartSchema = z.strictObject({
  schema: z.literal('gradsplit/attribution-part@1'),
  identity: z.string().describe('what the attribution is of: the same command on the same files'),
  passes: z.record(z.string(), z.array(measure)),
});
