// Draws one trajectory token by token: what each policy and the sampler say of every token, and what is behind it.
import type { RandomStream } from '../../base/random.ts';
import { ROLES, type Role } from '../../rollouts/trajectory.ts';
import {
  contextOf,
  type Ends,
  EOS,
  FIRST_ORDINARY,
  type Language,
  type Policy,
  RESAMPLE,
  type Spot,
  STOP,
} from './language.ts';
import { type Draw, drawToken, samplerLogProbs } from './sampler.ts';
import type { LengthLaw, SimulationSetting } from './setting.ts';

/** The least and the largest probability of an end. */
const RARE = 1e-4;
const LIKELY = 0.95;

/** One policy at the temperature of the run, and at temperature 1. */
export interface AtTemperatures {
  readonly tempered: Policy;
  readonly raw: Policy;
}

/** The policies of a trajectory. */
export interface Policies {
  /** The one that draws. */
  readonly old: AtTemperatures;
  readonly trained: AtTemperatures;
  readonly reference: AtTemperatures;
}

/** What a trajectory is drawn under. */
export interface DrawPlan {
  readonly setting: SimulationSetting;
  readonly language: Language;
  readonly noise: number;
  readonly prompt: readonly number[];
  /** The mean length of an attempt on this prompt. */
  readonly mean: number;
  readonly policies: Policies;
}

/** One token as it was drawn; log-probs are NaN where none exists. */
export interface DrawnToken {
  readonly id: number;
  readonly role: number;
  readonly logProb: number;
  readonly old: number;
  readonly reference: number;
  readonly sampler: number;
  /** The log-probs at temperature 1: of the trained policy, of the one that drew, and of the reference. */
  readonly raw: number;
  readonly rawOld: number;
  readonly rawReference: number;
  readonly logKept: number;
  readonly top: number;
}

const roleOf = (role: Role): number => ROLES.indexOf(role);

/** The probability that an attempt of `l` tokens ends here. */
function endProbability({ kind }: LengthLaw, mean: number, l: number): number {
  if (l === 0) return RARE;
  const bounded = (x: number): number => Math.min(LIKELY, Math.max(RARE, x));
  switch (kind) {
    case 'geometric':
      return bounded(1 / mean);
    case 'uniform':
      return bounded(l < mean / 2 ? 0 : 1 / Math.max(1, 1.5 * mean - l));
    case 'twoModes': {
      const [short, long] = [bounded(5 / mean), bounded(1 / mean)];
      const [stillShort, stillLong] = [(1 - short) ** l, (1 - long) ** l];
      return bounded((short * stillShort + long * stillLong) / (stillShort + stillLong));
    }
  }
}

/** The ends that are possible: an end token, or the decision that an attempt ends with. */
function endsAt(setting: SimulationSetting, attempt: number, end: number): Ends {
  if (setting.attempts === 1) return [[EOS, end]];
  if (attempt === setting.attempts - 1) return [[STOP, end]];
  return [
    [STOP, 0.6 * end],
    [RESAMPLE, 0.4 * end],
  ];
}

/** Draws, or takes a given id, and says what everybody thinks of it. */
function tokenAt(
  { setting, language, noise, policies }: DrawPlan,
  history: readonly number[],
  ends: Ends,
  random: RandomStream,
  given?: number,
): DrawnToken {
  const spot: Spot = { context: contextOf(history.at(-2) ?? 0, history.at(-1) ?? 0), ends };
  const { old, trained, reference } = policies;
  const draw = (): Draw =>
    drawToken(samplerLogProbs(language, old.tempered.row(spot), noise, random), setting.topP, random);
  const { id, logProb, logKept, top }: Draw =
    given === undefined ? draw() : { id: given, logProb: Number.NaN, logKept: 0, top: Number.NaN };
  const role = id === EOS ? 'eos' : id === STOP || id === RESAMPLE ? 'decision' : 'sample';
  return {
    id,
    role: roleOf(given === undefined ? role : 'tool'),
    logProb: trained.tempered.logProb(spot, id),
    old: old.tempered.logProb(spot, id),
    reference: reference.tempered.logProb(spot, id),
    sampler: logProb,
    raw: trained.raw.logProb(spot, id),
    rawOld: old.raw.logProb(spot, id),
    rawReference: reference.raw.logProb(spot, id),
    logKept,
    top,
  };
}

/** A token of the prompt: nobody drew it. */
function promptToken(id: number): DrawnToken {
  const none = Number.NaN;
  return {
    id,
    role: roleOf('prompt'),
    logProb: none,
    old: none,
    reference: none,
    sampler: none,
    raw: none,
    rawOld: none,
    rawReference: none,
    logKept: 0,
    top: none,
  };
}

/** Draws a trajectory; it is cut off after maxLength tokens of which none was the end. */
export function drawTrajectory(plan: DrawPlan, random: RandomStream): DrawnToken[] {
  const { setting, prompt, mean } = plan;
  const tokens = prompt.map(promptToken);
  const history = [...prompt];
  let attempt = 0;
  let length = 0;
  let isClosing = false;
  const add = (token: DrawnToken): void => {
    tokens.push(token);
    history.push(token.id);
  };
  while (tokens.length - prompt.length < setting.maxLength) {
    const ends: Ends = isClosing
      ? [[EOS, 1 - RARE]]
      : endsAt(setting, attempt, endProbability(setting.lengths, mean, length));
    const token = tokenAt(plan, history, ends, random);
    add(token);
    if (token.id === EOS) break;
    if (token.id === STOP) isClosing = true;
    if (token.id === RESAMPLE) {
      attempt++;
      length = 0;
      continue;
    }
    length++;
    if (isClosing || random.uniform() >= setting.toolRate) continue;
    for (let k = 3 + random.integer(8); k > 0 && tokens.length - prompt.length < setting.maxLength; k--) {
      const id = FIRST_ORDINARY + random.integer(setting.vocabulary - FIRST_ORDINARY);
      add(tokenAt(plan, history, [], random, id));
    }
  }
  return tokens;
}
