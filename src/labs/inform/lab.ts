// The lab on InfoRM: a reward model with an information bottleneck, outliers in its latent space, and a penalty on them.
import { defineLab } from '../lab.ts';
import { CHECKS, CONTROLS } from './checks.ts';
import { PICTURE } from './drawing.ts';
import { measure } from './measure.ts';
import { NEXT } from './next.ts';
import { OPTIONS } from './options.ts';
import { METHOD, OURS } from './text.ts';

/** InfoRM, IBL and MOP (arXiv 2510.13694). */
export const inform = defineLab({
  name: 'inform',
  title: 'Reward hacking as outliers in the latent space of a reward model',
  source: 'arXiv 2510.13694',
  question:
    'Do the responses of a policy that exploits its reward model become outliers in the model’s latent space, does a penalty on the distance help, and is it the information bottleneck that does it?',
  look: 'the left panel, and the checks with and without a bottleneck.',
  firstSeed: 5001,
  seeds: 10,
  minutes: 1.5,
  method: METHOD,
  paper: [
    'The authors train a reward model with an information bottleneck (InfoRM), which filters out what is irrelevant to preferences.',
    'They observe that reward-hacked responses are outliers in its latent space, by their Mahalanobis distance to the responses of the SFT policy.',
    'They penalise this distance in the reward (IBL), and prove that this is pessimistic RL in the latent space.',
    'They take the share of outliers (MOP) as a measure of the severity of reward hacking.',
  ],
  ours: OURS,
  differs: [
    'Responses are short sequences of made-up tokens, the encoder is a network of one hidden layer on counts of tokens, and the gold reward is a formula.',
    'The reference policy is given by a formula and not fine-tuned; the policy is optimised by RLOO and not by PPO, without a KL penalty by default.',
    'Outliers are found by Hotelling’s F distribution directly in the latent space; the authors’ public code reduces it by UMAP first and takes χ².',
    'The reward is standardised before γ·D is taken off; in the public code after.',
    'The KL of the bottleneck is the sum over the latent dimensions; in the public code it is that of the averages of μ and of log σ² over the dimensions.',
  ],
  restsOn:
    'The abstracts of arXiv 2510.13694 and 2402.09345 and the public code of the authors (encoder, KL, penalty, outlier probability); the full texts could not be read.',
  options: OPTIONS,
  full: { steps: 900, evaluated: 2000, reference: 1000, draws: 64 },
  small: { steps: 100, learningRate: 0.1, evaluateEvery: 20, evaluated: 200 },
  measure,
  checks: CHECKS,
  controls: CONTROLS,
  findings: [],
  picture: PICTURE,
  next: NEXT,
});
