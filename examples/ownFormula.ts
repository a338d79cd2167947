// The weights of an objective of your own as a formula over any field, so that its properties can be proved for all policies.
//
//   gradsplit prove objective ./ownFormula.js
import { type Arithmetic, type FormulaBatch, float64Arithmetic, type PerToken } from 'gradsplit/objectives';

/**
 * w_t = (R_i − mean of the others)/(B·L_i): RLOO with the 1/L_i of GRPO. What it computes with is given by the field, which may have
 * random elements of a finite field, intervals or numbers.
 */
export function weightFormula<T>(field: Arithmetic<T>, batch: FormulaBatch<T>): PerToken<T> {
  const rewards = batch.map(({ reward }) => reward);
  const sum = rewards.reduce(field.add);
  const others = field.number(batch.length - 1);
  return batch.map(({ reward, tokens }) => {
    const advantage = field.sub(reward, field.div(field.sub(sum, reward), others));
    const divisor = field.number(batch.length * tokens.length);
    return tokens.map(() => field.div(advantage, divisor));
  });
}

// Run on its own it gives the weights of two trajectories in double precision.
if (process.argv[1] === import.meta.filename) {
  const token = {
    component: 'sample',
    attempt: 0,
    mask: true,
    prob: 0.5,
    ratio: 1,
    samplerRatio: 1,
    refRatio: 1,
    value: 0,
  } as const;
  const batch: FormulaBatch<number> = [
    { reward: 1, group: 0, tokens: [token, token] },
    { reward: 0, group: 0, tokens: [token] },
  ];
  console.log('weights:', weightFormula(float64Arithmetic, batch).flat().join(' '));
}
