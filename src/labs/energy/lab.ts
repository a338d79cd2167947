// The lab `energy`: KL-regularised reinforcement learning as an energy-based model, and the chain of its policy.
import { defineLab } from '../lab.ts';
import { measure } from './measure.ts';
import { options } from './options.ts';
import { chainRuleRounding, identityRounding, valueRounding } from './rounding.ts';

/** The exponential family of the optimum, on which the natural gradient moves and the vanilla one does not. */
export const energy = defineLab({
  name: 'energy',
  title: 'A policy as an energy',
  source: 'arXiv 2512.18730',
  question:
    'Is what is left to the KL-regularised optimum the divergence of two accuracies, and is its policy a reversible chain?',
  look: 'the path of the natural gradient lies on the closed form, that of the vanilla gradient above its own Bernoulli part',
  minutes: 1,
  method: [
    String.raw`There are 8 answers, each of which is also a prompt: to revise it. A symmetric affinity $S(x,y)$ makes the reference, $\pi_{\mathrm{ref}}(y\mid x)\propto S(x,y)$. It is drawn from $U(0.5,1.5)$ and ten times smaller between the two halves of the answers. Every third answer is correct: $r(y)\in\{0,1\}$. The policy is a table of logits, a row for each prompt, that begins at the reference.`,
    String.raw`Trained is $J=E[r]-\beta\,\mathrm{KL}(\pi\Vert\pi_{\mathrm{ref}})$ at each prompt, with exact gradients from the engine: the sum over all answers of $\pi(y)\,A(y)\,\nabla\log\pi(y)$, $A=r-\beta\log(\pi/\pi_{\mathrm{ref}})$. The vanilla gradient is followed as it is; the natural one is $F^{+}\nabla J$, from a Cholesky factor of the Fisher matrix $F$ of each row, which knows no closed form.`,
    String.raw`The optimum is $\pi^\star\propto\pi_{\mathrm{ref}}\,e^{r/\beta}$ (claim C7). A natural step adds $\eta A$ to the logits, so that from the reference all of them are $\pi_s\propto\pi_{\mathrm{ref}}\,e^{sr}$ with $s\leftarrow s+\eta(1-\beta s)$, $s_t=(1-(1-\eta\beta)^t)/\beta$. On this family answers of equal reward keep their proportions, hence $\mathrm{KL}(\pi_s\Vert\pi^\star)=\mathrm{KL}(\mathrm{Ber}(p_s)\Vert\mathrm{Ber}(p^\star))$ with $p^\star=p_0e^{1/\beta}/(1-p_0+p_0e^{1/\beta})$. For any other policy the chain rule adds $\sum_r P(r)\,\mathrm{KL}(\pi(\cdot\mid r)\Vert\pi^\star(\cdot\mid r))$.`,
    String.raw`Whatever the path, $J(\pi^\star)-J(\pi)=\beta\,\mathrm{KL}(\pi\Vert\pi^\star)$ with $J(\pi^\star)=\beta\log Z$: C7 gives the end, this lab the way to it.`,
    String.raw`The trained policy is a Markov chain over answers, $P(x,y)=S(x,y)\,e^{V(y)}/Z(x)$ with $V=sr$. As $S$ is symmetric, $\mu\propto e^{V}Z$ is in detailed balance with it: $\mu(x)P(x,y)\propto S(x,y)\,e^{V(x)+V(y)}$. Followed from one wrong answer, its distance to $\mu$ in $L^2(\mu)$ is at most $\lambda^t$ times that at the start, where $1-\lambda$ is the spectral gap, from Jacobi's rotations; the decay of the second half of the steps is compared with $\lambda$.`,
    `All numbers are float64, and all tolerances follow from the number of roundings and the size of what is added up. There is one segment, because a trajectory is one answer.`,
  ],
  paper: [
    'The authors give the optimum of KL-regularised reinforcement learning the form of an energy-based model.',
    'They prove that with a symmetric reference the kernel of the policy is in detailed balance, that the divergence to the stationary measure falls monotonically, and that it mixes exponentially with its spectral gap.',
    'For verifiable rewards they show that along the flow of the natural gradient what is left to the optimum is the KL between Bernoulli distributions of the two accuracies.',
  ],
  ours: [
    'For a table of logits steps of any size stay in the family, not the flow alone; the rate (1 − ηβ)ᵗ of steps is not the e^{−ηβt} of the flow, and the difference is seen.',
    'The vanilla gradient leaves the family, because it moves answers of equal reward in proportion to their probability; what it loses by that is the chain-rule term.',
    'The stationary measure is e^V·Z: with e^V alone a state of many neighbours would count too little.',
    'Beside claim C7: there the optimum of trees of tokens is compared with recursions, here the way to it. On a tree with a row of logits for every history a natural step of size η leaves the family at order η², because log E[e^{ηr}] has a variance in it; single decisions have none. This is derived and not measured here.',
  ],
  differs: [
    'One table serves both halves of the paper: its prompts are its answers, so that the trained policy itself is the chain.',
    'Finite steps instead of the flow.',
  ],
  restsOn:
    'The abstract and the public summary of arXiv 2512.18730; the proofs in its full text were not at hand when this was written.',
  options,
  full: { answers: 24, steps: 400 },
  small: { answers: 6, steps: 30 },
  measure,
  checks: [
    {
      name: 'what is left is a Bernoulli divergence',
      sentence:
        'Along the natural gradient KL(π‖π*) is KL(Ber(p)‖Ber(p*)), p* in closed form, at every step and prompt.',
      of: 'identityGap',
      expects: (given) => ({ atMost: identityRounding(given) }),
      over: 'every',
    },
    {
      name: 'the path in closed form',
      sentence:
        'At every step the divergence is that of s_t = (1 − (1 − ηβ)ᵗ)/β, within what rounding allows.',
      of: 'pathOverRounding',
      expects: () => ({ atMost: 1 }),
      over: 'every',
    },
    {
      name: 'it falls at every step',
      sentence: 'At no step and no prompt the divergence of the natural gradient goes up.',
      of: 'increases',
      expects: () => ({ atMost: 0 }),
      over: 'every',
    },
    {
      name: 'what the vanilla gradient loses',
      sentence:
        'Along the vanilla gradient KL is the Bernoulli part and the divergence within answers of equal reward.',
      of: 'chainRuleGap',
      expects: (given) => ({ atMost: chainRuleRounding(given) }),
      over: 'every',
    },
    {
      name: 'the gap in value',
      sentence: 'Along both, J(π*) − J(π) = β·KL(π‖π*) with J(π*) = β log Z.',
      of: 'valueGap',
      expects: (given) => ({ atMost: valueRounding(given) }),
      over: 'every',
    },
    {
      name: 'the trained kernel',
      sentence:
        'What the natural gradient has trained is S·e^V/Z with V = s_T·r, within what rounding allows.',
      of: 'kernelOverRounding',
      expects: () => ({ atMost: 1 }),
      over: 'every',
    },
    {
      name: 'detailed balance',
      sentence: 'The trained kernel is in detailed balance with e^V·Z.',
      of: 'imbalanceOverRounding',
      expects: () => ({ atMost: 1 }),
      over: 'every',
    },
    {
      name: 'the stationary measure',
      sentence: 'One step of the trained kernel leaves e^V·Z as it is.',
      of: 'driftOverRounding',
      expects: () => ({ atMost: 1 }),
      over: 'every',
    },
    {
      name: 'the chain falls towards it',
      sentence: 'At no step KL(ρ‖μ) of the chain goes up.',
      of: 'measureIncreases',
      expects: () => ({ atMost: 0 }),
      over: 'every',
    },
    {
      name: 'exponential mixing',
      sentence: 'At no step the distance to μ is above λᵗ times that at the start.',
      of: 'beyondBound',
      expects: () => ({ atMost: 0 }),
      over: 'every',
    },
    {
      name: 'the rate is the spectral gap',
      sentence: 'The measured decay a step is λ, within what the other eigenvalues and rounding allow.',
      of: 'rateOverTolerance',
      expects: () => ({ atMost: 1 }),
      over: 'every',
    },
  ],
  controls: [
    {
      name: 'the Bernoulli divergence along the vanilla gradient',
      sentence: 'KL(π‖π*) is KL(Ber(p)‖Ber(p*)).',
      wrong: 'The vanilla gradient does not stay in the family.',
      of: 'identityGapVanilla',
      expects: (given) => ({ atMost: identityRounding(given) }),
      over: 'every',
    },
    {
      name: 'the flow in the place of the steps',
      sentence: 'At every step the divergence is that of s = (1 − e^{−ηβt})/β.',
      wrong: 'That is the path of infinitely small steps.',
      of: 'flowOverRounding',
      expects: () => ({ atMost: 1 }),
      over: 'every',
    },
    {
      name: 'steps that are too long',
      sentence: 'At no step the divergence goes up.',
      wrong: 'A step goes 2.5 times the way to the optimum.',
      of: 'increasesTooLong',
      expects: () => ({ atMost: 0 }),
      over: 'every',
    },
    {
      name: 'the other divergence',
      sentence: 'J(π*) − J(π) = β·KL(π*‖π).',
      wrong: 'The two policies are exchanged.',
      of: 'valueGapOfForward',
      expects: (given) => ({ atMost: valueRounding(given) }),
      over: 'every',
    },
    {
      name: 'an affinity without symmetry',
      sentence: 'S·e^V/Z is in detailed balance with e^V·Z.',
      wrong: 'Above the diagonal S is twice what it is below.',
      of: 'imbalanceWithoutSymmetry',
      expects: () => ({ atMost: 1 }),
      over: 'every',
    },
    {
      name: 'the kernel of the vanilla gradient',
      sentence: 'It is in detailed balance with its stationary measure.',
      wrong: 'It is no tilt of the reference before it arrives at the optimum.',
      of: 'imbalanceOfVanilla',
      expects: () => ({ atMost: 1 }),
      over: 'every',
    },
    {
      name: 'e^V as the stationary measure',
      sentence: 'One step of the trained kernel leaves e^V as it is.',
      wrong: 'The factor Z is left out.',
      of: 'driftOfBoltzmann',
      expects: () => ({ atMost: 1 }),
      over: 'every',
    },
    {
      name: 'the gap of the reference',
      sentence: 'The measured decay a step is the λ of the reference.',
      wrong: 'It is the λ of another chain.',
      of: 'rateOfReferenceOverTolerance',
      expects: () => ({ atMost: 1 }),
      over: 'every',
    },
  ],
  findings: [],
  picture: {
    title: 'On the way to the KL-regularised optimum',
    caption:
      'Left: KL(π‖π*) along both gradients, mean over prompts. The natural one lies on its Bernoulli part, the vanilla one above it. Right: the chain of the trained policy, from a wrong answer, with the bound by its spectral gap.',
    panels: [
      {
        title: 'Divergence to the optimum',
        x: { label: 'step' },
        y: { label: 'nats', scale: 'log' },
        curves: [
          { name: 'natural gradient', x: 'step', y: 'natural', as: 'line' },
          { name: 'vanilla gradient', x: 'step', y: 'vanilla', as: 'line' },
          { name: 'Bernoulli part of the vanilla one', x: 'step', y: 'vanillaBernoulli', as: 'line' },
          { name: 'closed form', x: 'step', y: 'closedForm', as: 'line', isReference: true },
        ],
      },
      {
        title: 'Distance to the stationary measure',
        x: { label: 'revisions' },
        y: { label: 'L²(μ) distance', scale: 'log' },
        curves: [
          { name: 'chain', x: 'revision', y: 'distance', as: 'dots' },
          { name: 'λᵗ times the start', x: 'revision', y: 'distanceBound', as: 'line', isReference: true },
        ],
      },
    ],
  },
  next: [
    {
      set: ['stride=0.9'],
      expect:
        'Nine tenths of the way in one step: the divergence falls a hundredfold a step at last, and is still the Bernoulli one.',
    },
    {
      set: ['coupling=0.01', 'revisions=200'],
      expect:
        'The halves hardly know of each other: the spectral gap shrinks about tenfold, and the decay with it.',
    },
    {
      set: ['beta=5'],
      expect:
        'A strong penalty: the optimum stays near the reference, and steps of one stride are the same share of a shorter way.',
    },
  ],
});
