// The script of a page with an explorer: shows it where the address asks for it, and leads to it from the report.
import { type PackedExplorer, unpackExplorer } from '../pack.ts';
import { ADDRESS, readState, START, writeState } from '../state.ts';
import { ExplorerApp } from './app.ts';
import { make } from './dom.ts';

/** The data of the page; the command that wrote it is that of this script. */
function packedData(): PackedExplorer | undefined {
  const text = document.getElementById('explorer-data')?.textContent;
  return text === null || text === undefined ? undefined : JSON.parse(text);
}

let app: ExplorerApp | undefined;
let before = 0;

/** Shows the explorer or the report, whichever the address is about. */
function route(into: HTMLElement): void {
  const isOpen = readState(location.hash) !== undefined;
  const wasOpen = !into.hidden;
  if (isOpen && !wasOpen) before = scrollY;
  document.documentElement.classList.toggle('exploring', isOpen);
  into.hidden = !isOpen;
  if (!isOpen) {
    if (wasOpen && location.hash.length <= 1) scrollTo({ top: before });
    return;
  }
  if (app === undefined) {
    const packed = packedData();
    if (packed === undefined) return;
    app = new ExplorerApp(unpackExplorer(packed), into);
  }
  app.open(location.hash);
  if (!wasOpen) {
    into.querySelector('h1')?.focus({ preventScroll: true });
    if (!location.hash.includes('token=')) scrollTo({ top: 0 });
  }
}

/** Puts links to the explorer into the report: at its top, and into every finding. */
function addLinks(count: number): void {
  const top = document.querySelector('main > header');
  top?.after(
    make(
      'p',
      { class: 'explorer-link' },
      make('a', { href: `#${ADDRESS}` }, `Explore ${count} trajectories token by token →`),
    ),
  );
  for (const [finding, card] of document.querySelectorAll('main .finding').entries()) {
    const link = make(
      'a',
      { href: `#${writeState({ ...START, finding })}` },
      'See its tokens in the explorer →',
    );
    card.append(make('p', { class: 'explorer-link' }, link));
  }
}

const place = document.getElementById('explorer');
if (place !== null) {
  addLinks(Number(place.dataset.count));
  addEventListener('hashchange', () => route(place));
  route(place);
}
