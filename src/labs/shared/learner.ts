// Parameters that an optimiser moves: what a lab trains. The tensors of a step are freed when the next one has replaced them.
import { mul, type Parameters, scope, type Tensor } from '../../autodiff/index.ts';
import { applyUpdates, type GradientTransformation } from '../../optim/index.ts';

/** Frees all tensors of some records. */
export function disposeAll(...records: readonly Parameters[]): void {
  for (const record of records) for (const tensor of Object.values(record)) tensor.dispose();
}

/** The same values in tensors of their own. */
export function copyOf(parameters: Parameters): Record<string, Tensor> {
  return scope(() =>
    Object.fromEntries(Object.entries(parameters).map(([path, one]) => [path, mul(one, 1)])),
  );
}

/** Parameters under an optimiser. Call `dispose` when they are not needed any more, or `release` to keep them. */
export class Learner<P extends Parameters = Record<string, Tensor>> {
  readonly #optimiser: GradientTransformation;
  #parameters: P;
  #state: Parameters;
  #steps = 0;

  /** @param parameters become the learner's, which frees them */
  constructor(parameters: P, optimiser: GradientTransformation) {
    this.#optimiser = optimiser;
    this.#parameters = parameters;
    this.#state = optimiser.initial(parameters);
  }

  get parameters(): P {
    return this.#parameters;
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Takes one step along a gradient, which is computed in a scope of its own. */
  step(gradientAt: (parameters: P) => Parameters): void {
    const next = scope(() => {
      const gradient = gradientAt(this.#parameters);
      const { updates, state } = this.#optimiser.update(gradient, this.#state, this.#parameters, this.#steps);
      return { parameters: applyUpdates(this.#parameters, updates), state };
    });
    this.dispose();
    this.#parameters = next.parameters;
    this.#state = next.state;
    this.#steps++;
  }

  /** Hands the parameters over and frees the rest; nothing can be done with the learner then. */
  release(): P {
    disposeAll(this.#state);
    return this.#parameters;
  }

  /** Frees parameters and state; nothing can be done with the learner then. */
  dispose(): void {
    disposeAll(this.#parameters, this.#state);
  }
}
