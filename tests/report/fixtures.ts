// A made-up but realistic result: ten claims, eight checks each, every kind of picture. Nothing in it is measured.
import type { VerifyResult } from '../../src/analyses/verify.ts';
import type { Claim, ClaimResult } from '../../src/claims/claim.ts';
import type { Figure } from '../../src/claims/figure.ts';
import type { Check, Control } from '../../src/documents/verify.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { budget, lines, map, tree } from './sampleFigures.ts';

export const policy: TabularPolicy = {
  shape: { attempts: 2, length: 2, vocabulary: 2 },
  reward: { kind: 'target', target: [0, 1], attemptCost: 0.05 },
  logits: { sample: new Float64Array(30), decision: new Float64Array(8) },
  reference: { sample: new Float64Array(30), decision: new Float64Array(8) },
};

const texts: readonly [string, string, string, readonly string[], readonly Figure[]][] = [
  [
    'C1',
    'Exact split',
    'One labelled backward pass gives the gradient of every component. Each agrees with central differences of the policy with two copies of its parameters, and the components add up to the whole gradient.',
    [
      String.raw`g_{\mathrm{sample}} = \left.\frac{\partial F}{\partial\theta_S}\right|_{\theta_S=\theta_D=\theta}, \qquad g_{\mathrm{d}} = \left.\frac{\partial F}{\partial\theta_D}\right|_{\theta_S=\theta_D=\theta}`,
      String.raw`g_{\mathrm{sample}} + g_{\mathrm{d}} = \nabla_\theta F`,
    ],
    [tree],
  ],
  [
    'C2',
    'Rewards credit both roles by one scalar',
    'Policy-gradient estimators with trajectory-level advantages put one weight on every token of both components, and the baseline drops out of each component separately.',
    [
      String.raw`\nabla_\theta\,\mathbb{E}[R] = \mathbb{E}_{\tau\sim\pi_\theta}\Big[(R(\tau)-b)\sum_{t\in\mathcal{S}\cup\mathcal{D}} u_t\Big], \qquad u_t = \nabla_\theta\log\pi_\theta(a_t\mid h_t)`,
    ],
    [map],
  ],
  [
    'C3',
    'Credit budget',
    'The variance of the reward divides exactly into what tokens and what decisions contribute, and neither part grows with the length of an attempt.',
    [
      String.raw`\operatorname{Var}(R\mid x) = \mathbb{E}\sum_{t\in\mathcal{S}} A_t^2 + \mathbb{E}\sum_{t\in\mathcal{D}} A_t^2 = V_{\mathrm{sample}} + V_{\mathrm{d}} \le \tfrac14 (R_{\max}-R_{\min})^2`,
    ],
    [budget],
  ],
  [
    'C4',
    'SFT’s mass lies where the tokens are',
    'Under padding the mass of the sample tokens grows by δ_D · E[attempts] per unit of L, that of the decisions not at all.',
    [
      String.raw`\lVert g_s\rVert^2 = a^2 + (L-1)^2 c^2 \quad\text{(tied)}, \qquad a^2 + (L-1)\,c^2 \quad\text{(one parameter per position)}`,
    ],
    [lines],
  ],
  [
    'C5',
    'KL penalties: mass',
    'The divergence from the reference is a sum over sample tokens plus a sum over decision tokens; under padding it is affine in L through the first alone.',
    [
      String.raw`\mathrm{KL}(\pi_\theta(\tau)\,\Vert\,\pi_{\mathrm{ref}}(\tau)) = \mathbb{E}\sum_{t\in\mathcal{S}}\mathrm{kl}_t + \mathbb{E}\sum_{t\in\mathcal{D}}\mathrm{kl}_t`,
    ],
    [lines],
  ],
  [
    'C5b',
    'KL stop bias',
    'The pull of a KL penalty on a decision grows with L towards STOP, while the pull of the reward does not.',
    [
      String.raw`\frac{\partial\,\mathrm{KL}}{\partial \ell_{\mathrm{R}}(h)} = \rho(h)\,\pi_R\,\pi_S\,\big[\Delta\log\tfrac{\pi}{\pi_{\mathrm{ref}}} + \mathrm{KL}_{\mathrm{togo}}(\mathrm{R}) - \mathrm{KL}_{\mathrm{togo}}(\mathrm{S})\big]`,
    ],
    [],
  ],
  [
    'C6',
    'Asymmetric stiffness',
    'The Hessian of the divergence at the reference is the Fisher matrix, block-diagonal between the components.',
    [
      String.raw`\nabla^2\mathrm{KL}\big|_{\theta=\theta_{\mathrm{ref}}} = H = \begin{pmatrix} H_S & 0 \\ 0 & H_D \end{pmatrix}, \qquad g_c^{\top} H_c^{+} g_c \le V_c`,
    ],
    [],
  ],
  [
    'C7',
    'KL-regularised optimum',
    'The optimum is the reference tilted by the reward; under padding it is the same for every L.',
    [
      String.raw`\pi^*(\tau) \propto \pi_{\mathrm{ref}}(\tau)\,e^{R(\tau)/\beta}, \qquad J_\beta(\pi^*) = \beta\log Z`,
    ],
    [],
  ],
  [
    'C8',
    'KL estimators as used in practice',
    'k1 and k3 are unbiased as values; as losses k1 has no gradient, k2 has that of the reverse and k3 that of the forward divergence.',
    [
      String.raw`k_1 = r, \qquad k_2 = \tfrac12 r^2, \qquad k_3 = e^{-r} - 1 + r, \qquad r = \log\frac{\pi_\theta(\tau)}{\pi_{\mathrm{ref}}(\tau)}`,
    ],
    [],
  ],
  [
    'C9',
    'Normalisation and masks',
    'Every normalisation multiplies whole trajectories: the balance within one stays, the weight between them changes.',
    [
      String.raw`w_t^{(i)} = \frac{A_i}{n_i}\,m_t, \qquad n_i \in \{1,\ |o_i|,\ \textstyle\sum_j |o_j|,\ \operatorname{std}(R)\}`,
    ],
    [map],
  ],
];

