// Simulates rollouts of a policy-gradient run whose numbers are real: tokens are drawn from what the log-probs say.
import { type RandomStream, randomStream } from '../../base/random.ts';
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';
import { type AtTemperatures, type DrawnToken, type DrawPlan, drawTrajectory } from './draw.ts';
import { onlyFields } from './fields.ts';
import { drawLanguage, EOS, FIRST_ORDINARY, PAD, Policy, wordOf } from './language.ts';
import { criticValues, drawScores, hasCritic, type PromptTraits } from './rewards.ts';
import { noiseSize } from './sampler.ts';
import { withScales } from './scales.ts';
import { PLAIN, type SimulationSetting } from './setting.ts';

/** What is behind a trajectory, and no file says; [T] each. */
export interface Truth {
  /** log π at temperature 1: of the trained policy, of the one that drew, of the reference. */
  readonly raw: Float64Array;
  readonly rawOld: Float64Array;
  readonly rawRef: Float64Array;
  /** The log of the probability that top-p kept. */
  readonly logKept: Float64Array;
  /** The sampler's largest log-prob. */
  readonly top: Float64Array;
}

/** A simulation: trajectories in the order of the file, and what is behind each. */
export interface Simulated {
  readonly setting: SimulationSetting;
  readonly trajectories: readonly Trajectory[];
  readonly truths: readonly Truth[];
}

/** A trajectory before the scales of its step are known. */
interface Drawn {
  readonly trajectory: Trajectory;
  readonly truth: Truth;
}

const PROMPT = ROLES.indexOf('prompt');
const TOOL = ROLES.indexOf('tool');
const PAD_ROLE = ROLES.indexOf('pad');

interface Prompt {
  readonly name: string;
  readonly ids: readonly number[];
  readonly mean: number;
  readonly traits: PromptTraits;
}

function drawPrompt(setting: SimulationSetting, name: string, random: RandomStream): Prompt {
  const { lengths, promptLength, vocabulary } = setting;
  const length = Math.max(1, Math.round(promptLength * (0.7 + 0.6 * random.uniform())));
  return {
    name,
    ids: Array.from({ length }, () => FIRST_ORDINARY + random.integer(vocabulary - FIRST_ORDINARY)),
    mean: Math.max(2, lengths.mean * Math.exp(lengths.spread * random.normal())),
    traits: { chance: 0.05 + 0.9 * random.uniform(), level: random.uniform() },
  };
}

/** Where a trajectory stands in the run. */
interface Spot {
  readonly step: number;
  readonly line: number;
  /** Its index in the step. */
  readonly index: number;
}

function assemble(
  setting: SimulationSetting,
  prompt: Prompt,
  drawn: readonly DrawnToken[],
  { step, line, index }: Spot,
  version: number,
  random: RandomStream,
): Drawn {
  const column = (of: (token: DrawnToken) => number): Float64Array => Float64Array.from(drawn, of);
  const roles = Uint8Array.from(drawn, (token) => token.role);
  const mask = roles.map((role) => (role === PROMPT || role === TOOL ? 0 : 1));
  const response = drawn.length - prompt.ids.length;
  const { rewards: parts, microbatch: perBatch } = setting;
  const scores = drawScores(parts, prompt.traits, response / setting.maxLength, random);
  const trained = drawn.filter((_, t) => mask[t] === 1).length;
  const onMasked = (values: Float64Array): Float64Array => {
    let next = 0;
    return Float64Array.from(mask, (m) => (m === 1 ? values[next++]! : Number.NaN));
  };
  const words = drawn.map(({ id }) => wordOf(id));
  const microbatch = Math.floor(index / perBatch);
  const trajectory: Trajectory = {
    place: { file: 'simulated.jsonl', line },
    length: drawn.length,
    unit: 'tokens',
    ids: Int32Array.from(drawn, ({ id }) => id),
    tokens: words,
    roles,
    mask,
    isMaskLogged: true,
    areRolesLogged: true,
    logProbs: column((token) => token.logProb),
    oldLogProbs: column((token) => token.old),
    refLogProbs: column((token) => token.reference),
    samplerLogProbs: column((token) => token.sampler),
    reward: scores.total,
    rewards: scores.byName,
    correct: scores.correct,
    group: prompt.name,
    step,
    truncated: drawn.at(-1)!.id !== EOS,
    microbatch,
    rank: microbatch % setting.ranks,
    versions: new Float64Array(drawn.length).fill(version),
    trainedVersion: step,
    texts: {
      prompt: words.slice(0, prompt.ids.length).join(' '),
      output: words.slice(prompt.ids.length).join(' '),
    },
    ...(hasCritic(parts)
      ? {
          values: onMasked(criticValues(parts, prompt.traits, scores.correct, trained, random)),
          returns: onMasked(new Float64Array(trained).fill(scores.total)),
        }
      : {}),
  };
  const truth: Truth = {
    raw: column((token) => token.raw),
    rawOld: column((token) => token.rawOld),
    rawRef: column((token) => token.rawReference),
    logKept: column((token) => token.logKept),
    top: column((token) => token.top),
  };
  return { trajectory, truth };
}

