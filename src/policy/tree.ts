// The full trajectory tree of a shape: every history is a node of its own, in the canonical order of shape.ts.
import { RESAMPLE } from './component.ts';
import { compileGraph, type LayerSpec, type TrajectoryGraph } from './graph.ts';
import {
  checkEnumerable,
  decisionRowOffset,
  decisionRows,
  type PolicyShape,
  sampleRowOffset,
  sampleRows,
} from './shape.ts';

/**
 * Compiles the full trajectory tree of a shape.
 * @throws InputError if the shape has more than MAX_TRAJECTORIES trajectories, before anything is allocated
 */
export function compileTree(shape: PolicyShape): TrajectoryGraph {
  checkEnumerable(shape);
  const { attempts, length, vocabulary } = shape;
  const specs: LayerSpec[] = [];
  for (let attempt = 1; attempt <= attempts; attempt++) {
    for (let position = 0; position < length; position++) {
      const last = attempt === attempts && position === length - 1;
      const entersDecision = position === length - 1;
      const offset = sampleRowOffset(shape, attempt, position);
      specs.push({
        component: 'sample',
        attempt: attempt - 1,
        arity: vocabulary,
        nodes: vocabulary ** ((attempt - 1) * length + position),
        row: (node) => offset + node,
        next: (node, token) => (last ? -1 : node * vocabulary + token),
      });
      if (entersDecision && !last) {
        const decisionOffset = decisionRowOffset(shape, attempt);
        specs.push({
          component: 'decision',
          attempt: attempt - 1,
          arity: 2,
          nodes: vocabulary ** (attempt * length),
          row: (node) => decisionOffset + node,
          next: (node, action) => (action === RESAMPLE ? node : -1),
        });
      }
    }
  }
  return compileGraph(specs, vocabulary, sampleRows(shape), decisionRows(shape));
}
