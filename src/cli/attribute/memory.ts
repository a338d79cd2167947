// Whether this process has the memory that an attribution needs, before the weights of its model are read.
import {
  checkAttributionMemory,
  type InfluenceScope,
  type Responses,
  responseMicroBatches,
} from '../../attribution/index.ts';
import { machineBytes, memoryLimits } from '../../host/memoryLimits.ts';
import type { ClosedModel } from '../../nn/index.ts';
import { ROLES } from '../../rollouts/index.ts';

/** Terms of an objective. */
const TERMS = 2;

/**
 * Looks at the sizes of a model and of the responses that it is given.
 * @throws InputError saying how much is needed and what can be lowered
 */
export function checkMemoryFor(
  { network: { config }, bytes }: ClosedModel,
  responses: Responses,
  { maxTokens, influence }: { readonly maxTokens?: number; readonly influence?: InfluenceScope },
): void {
  const inputsAt = (most: number | undefined) =>
    responseMicroBatches(responses, most).flatMap(({ batch }) => batch.inputs);
  const { trajectories, prompts } = responses;
  const roles = new Set(trajectories.flatMap(({ roles: own }, i) => [...own.subarray(prompts[i])]));
  const longest = trajectories.reduce((most, { length }) => Math.max(most, length - 1), 1);
  checkAttributionMemory(
    {
      config,
      weightBytes: bytes,
      inputs: inputsAt(maxTokens),
      tokens: responses.offsets.at(-1)!,
      labels: Math.min(ROLES.length, roles.size) * TERMS,
      influence: influence ?? 'none',
    },
    inputsAt(longest),
    { kernel: memoryLimits().kernel, host: machineBytes() },
  );
}