/** The trajectory padded on the right to a width. */
function padded(t: Trajectory, width: number): Trajectory {
  const more = width - t.length;
  if (more === 0) return t;
  const numbers = (x: Float64Array): Float64Array =>
    Float64Array.from([...x, ...new Array(more).fill(Number.NaN)]);
  const flags = (x: Uint8Array, fill: number): Uint8Array =>
    Uint8Array.from([...x, ...new Array(more).fill(fill)]);
  return {
    ...t,
    length: width,
    roles: flags(t.roles, PAD_ROLE),
    mask: flags(t.mask, 0),
    ...(t.ids && { ids: Int32Array.from([...t.ids, ...new Array(more).fill(PAD)]) }),
    ...(t.tokens && { tokens: [...t.tokens, ...new Array(more).fill(wordOf(PAD))] }),
    ...(t.logProbs && { logProbs: numbers(t.logProbs) }),
    ...(t.oldLogProbs && { oldLogProbs: numbers(t.oldLogProbs) }),
    ...(t.refLogProbs && { refLogProbs: numbers(t.refLogProbs) }),
    ...(t.samplerLogProbs && { samplerLogProbs: numbers(t.samplerLogProbs) }),
    ...(t.values && { values: numbers(t.values) }),
    ...(t.returns && { returns: numbers(t.returns) }),
    ...(t.versions && { versions: numbers(t.versions) }),
  };
}

/**
 * Simulates rollouts of a sound run, token by token: what is drawn fits the log-probs, advantages and weights are those of the objective.
 * Parts of the setting that are left out are those of an ordinary run of GRPO. Equal settings give equal numbers.
 * @throws InputError if the objective does not take its options
 * @example
 * ```ts
 * import { simulate } from 'gradsplit/audit';
 * const { trajectories } = simulate({ prompts: 25, groupSize: 8, topP: 0.95, rewards: [{ name: 'score', kind: 'continuous', weight: 1 }] });
 * trajectories.length; // → 200
 * trajectories.every(({ reward, rewards }) => reward === rewards!.score); // → true
 * ```
 */
export function simulate(given: Partial<SimulationSetting> = {}): Simulated {
  const setting = { ...PLAIN, ...given };
  const { seed, vocabulary, sharpness, temperature, mismatch, miniBatches, drift } = setting;
  const random = (purpose: string, step = 0): RandomStream => randomStream(seed, purpose, step);
  const language = drawLanguage(vocabulary, sharpness, random('language'));
  const noise = noiseSize(language, mismatch, temperature, random('noise'));
  const known = new Map<number, AtTemperatures>();
  const policyAt = (updates: number): AtTemperatures => {
    const found = known.get(updates);
    if (found !== undefined) return found;
    const tempered = new Policy(language, drift * updates, temperature);
    const raw = temperature === 1 ? tempered : new Policy(language, drift * updates, 1);
    known.set(updates, { tempered, raw });
    return { tempered, raw };
  };
  const trajectories: Trajectory[] = [];
  const truths: Truth[] = [];
  for (let step = setting.firstStep; step < setting.firstStep + setting.steps; step++) {
    const count = setting.prompts * setting.groupSize;
    const drawn = Array.from({ length: setting.prompts }, (_, p) => {
      const prompts = random('prompts', step).split('prompt', p);
      const prompt = drawPrompt(setting, `s${step}p${p}`, prompts);
      return Array.from({ length: setting.groupSize }, (_, g) => {
        const index = p * setting.groupSize + g;
        const own = random('trajectory', step).split('of', index);
        const version = Math.max(0, step - (setting.lag === 0 ? 0 : own.integer(setting.lag + 1)));
        const miniBatch = Math.floor((index * miniBatches) / count);
        const plan: DrawPlan = {
          setting,
          language,
          noise,
          prompt: prompt.ids,
          mean: prompt.mean,
          policies: {
            old: policyAt(version * miniBatches),
            trained: policyAt(step * miniBatches + miniBatch),
            reference: policyAt(0),
          },
        };
        const spot: Spot = { step, index, line: truths.length + index + 1 };
        return assemble(setting, prompt, drawTrajectory(plan, own), spot, version, own.split('scores'));
      });
    }).flat();
    const width = Math.max(...drawn.map(({ trajectory }) => trajectory.length));
    const even = drawn.map(({ trajectory }) => (setting.isPadded ? padded(trajectory, width) : trajectory));
    trajectories.push(...withScales(setting, even));
    truths.push(...drawn.map(({ truth }) => truth));
  }
  return { setting, trajectories: trajectories.map((t) => onlyFields(t, setting.fields)), truths };
}
