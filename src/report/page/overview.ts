// The first screen of a verification: what it is about, in panels with a sentence each.
import type { ClaimResult } from '../../claims/claim.ts';
import { overviewPanels, panelSvg } from '../figures/overview.ts';
import { Html, html } from '../html.ts';

/** The panels; only the trajectory where no claim with numbers ran. `withShare` adds how the verified policy divides. */
export function overview(claims: readonly ClaimResult[], withShare: boolean): Html {
  const panels = overviewPanels(claims, withShare).map(
    (panel) =>
      html`<figure class="panel">${new Html(panelSvg(panel))}<figcaption><strong>${panel.title}</strong>${panel.sentence}</figcaption></figure>`,
  );
  return html`<section class="panels" aria-label="What this is about">${panels}</section>
`;
}
