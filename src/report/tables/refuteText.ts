// `refute` on a terminal: the verdict on a statement, with its risk or with the policy on which it fails.
import type { ProveDocument } from '../../documents/prove.ts';
import { safe } from './layout.ts';
import { policyInWords } from './objectiveProofTable.ts';
import type { Palette } from './palette.ts';

type Proved = ProveDocument['claims'][number]['statements'][number];
type Example = NonNullable<Proved['counterExample']>;

/** The counter-example with its table of rewards, by odds. */
function inWords(policy: Example): string[] {
  if (!('odds' in policy) || !('table' in policy.reward) || !('odds' in policy.reference)) return [];
  const { attempts, length, vocabulary, reward, odds, reference } = policy;
  const shape = `attempts ${attempts}, length ${length}, vocabulary ${vocabulary}`;
  return [`  on the policy (${shape}): ${safe(policyInWords({ odds, reference, reward }))}`];
}

function lines({ verdict, riskLog2, degree, because, reason, found, counterExample }: Proved): string[] {
  return [
    ...(verdict === 'proved' ? [`  risk ≤ 2^${riskLog2}, degree at most ${degree}`] : []),
    ...(because === undefined ? [] : [`  ${because}`]),
    ...(reason === undefined ? [] : [`  ${reason}`]),
    ...(found === undefined ? [] : [`  ${safe(found)}`]),
    ...(counterExample === undefined ? [] : inWords(counterExample)),
  ];
}

/** The verdict on the statement of a document of `refute`. */
export function refuteText({ shape, claims }: ProveDocument, { green, red, yellow }: Palette): string {
  const colour = { proved: green, refuted: red, outside: yellow };
  const { attempts, length, vocabulary } = shape;
  const forAll = ` for all policies with attempts ${attempts}, length ${length}, vocabulary ${vocabulary}`;
  return claims
    .flatMap(({ statements }) => statements)
    .flatMap((one) => [
      `${safe(one.name)}`,
      `${colour[one.verdict](one.verdict)}${one.verdict === 'proved' ? forAll : ''}`,
      ...lines(one),
    ])
    .join('\n');
}