const EPSILON = 2 ** -52;

function check(id: string, i: number): Check {
  const expected = [0.25, -0.0183421, 1, 12.75, 0, 3.3306690738754696e-16, -1.4146271, 123456.789][i]!;
  const tolerance = (Math.abs(expected) + 1) * EPSILON * 10 ** (i % 3) * 30;
  const error = i === 4 ? 0 : tolerance * 10 ** (-((i * 7 + id.length) % 5) / 1.3 - 0.05);
  return {
    name: [
      'sample gradient, labelled backward against central differences',
      'decision gradient, tree program against autodiff',
      'components add up to ∇F',
      'cross gradient with disjoint parameters',
      'decision slope in L',
      'largest difference over all logits',
      'closed form at L = 8',
      'bound (Rmax − Rmin)²/4',
    ][i]!,
    measured: expected + (i % 2 === 0 ? error : -error),
    expected,
    error,
    tolerance,
    bound: `30 sums of at most ${20 * (i + 1)} terms of size ${i + 1}: n·ε·Σ|x|, doubled for two routes`,
    holds: true,
  };
}

function control(id: string, i: number): Control {
  const tolerance = 30 * EPSILON * 10 ** i;
  return {
    name: ['labels drawn at random', 'one decision token moved into S', 'the same with another policy'][i]!,
    statement: [
      'The gradient of a component is what labels drawn at random per token give.',
      'The first decision belongs to the sample component.',
      'The identity holds with the occupancies of any policy.',
    ][i]!,
    error: 10 ** -((i * 3 + id.length) % 6),
    tolerance,
    rejected: true,
    on: i === 2 ? 'companion' : 'policy',
  };
}

export function claimOf(id: string): Claim {
  const [, title, statement, formulas] = texts.find((text) => text[0] === id)!;
  return {
    id,
    title,
    statement,
    formulas,
    assumptions: [
      'R is deterministic given τ.',
      'At most K attempts of L tokens; a token’s component is fixed by its position.',
    ],
    run: () => ({ checks: [], controls: [], figures: [] }),
  };
}

/** Ten claims of which all hold. */
export function holding(): VerifyResult {
  const claims = texts.map(
    ([id, , , , figures], i): ClaimResult => ({
      claim: claimOf(id),
      verdict: 'holds',
      seconds: 0.004 * 3 ** (i % 6),
      checks: Array.from({ length: 8 }, (_, k) => check(id, k)),
      controls: Array.from({ length: 3 }, (_, k) => control(id, k)),
      figures,
    }),
  );
  return {
    version: '0.1.0',
    options: {
      policy,
      generic: true,
      source: 'random (attempts 2, length 2, vocabulary 2, seed 1)',
      seed: 1,
      claims: texts.map(([id]) => claimOf(id)),
    },
    kernels: { backend: 'wasm', build: 'plain' },
    verdict: 'holds',
    claims,
  };
}

/** The same with C3 failing by a check, C8 by a control, and C7 without a subject. */
export function failing(): VerifyResult {
  const result = holding();
  const claims = result.claims.map((claim): ClaimResult => {
    if (claim.claim.id === 'C3') {
      const [first, ...rest] = claim.checks;
      const wrong = { ...first!, measured: 0.3125, error: 0.0625, holds: false };
      return { ...claim, verdict: 'fails', checks: [wrong, ...rest] };
    }
    if (claim.claim.id === 'C8') {
      const [first, ...rest] = claim.controls;
      return {
        ...claim,
        verdict: 'fails',
        controls: [{ ...first!, error: 1e-16, rejected: false }, ...rest],
      };
    }
    if (claim.claim.id === 'C7') {
      return {
        claim: claim.claim,
        verdict: 'notApplicable',
        reason: 'the policy has one attempt, so there are no decisions',
        seconds: 0,
        checks: [],
        controls: [],
        figures: [],
      };
    }
    return claim;
  });
  return { ...result, verdict: 'fails', claims };
}
