// One parameter set under AdamW: takes steps and frees what the step before has left.
import { type Parameters, scope } from '../../autodiff/index.ts';
import { adamw, applyUpdates, type GradientTransformation } from '../../optim/index.ts';

/** Parameters that descend gradients by AdamW without weight decay. */
export class Descent {
  readonly #optimiser: GradientTransformation;
  #parameters: Parameters;
  #state: Parameters;
  #step = 0;

  /** @param initial belong to the descent from here on */
  constructor(initial: Parameters, learningRate: number) {
    this.#optimiser = adamw({ learningRate: () => learningRate, weightDecay: 0 });
    this.#parameters = initial;
    this.#state = this.#optimiser.initial(initial);
  }

  get parameters(): Parameters {
    return this.#parameters;
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#step;
  }

  /** Takes one step along a gradient, which is computed in a scope of its own. */
  step(gradientAt: (parameters: Parameters) => Parameters): void {
    const next = scope(() => {
      const gradient = gradientAt(this.#parameters);
      const { updates, state } = this.#optimiser.update(gradient, this.#state, this.#parameters, this.#step);
      return { parameters: applyUpdates(this.#parameters, updates), state };
    });
    this.free();
    this.#parameters = next.parameters;
    this.#state = next.state;
    this.#step++;
  }

  /** Frees parameters and state; nothing can be done with the descent then. */
  free(): void {
    for (const tensor of [...Object.values(this.#parameters), ...Object.values(this.#state)])
      tensor.dispose();
  }
}
