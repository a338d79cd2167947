// A lab of a few numbers, for tests of what is around labs: its steps take no time, its checks and its control are clear.
import { listOption, numberOption, POSITIVE_INTEGER } from '../../src/base/options.ts';
import { randomStream } from '../../src/base/random.ts';
import { defineLab, type Lab, type LabProgress, type LabSeed } from '../../src/labs/index.ts';

/** What the tiny lab is set to. */
export interface TinyOptions {
  readonly steps: number;
  readonly target: number;
  readonly levels: readonly number[];
}

async function* measure(
  { steps, target, levels }: TinyOptions,
  seed: number,
): AsyncGenerator<LabProgress, LabSeed> {
  const random = randomStream(seed, 'tiny lab');
  const curve: number[] = [];
  let sum = 0;
  for (let step = 1; step <= steps; step++) {
    sum += target + 0.1 * random.normal();
    curve.push(sum / step);
    yield { share: step / steps, label: `step ${step}/${steps}` };
  }
  return {
    measured: { gain: sum / steps, idle: 0.001 * random.normal(), levels: levels.length },
    series: { step: curve.map((_, i) => i + 1), curve, bound: curve.map(() => target) },
    split: {
      evidence: { weight: 0.75, mass: 0.25, gradient: 0.6 },
      answer: { weight: 0.25, mass: -0.05, gradient: 0.4 },
    },
    audit: ['std-noise'],
  };
}

/** The tiny lab. */
export const tiny: Lab<TinyOptions> = defineLab({
  name: 'tiny',
  title: 'A mean of draws',
  source: 'no paper',
  question: 'Does the mean of draws around a target come close to it?',
  look: 'the curve comes close to the dashed line',
  minutes: 1,
  method: ['Draw $n$ numbers around a target $t$, and take their mean.'],
  paper: ['The authors report that means converge.'],
  ours: ['The target is ours.'],
  differs: ['Nothing is trained.'],
  restsOn: 'nothing but the law of large numbers',
  options: {
    steps: numberOption(20, POSITIVE_INTEGER, 'How many numbers are drawn.'),
    target: numberOption(
      1,
      { expected: 'a number from 0 to 2', holds: (x) => x >= 0 && x <= 2 },
      'Their mean.',
    ),
    levels: listOption([0.1, 0.2], 'Numbers that are counted.'),
  },
  full: { steps: 200 },
  small: { steps: 5 },
  measure,
  checks: [
    {
      name: 'gain',
      sentence: 'The mean comes close to the target.',
      of: 'gain',
      expects: ({ target }) => ({ atLeast: target - 0.5, atMost: target + 0.5 }),
      over: 'mean',
      paper: '1.02',
    },
    {
      name: 'levels',
      sentence: 'Every level is counted.',
      of: 'levels',
      expects: ({ levels }) => ({ atLeast: levels.length, atMost: levels.length }),
      over: 'every',
    },
  ],
  controls: [
    {
      name: 'idle',
      sentence: 'Draws around 0 come close to the target.',
      wrong: 'They are not drawn around it.',
      of: 'idle',
      expects: () => ({ atLeast: 0.5 }),
      over: 'mean',
    },
  ],
  findings: ['std-noise'],
  picture: {
    title: 'The mean over draws',
    caption: 'The mean comes close to the target.',
    panels: [
      {
        title: 'mean',
        x: { label: 'draws', scale: 'log' },
        y: { label: 'mean' },
        curves: [
          { name: 'mean so far', x: 'step', y: 'curve', as: 'both' },
          { name: 'target', x: 'step', y: 'bound', as: 'line', isReference: true },
        ],
      },
    ],
  },
  next: [
    { set: ['steps=40'], expect: 'A narrower interval.' },
    { set: ['target=2'], expect: 'The line stands at 2.' },
    { set: ['levels=0.1,0.2,0.3'], expect: 'Three levels are counted.' },
  ],
});

/** The tiny lab as one among others. */
export const tinyLab: Lab = tiny as unknown as Lab;
