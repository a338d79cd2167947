// The paper's closed forms for one prompt: the accuracy at the optimum, the divergence that is left, and where a path is after t steps.

/** π(y) and log π(y) are [n]; r is 0 or 1. */
export interface Row {
  readonly logProb: Float64Array;
  readonly reward: Float64Array;
}

/** P(r = 1) and P(r = 0), each with all its digits. */
export interface Masses {
  readonly right: number;
  readonly wrong: number;
}

/** p = Σ_y π(y)·r(y), and 1 − p as a sum of its own. */
export function accuracyOf({ logProb, reward }: Row): Masses {
  const mass = (r: number): number =>
    logProb.reduce((sum, lp, y) => (reward[y] === r ? sum + Math.exp(lp) : sum), 0);
  return { right: mass(1), wrong: mass(0) };
}

/** p* = p₀e^{1/β}/(1 − p₀ + p₀e^{1/β}), from the accuracy p₀ of the reference; with e^s in the place of e^{1/β}, p_s on the way. */
export function tiltedAccuracy({ right, wrong }: Masses, s: number): Masses {
  const gain = right * Math.exp(s);
  return { right: gain / (wrong + gain), wrong: wrong / (wrong + gain) };
}

/** KL(Ber(p)‖Ber(q)). */
export function bernoulliKl(p: Masses, q: Masses): number {
  return p.right * Math.log(p.right / q.right) + p.wrong * Math.log(p.wrong / q.wrong);
}

/** KL(π‖ρ) = Σ_y π(y)·(log π(y) − log ρ(y)). */
export function klOfRows(logProb: Float64Array, other: Float64Array): number {
  return logProb.reduce((sum, lp, y) => sum + Math.exp(lp) * (lp - other[y]!), 0);
}

/**
 * What the Bernoulli divergence leaves out: Σ_r P(r)·KL(π(·|r)‖ρ(·|r)), which is 0 if and only if π is a tilt of ρ by a function of r.
 */
export function conditionalKl({ logProb, reward }: Row, other: Float64Array): number {
  return [0, 1].reduce((sum, r) => {
    const inside = [...reward.keys()].filter((y) => reward[y] === r);
    const mass = (of: Float64Array): number => inside.reduce((all, y) => all + Math.exp(of[y]!), 0);
    const logRatio = Math.log(mass(logProb) / mass(other));
    return (
      sum + inside.reduce((all, y) => all + Math.exp(logProb[y]!) * (logProb[y]! - other[y]! - logRatio), 0)
    );
  }, 0);
}

/**
 * s after t steps of natural gradient from the reference: s ← s + η(1 − βs), so s_t = (1 − (1 − ηβ)^t)/β.
 * @param stride ηβ
 */
export function tiltAfter(t: number, stride: number, beta: number): number {
  return (1 - (1 - stride) ** t) / beta;
}
