// A run stops when its loss or gradient is not finite.
import { AnomalyError, withAnomalyDetection } from '../autodiff/index.ts';

/**
 * `Diverged` is thrown when the loss or the gradient of a step is not finite. The exit code is then 1, and
 * the last checkpoint is from before that step.
 */
export class Diverged extends Error {
  override readonly name: string = 'Diverged';

  /**
   * Runs the step once more, checking every result, to name the op at fault.
   * @param where the step and the phase
   * @param episodes the number of episodes in the batch
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
