// Families with one or two parameters that move the logits of the first tokens, the padding or the decisions of the padding construction.
import type { SharedFamily } from '../../attribution/twoCopy.ts';
import { type RandomStream, randomStream } from '../../base/random.ts';
import type { PaddingFamily } from '../../policy/padding.ts';
import type { LengthMember } from '../shared/lengthFamily.ts';

/** Which tokens each parameter moves. */
export type TokenGroups = readonly (readonly ('first' | 'padding' | 'decision')[])[];

/** One parameter on first tokens and padding alike. */
export const SHARED: TokenGroups = [['first', 'padding']];
/** Padding has a parameter of its own. */
export const OWN: TokenGroups = [['first'], ['padding']];
/** First tokens only. */
export const FIRST_ONLY: TokenGroups = [['first']];
/** The two-copy policy: one parameter for every sample token, one for decisions. */
export const TWO_COPY: TokenGroups = [['first', 'padding'], ['decision']];

/** Seeded directions of the logits, the same for every L. */
export interface Directions {
  readonly first: Float64Array;
  readonly padding: Float64Array;
  readonly decision: Float64Array;
}

/** Draws directions that tell tokens apart on each kind of token. */
export function directionsOf({ vocabulary }: PaddingFamily, seed: number): Directions {
  const random = randomStream(seed, 'tilt');
  const draw = (stream: RandomStream, n: number): Float64Array =>
    Float64Array.from({ length: n }, () => stream.normal());
  return {
    first: draw(random.split('first'), vocabulary),
    padding: draw(random.split('padding'), vocabulary),
    decision: draw(random.split('decision'), 2),
  };
}

/** logits + features·θ on a member, through the logits of its policy. */
export function familyAlong(
  { graph, paddingSlot, policy }: LengthMember,
  groups: TokenGroups,
  along: Directions,
): SharedFamily {
  const n = groups.length;
  const features = new Float64Array(graph.slots * n);
  for (let slot = 0; slot < graph.slots; slot++) {
    const kind = slot >= graph.sampleSlots ? 'decision' : slot >= paddingSlot ? 'padding' : 'first';
    const arity = kind === 'decision' ? 2 : graph.vocabulary;
    const action = kind === 'decision' ? (slot - graph.sampleSlots) % arity : slot % arity;
    groups.forEach((kinds, i) => {
      if (kinds.includes(kind)) features[slot * n + i] = along[kind][action]!;
    });
  }
  return { graph, table: policy.model.logits, features, parameters: n };
}
