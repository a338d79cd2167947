// `exact` on a terminal: every number by component, gradients by their norms.
import type { ExactResult } from '../../analyses/exact.ts';
import type { ComponentNorms } from '../../attribution/byComponent.ts';
import { norm2 } from '../../attribution/vectors.ts';
import type { PolicyLogits } from '../../policy/tabular.ts';
import { formatNumber, formatShare } from '../format.ts';
import { columns, paragraph, safe } from './layout.ts';
import { type Palette, plainPalette } from './palette.ts';

/** A number in total and by component; null where it is not defined, undefined where it does not divide. */
type Parts = { readonly [part in keyof ComponentNorms]?: number | null };

const DIGITS = 9;

function show(value: number | null | undefined): string {
  if (value === undefined) return '';
  return value === null ? '–' : formatNumber(value, DIGITS);
}

function line(label: string, { total, sample, decision }: Parts): string[] {
  return [`  ${label}`, show(total), show(sample), show(decision)];
}

/** The shares of the two parts in their sum. */
function shareLine(label: string, sample: number, decision: number): string[] {
  const total = sample + decision;
  return [`  ${label}`, '', formatShare(sample, total), formatShare(decision, total)];
}

function heading(title: string, palette: Palette): string[] {
  return [palette.bold(title), '', '', ''];
}

/** ‖·‖₂ of a gradient by component. */
function norms(gradient: PolicyLogits): ComponentNorms {
  const sample = norm2(gradient.sample);
  const decision = norm2(gradient.decision);
  return { sample, decision, total: Math.hypot(sample, decision) };
}

function rewardLines({ reward }: ExactResult, palette: Palette): string[][] {
  const { mean, variance, varianceSample, varianceDecision, gradientNorm } = reward;
  return [
    heading('reward', palette),
    line('E[R]', { total: mean }),
    line('Var(R)', { total: variance, sample: varianceSample, decision: varianceDecision }),
    shareLine('share of Var(R)', varianceSample, varianceDecision),
    line('‖∇E[R]‖', gradientNorm),
  ];
}

function divergenceLines({ kl, forwardKl, estimators }: ExactResult, palette: Palette): string[][] {
  return [
    heading('divergence', palette),
    line('KL(π‖reference)', { total: kl.value, sample: kl.sample, decision: kl.decision }),
    shareLine('share of KL(π‖reference)', kl.sample, kl.decision),
    line('‖∇KL(π‖reference)‖', kl.gradientNorm),
    line('KL(reference‖π)', { total: forwardKl.value }),
    line('‖∇KL(reference‖π)‖', norms(forwardKl.gradient)),
    heading('KL estimators of a trajectory', palette),
    ...Object.entries(estimators).flatMap(([name, { value, lossGradient }]) => [
      line(`E[${name}]`, { total: value }),
      line(`‖E[∇${name}]‖, samples held fixed`, norms(lossGradient)),
    ]),
  ];
}

function regularisedLines({ regularised }: ExactResult, palette: Palette): string[][] {
  const { beta, optimum } = regularised;
  return [
    heading(`regularised, β = ${formatNumber(beta)}`, palette),
    line('max E[R] − β·KL', { total: optimum }),
  ];
}

function objectiveLines({ objective }: ExactResult, palette: Palette): string[][] {
  if (objective === undefined) return [];
  const { name, gradientNorm, cosine, scale, balanced } = objective;
  return [
    heading(`objective ${safe(name)}`, palette),
    line('‖expected gradient‖', gradientNorm),
    line('cosine with ∇E[R]', cosine),
    line('scale against ∇E[R]', { total: scale }),
    ['  balanced', balanced ? palette.green('yes') : palette.yellow('no'), '', ''],
  ];
}

/** The options an objective ran with, defaults included. */
function optionLines({ objective }: ExactResult, palette: Palette): string[] {
  if (objective === undefined) return [];
  const given = Object.entries(objective.options).map(([name, value]) => `${name}=${value}`);
  return given.length === 0
    ? []
    : [palette.dim(paragraph(`${objective.name}: ${given.join(' ')}`, 0, palette))];
}

/** The result as text; `source` names the policy. */
export function exactTable(source: string, result: ExactResult, palette: Palette = plainPalette): string {
  const attempts = formatNumber(result.expectedAttempts);
  const policy = paragraph(`policy: ${safe(source)}`, 0, palette);
  const head = `${policy}\n${result.trajectories} trajectories, ${attempts} attempts expected`;
  const table = columns(
    [
      ['', 'left'],
      ['total', 'right'],
      ['sample', 'right'],
      ['decision', 'right'],
    ],
    [
      ...rewardLines(result, palette),
      ...divergenceLines(result, palette),
      ...regularisedLines(result, palette),
      ...objectiveLines(result, palette),
    ],
    palette,
  );
  return [palette.dim(head), table, ...optionLines(result, palette)].join('\n\n');
}
