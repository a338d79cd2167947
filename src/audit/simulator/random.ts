// Draws one of the many settings of a sound run: objective, conventions, lengths, rewards, sampler and what is logged.
import { type RandomStream, randomStream } from '../../base/random.ts';
import { type ObjectiveName, objectiveNames, objectives, type RawOptions } from '../../objectives/index.ts';
import { ALL_FIELDS, type LoggedFields, PLAIN, type RewardPart, type SimulationSetting } from './setting.ts';

function oneOf<T>(random: RandomStream, values: readonly [T, ...T[]]): T {
  return values[random.integer(values.length)] ?? values[0];
}

const chance = (random: RandomStream, p: number): boolean => random.uniform() < p;

/** Options of an objective that sound runs differ in. */
function drawOptions(objective: ObjectiveName, maxLength: number, random: RandomStream): RawOptions {
  if (objective === 'sft') return {};
  const isStandardised = ['grpo', 'dapo', 'gspo', 'cispo', 'luspo'].includes(objective);
  const drawn: RawOptions = {
    beta: oneOf(random, [0, 0, 0.001, 0.04]),
    ...(chance(random, 0.5) ? { klEstimator: 'k2', klPlacement: 'loss' } : {}),
    ...(isStandardised
      ? {
          normalizeByStd: chance(random, 0.8),
          ddof: oneOf(random, [0, 1]),
          stdEpsilon: oneOf(random, [1e-4, 1e-6, 1e-9]),
        }
      : {}),
    ...(objective === 'drGrpo' ? { maxLength } : {}),
  };
  // An objective takes those that it has.
  return Object.fromEntries(
    Object.entries(drawn).filter(([name]) => Object.hasOwn(objectives[objective].options, name)),
  );
}

function drawRewards(random: RandomStream): RewardPart[] {
  const parts: RewardPart[] = [
    { name: 'correct', kind: oneOf(random, ['binary', 'binary', 'continuous']), weight: 1 },
  ];
  if (chance(random, 0.4))
    parts.push({ name: 'format', kind: 'format', weight: oneOf(random, [1, 0.2, 0.5]) });
  if (chance(random, 0.3))
    parts.push({ name: 'length', kind: 'length', weight: oneOf(random, [1, 0.1, 0.5]) });
  return parts;
}

/** The fields of a file: often all, sometimes texts only, else each with a chance of its own. */
function drawFields(random: RandomStream): LoggedFields {
  const kind = random.uniform();
  if (kind < 0.5) return ALL_FIELDS;
  if (kind < 0.65) return { ...ALL_FIELDS, onlyTexts: true };
  const maybe = (): boolean => chance(random, 0.7);
  return {
    ...ALL_FIELDS,
    logProbs: maybe(),
    oldLogProbs: maybe(),
    refLogProbs: maybe(),
    samplerLogProbs: maybe(),
    values: maybe(),
    rewards: maybe(),
    correct: maybe(),
    advantage: maybe(),
    weights: maybe(),
    truncated: maybe(),
    microbatch: maybe(),
    rank: maybe(),
    versions: maybe(),
    texts: maybe(),
  };
}

/** One of the settings of a sound run; equal seeds give equal settings. */
export function randomSimulation(seed: number): SimulationSetting {
  const random = randomStream(seed, 'setting');
  const objective = oneOf(random, [objectiveNames[random.integer(objectiveNames.length)] ?? 'grpo']);
  const groupSize = oneOf(random, [2, 4, 4, 8, 8, 16]);
  const mean = oneOf(random, [4, 12, 25, 40]);
  const maxLength = Math.ceil(mean * oneOf(random, [1.5, 3, 6]));
  const attempts = chance(random, 0.35) ? 2 + random.integer(3) : 1;
  return {
    ...PLAIN,
    seed,
    objective,
    options: drawOptions(objective, maxLength, random.split('options')),
    vocabulary: oneOf(random, [50, 50, 80, 160]),
    sharpness: 1 + 3 * random.uniform(),
    firstStep: oneOf(random, [0, 1, 5, 12]),
    steps: oneOf(random, [1, 1, 1, 2, 5]),
    prompts: Math.max(2, Math.ceil((8 + random.integer(16)) / groupSize)),
    groupSize,
    promptLength: 2 + random.integer(12),
    lengths: {
      kind: oneOf(random, ['geometric', 'uniform', 'twoModes']),
      mean: attempts > 1 ? Math.max(3, mean / attempts) : mean,
      spread: 0.7 * random.uniform(),
    },
    maxLength,
    attempts,
    toolRate: chance(random, 0.2) ? 0.03 : 0,
    isPadded: chance(random, 0.3),
    temperature: oneOf(random, [1, 1, 0.6, 0.8, 1.2]),
    topP: oneOf(random, [1, 1, 1, 0.95, 0.9]),
    mismatch: 0.075 * random.uniform(),
    miniBatches: oneOf(random, [1, 1, 2, 4]),
    drift: 0.01 * random.uniform(),
    lag: oneOf(random, [0, 0, 0, 1, 2]),
    rewards: drawRewards(random.split('rewards')),
    microbatch: oneOf(random, [1, 2, 4, 8]),
    ranks: oneOf(random, [1, 2, 4]),
    fields: drawFields(random.split('fields')),
  };
}
