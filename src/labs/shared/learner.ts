// Parameters that an optimiser moves: what a lab trains. The tensors of a step are freed when the next one has replaced them.
import { type Parameters, scope, type Tensor } from '../../autodiff/index.ts';
import { adamw, applyUpdates, type GradientTransformation } from '../../optim/index.ts';

function dispose(tensors: Parameters): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

/** Parameters under AdamW without weight decay. Call `dispose` when they are not needed any more. */
export class Learner<P extends Record<string, Tensor>> {
  #parameters: P;
  #state: Parameters;
  #steps = 0;
  readonly #optimiser: GradientTransformation;

  /** @param parameters become the learner's, which frees them */
  constructor(parameters: P, learningRate: number) {
    this.#optimiser = adamw({ learningRate: () => learningRate, weightDecay: 0 });
    this.#parameters = parameters;
    this.#state = this.#optimiser.initial(parameters);
  }

  get parameters(): P {
    return this.#parameters;
  }

  /** One step down the gradient that `gradient` computes, in a scope of its own. @returns what else it returns */
  step<T>(gradient: (parameters: P) => { gradient: Parameters; rest: T }): T {
    const { parameters, state, rest } = scope(() => {
      const found = gradient(this.#parameters);
      const next = this.#optimiser.update(found.gradient, this.#state, this.#parameters, this.#steps);
      return {
        parameters: applyUpdates(this.#parameters, next.updates),
        state: next.state,
        rest: found.rest,
      };
    });
    this.dispose();
    this.#parameters = parameters;
    this.#state = state;
    this.#steps++;
    return rest;
  }

  dispose(): void {
    dispose(this.#parameters);
    dispose(this.#state);
  }
}
