// What stops a run: a loss or a gradient that is not a number.
import { AnomalyError, withAnomalyDetection } from '../autodiff/index.ts';

/** The loss or the gradient of a step is not finite. The exit code is 1; the last checkpoint is from before. */
export class Diverged extends Error {
  override readonly name: string = 'Diverged';

  /**
   * Runs the step once more with every result looked at, to name the op.
   * @param where step and phase
   * @param episodes in the batch
   */
  static at(where: string, episodes: number, step: () => unknown): Diverged {
    const place = `${where}, batch of ${episodes} episodes`;
    try {
      withAnomalyDetection(step);
    } catch (error) {
      if (error instanceof AnomalyError)
        return new Diverged(`training stopped at ${place}: ${error.message}`);
      throw error;
    }
    return new Diverged(`training stopped at ${place}: the parameters are no longer finite`);
  }
}
