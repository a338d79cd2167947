// One seed of the lab: one state with free logits, then networks that imitate an expert, and what their beams promise.
import { scope } from '../../autodiff/index.ts';
import { randomStream } from '../../base/random.ts';
import { mean } from '../../base/student.ts';
import type { LabProgress, LabSeed } from '../lab.ts';
import { auditedCodes, type LabTrajectory } from '../shared/audited.ts';
import { segmentGradient } from '../shared/split.ts';
import { type Answer, Expert } from './expert.ts';
import { answerLogits, METHODS, type Method, networkOf, sftLoss, tokenLogProbs, train } from './network.ts';
import {
  type Answerer,
  type BeamAnswer,
  beamAnswers,
  confidence,
  logProbsOf,
  temperatureFor,
} from './optimism.ts';
import type { SocOptions } from './options.ts';
import { measureState } from './state.ts';

/** Widths of the beams in the picture. */
const WIDTHS = [1, 2, 4, 8, 16];
/** Answers drawn from the expert that no network has seen. */
const FRESH = 256;
/** Demonstrations that are audited and whose gradient is split. */
const AUDITED = 128;
/** Steps between two pauses. */
const PAUSE = 10;

/** Answers drawn from the expert at random prompts. */
function draws(expert: Expert, count: number, seed: number, purpose: string): Answer[] {
  const random = randomStream(seed, purpose);
  return Array.from({ length: count }, () => expert.draw(random.integer(expert.prompts), random));
}

/** The mean of value − truth. */
function optimism(answers: readonly BeamAnswer[]): number {
  return mean(answers.map(({ value, truth }) => value - truth));
}

/** The same for answers that the expert draws: −KL, never above 0 but for chance. */
function optimismAtDraws(answerer: Answerer, expert: Expert, answers: readonly Answer[]): number {
  const values = logProbsOf(answerer, answers).map((tokens) => tokens.reduce((sum, x) => sum + x, 0));
  return mean(values.map((value, i) => value - expert.logProb(answers[i]!)));
}

/** Demonstrations as the audit reads them. */
function asRollouts(answerer: Answerer, answers: readonly Answer[]): LabTrajectory[] {
  const all = logProbsOf(answerer, answers);
  return answers.map(({ prompt, tokens }, i) => ({
    group: String(prompt),
    tokens: [`x${prompt}`, ...tokens.map(String)],
    roles: ['prompt', ...tokens.map(() => 'sample' as const)],
    logProbs: [Number.NaN, ...all[i]!],
    reward: 1,
    correct: true,
  }));
}

/** The share of each segment in the gradient of the SFT part; there is one segment. */
function splitOf({ model, parameters }: Answerer, answers: readonly Answer[]): LabSeed['split'] {
  return scope(
    () =>
      segmentGradient({
        parameters,
        logProbs: (p) => tokenLogProbs(answerLogits(model, p, answers), answers),
        loss: (logProb, values) => sftLoss(logProb, values, answers),
        segment: new Uint8Array(answers.length * answers[0]!.tokens.length),
        segments: ['answer'],
      }).split,
  );
}

/** Value and truth of the beam at each prompt, in the order of values. */
function diagonal(name: string, answers: readonly BeamAnswer[]): Record<string, number[]> {
  const sorted = answers.toSorted((a, b) => a.value - b.value);
  return {
    [`value.${name}`]: sorted.map(({ value }) => value),
    [`truth.${name}`]: sorted.map(({ truth }) => truth),
  };
}

/** Measures one seed. */
export async function* measure(options: SocOptions, seed: number): AsyncGenerator<LabProgress, LabSeed> {
  const { lambda, prompts, length, steps, batch, learningRate, width, beam, descent } = options;
  const state = measureState(lambda, descent, seed);
  yield { share: 0.1, label: 'one state' };
  const expert = new Expert(prompts, length, randomStream(seed, 'expert'));
  const demonstrations = draws(expert, options.demonstrations, seed, 'demonstrations');
  const fresh = draws(expert, FRESH, seed, 'fresh');
  const model = networkOf(prompts, length, width);
  const initial = model.initial(randomStream(seed, 'model'), 'f32');
  const trained = new Map<Method, Answerer>();
  for (const [i, method] of METHODS.entries()) {
    const training = { method, lambda, steps, batch, learningRate };
    const course = train(model, initial, demonstrations, training, randomStream(seed, 'batches'));
    let next = course.next();
    for (let step = 1; next.done !== true; next = course.next(), step++) {
      if (step % PAUSE !== 0) continue;
      const share = 0.1 + (0.8 * (i + step / steps)) / METHODS.length;
      yield { share, label: `${method} ${step}/${steps}, loss ${next.value.toFixed(2)}` };
    }
    trained.set(method, { model, parameters: next.value, temperature: 1 });
  }
  const [sft, soc] = [trained.get('sft')!, trained.get('soc')!];
  const temperature = temperatureFor(sft, fresh, confidence(soc, fresh));
  const all = new Map<string, Answerer>([...trained, ['tempered', { ...sft, temperature }]]);
  const measured: Record<string, number> = { ...state.measured, temperature };
  const series: Record<string, number[]> = { ...state.series, beamWidth: WIDTHS };
  for (const [name, answerer] of all) {
    const answers = beamAnswers(answerer, expert, beam);
    measured[`optimism.${name}`] = optimism(answers);
    measured[`truth.${name}`] = mean(answers.map(({ truth }) => truth));
    measured[`confidence.${name}`] = confidence(answerer, fresh);
    if (name !== 'sft')
      measured[`lowered.${name}`] = measured['optimism.sft']! - measured[`optimism.${name}`]!;
    Object.assign(series, diagonal(name, answers));
    series[`optimism.${name}`] = WIDTHS.map((w) => optimism(beamAnswers(answerer, expert, w)));
    yield { share: 0.95, label: `beams of ${name}` };
  }
  measured.optimismAtDraws = optimismAtDraws(sft, expert, fresh);
  measured.surer = measured['confidence.soc']! - measured['confidence.sft']!;
  const some = demonstrations.slice(0, AUDITED);
  const split = splitOf(soc, some);
  const audit = await auditedCodes(asRollouts(soc, some), 'sft', {});
  for (const { parameters } of trained.values()) {
    if (parameters !== initial) for (const one of Object.values(parameters)) one.dispose();
  }
  for (const one of Object.values(initial)) one.dispose();
  return { measured, series, split, audit };
}
