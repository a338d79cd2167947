// `exact`: everything that can be said exactly about one tabular policy. Types first; see formats: gradsplit/exact@1.
import type { PolicyLogits } from '../policy/tabular.ts';

/** ‖·‖₂ of each component and of both together. */
export interface Norms {
  readonly sample: number;
  readonly decision: number;
  readonly total: number;
}

/** A gradient with respect to the logits, rows in canonical order. */
export type LogitGradient = PolicyLogits;

/** The numbers of gradsplit/exact@1; gradients still as arrays, keyed by history only when written. */
export interface ExactResult {
  readonly trajectories: number;
  readonly expectedAttempts: number;
  readonly reward: {
    readonly mean: number;
    readonly variance: number;
    readonly varianceSample: number;
    readonly varianceDecision: number;
    readonly gradient: LogitGradient;
    readonly gradientNorm: Norms;
  };
  readonly kl: {
    readonly value: number;
    readonly sample: number;
    readonly decision: number;
    readonly gradient: LogitGradient;
    readonly gradientNorm: Norms;
  };
  readonly forwardKl: { readonly value: number; readonly gradient: LogitGradient };
  readonly estimators: Readonly<
    Record<'k1' | 'k2' | 'k3', { readonly value: number; readonly lossGradient: LogitGradient }>
  >;
  readonly regularised: { readonly beta: number; readonly optimum: number };
  readonly objective?: {
    readonly name: string;
    readonly options: Readonly<Record<string, number | string | boolean>>;
    readonly gradient: LogitGradient;
    readonly gradientNorm: Norms;
    /** null where a gradient is zero. */
    readonly cosine: {
      readonly sample: number | null;
      readonly decision: number | null;
      readonly total: number | null;
    };
    readonly scale: number | null;
    readonly balanced: boolean;
  };
}
