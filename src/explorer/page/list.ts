// The list of trajectories, in blocks. A block is filled when it comes near the screen and emptied when it leaves.
import type { ExplorerModel, ExplorerView } from '../model.ts';
import { make } from './dom.ts';
import { decisionsByTrajectory, tokenLabel, trajectoryContent } from './trajectoryView.ts';

/** How far from the screen blocks are filled. */
const NEAR = '900px';
/** Trajectories and tokens of a block at most: few enough to be drawn within a frame, enough that there are not many blocks. */
const IN_BLOCK = { trajectories: 3, tokens: 600 };
/** How long blocks are drawn in one frame, in milliseconds; the others wait for the next. */
const DRAWING = 8;

/** Widths by which the height of a trajectory that was never drawn is guessed. */
const CHARACTERS_A_LINE = 90;
const LINE_HEIGHT = 30;
const HEAD_HEIGHT = 80;

/** Some trajectories, one below the other. */
interface Block {
  readonly element: HTMLElement;
  readonly members: readonly number[];
  isDrawn: boolean;
  /** What makes the rest of its long trajectories, piece by piece. */
  rest: (() => void)[];
}

/** The list. */
export class TrajectoryList {
  readonly element = make('div', { class: 'trajectories', role: 'list', 'aria-label': 'trajectories' });
  private readonly model: ExplorerModel;
  private readonly decisions: ReadonlyMap<number, readonly number[]>;
  private readonly observer: IntersectionObserver;
  private blocks: readonly Block[] = [];
  /** The block of every trajectory that is shown, and of every element. */
  private blockOf = new Map<number, Block>();
  private readonly byElement = new WeakMap<Element, Block>();
  private view: ExplorerView | undefined;
  private shown: readonly number[] = [];
  /** Blocks that have come near the screen and are not drawn yet, or not wholly. */
  private readonly waiting = new Set<Block>();
  private willDraw = false;

  /** @param onChoose called with the token that a reader chooses */
  constructor(model: ExplorerModel, onChoose: (at: number) => void) {
    this.model = model;
    this.decisions = decisionsByTrajectory(model);
    this.observer = new IntersectionObserver((entries) => this.seen(entries), { rootMargin: NEAR });
    this.element.addEventListener('click', ({ target }) => {
      const at = placeOf(target);
      if (at !== undefined) onChoose(at);
    });
    this.element.addEventListener('keydown', (event) => this.key(event, onChoose));
    this.element.addEventListener('focusin', ({ target }) => this.name(target));
    this.element.addEventListener('pointerover', ({ target }) => this.name(target));
  }

  /** Shows a view. */
  show(view: ExplorerView): void {
    const before = this.view;
    this.view = view;
    if (before !== undefined && looksAlike(before, view)) {
      this.choose(before.state.token, view.state.token);
      return;
    }
    if (view.shown !== this.shown && view.shown.join() !== this.shown.join()) this.rebuild(view.shown);
    this.shown = view.shown;
    for (const block of this.blocks) if (block.isDrawn) this.draw(block);
  }

  /** Marks another token as the chosen one. */
  private choose(before: number, at: number): void {
    if (before === at) return;
    for (const token of this.element.querySelectorAll(`[data-at="${before}"]`))
      token.setAttribute('aria-selected', 'false');
    for (const token of this.element.querySelectorAll(`[data-at="${at}"]`)) {
      token.setAttribute('aria-selected', 'true');
      focusable(token);
    }
  }

  /** Brings a token on the screen, and moves the focus to it. */
  reveal(at: number, doesFocus: boolean): void {
    const block = this.blockOf.get(this.trajectoryOf(at));
    if (block === undefined) return;
    this.drawWhole(block);
    const token = block.element.querySelector<HTMLElement>(`[data-at="${at}"]`);
    (token ?? block.element).scrollIntoView({ block: 'center' });
    if (doesFocus) token?.focus({ preventScroll: true });
  }

  private rebuild(shown: readonly number[]): void {
    this.observer.disconnect();
    this.waiting.clear();
    this.blockOf = new Map();
    const blocks: Block[] = [];
    for (const members of this.divided(shown)) {
      const element = make('div', { class: 'block', role: 'presentation' });
      element.style.height = `${this.guess(members)}px`;
      const block: Block = { element, members, isDrawn: false, rest: [] };
      for (const i of members) this.blockOf.set(i, block);
      this.byElement.set(element, block);
      blocks.push(block);
    }
    this.blocks = blocks;
    this.element.replaceChildren(...blocks.map(({ element }) => element));
    if (blocks[0] !== undefined) this.draw(blocks[0]);
    for (const { element } of blocks) this.observer.observe(element);
  }

  /** The trajectories of each block. */
  private divided(shown: readonly number[]): readonly (readonly number[])[] {
    const { offsets } = this.model.data.trajectories;
    const divided: number[][] = [];
    let tokens = 0;
    for (const i of shown) {
      const own = offsets[i + 1]! - offsets[i]!;
      const last = divided.at(-1);
      tokens += own;
      if (last !== undefined && last.length < IN_BLOCK.trajectories && tokens <= IN_BLOCK.tokens)
        last.push(i);
      else {
        divided.push([i]);
        tokens = own;
      }
    }
    return divided;
  }

  /** The height of trajectories that were never drawn, in pixels. */
  private guess(members: readonly number[]): number {
    const { offsets } = this.model.data.trajectories;
    return members.reduce((height, i) => {
      const lines = Math.ceil((5 * (offsets[i + 1]! - offsets[i]!)) / CHARACTERS_A_LINE);
      return height + HEAD_HEIGHT + LINE_HEIGHT * lines;
    }, 0);
  }

  private trajectoryOf(at: number): number {
    const { offsets } = this.model.data.trajectories;
    let [low, high] = [0, offsets.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (offsets[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private draw(block: Block): void {
    const { view, model } = this;
    if (view === undefined) return;
    const focused = block.element.contains(document.activeElement)
      ? placeOf(document.activeElement)
      : undefined;
    // As high as before until all of it is there.
    const height = block.isDrawn && this.isLong(block) ? `${block.element.offsetHeight}px` : '';
    block.element.style.minHeight = block.element.style.height || height;
    block.element.style.height = '';
    block.isDrawn = true;
    block.rest = [];
    block.element.replaceChildren(
      ...block.members.map((i) =>
        make(
          'div',
          { class: 'one', role: 'listitem' },
          trajectoryContent(model, view, i, this.decisions.get(i) ?? [], block.rest),
        ),
      ),
    );
    if (block.rest.length === 0) this.end(block);
    else this.waiting.add(block);
    if (focused === undefined) return;
    this.drawWhole(block);
    block.element.querySelector<HTMLElement>(`[data-at="${focused}"]`)?.focus({ preventScroll: true });
  }

  /** Whether a block holds a trajectory that is drawn piece by piece: it is alone then. */
  private isLong({ members }: Block): boolean {
    const { offsets } = this.model.data.trajectories;
    return members.length === 1 && offsets[members[0]! + 1]! - offsets[members[0]!]! > IN_BLOCK.tokens;
  }

  /** All of a block is there. */
  private end(block: Block): void {
    this.waiting.delete(block);
    block.element.style.minHeight = '';
  }

  private drawWhole(block: Block): void {
    if (!block.isDrawn) this.draw(block);
    for (const add of block.rest.splice(0)) add();
    this.end(block);
  }

  private seen(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const block = this.byElement.get(target);
      if (block === undefined) continue;
      if (isIntersecting) {
        if (!block.isDrawn || block.rest.length > 0) this.waiting.add(block);
        continue;
      }
      this.waiting.delete(block);
      if (!block.isDrawn || target.contains(document.activeElement)) continue;
      block.isDrawn = false;
      block.rest = [];
      block.element.style.minHeight = '';
      // The place stays as high as it was.
      block.element.style.height = `${boundingClientRect.height}px`;
      block.element.replaceChildren();
    }
    this.drawWaiting();
  }

  /** Draws what has come near the screen, as much as a frame has time for. */
  private drawWaiting(): void {
    const until = performance.now() + DRAWING;
    for (const block of this.waiting) {
      if (!block.isDrawn) this.draw(block);
      while (block.rest.length > 0 && performance.now() < until) block.rest.shift()?.();
      if (block.rest.length === 0) this.end(block);
      if (performance.now() > until) break;
    }
    if (this.waiting.size === 0 || this.willDraw) return;
    this.willDraw = true;
    requestAnimationFrame(() => {
      this.willDraw = false;
      this.drawWaiting();
    });
  }

  /** Gives a token the name that readers hear, when it is asked for. */
  private name(target: EventTarget | null): void {
    if (!(target instanceof HTMLElement) || this.view === undefined) return;
    const at = placeOf(target);
    if (at === undefined || target.hasAttribute('aria-label')) return;
    const panel = this.view.panels[Number(listOf(target)?.dataset.panel ?? 0)];
    const label = tokenLabel(this.model, panel, at, at - this.model.weighing.offset(this.trajectoryOf(at)));
    target.setAttribute('aria-label', label);
    target.title = label;
  }

  private key(event: KeyboardEvent, onChoose: (at: number) => void): void {
    const { target, key } = event;
    if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = placeOf(target);
    if (at === undefined) return;
    if (key === 'Enter' || key === ' ') {
      event.preventDefault();
      onChoose(at);
      return;
    }
    const next = this.neighbour(target, key);
    if (next === undefined) return;
    event.preventDefault();
    focusable(next);
    next.focus();
  }

  /** The token that an arrow key leads to: along the line, or in the trajectory above or below. */
  private neighbour(token: HTMLElement, key: string): HTMLElement | undefined {
    const at = placeOf(token) ?? 0;
    const { offsets } = this.model.data.trajectories;
    const i = this.trajectoryOf(at);
    switch (key) {
      case 'ArrowRight':
        return this.within(token, at + 1, i);
      case 'ArrowLeft':
        return this.within(token, at - 1, i);
      case 'Home':
        return this.within(token, offsets[i]!, i);
      case 'End':
        return this.within(token, offsets[i + 1]! - 1, i);
      case 'ArrowDown':
        return this.beside(token, 1);
      case 'ArrowUp':
        return this.beside(token, -1);
      default:
        return undefined;
    }
  }

  /** The token at a place of trajectory i, under the same objective as another one. */
  private within(beside: HTMLElement, at: number, i: number): HTMLElement | undefined {
    const found = (): HTMLElement | undefined =>
      asElement(listOf(beside)?.querySelector(`[data-at="${at}"]`));
    if (this.trajectoryOf(at) !== i || at < 0) return undefined;
    const block = this.blockOf.get(i);
    if (block !== undefined && found() === undefined) this.drawWhole(block);
    return found();
  }

  /** The first token of the next trajectory, or of the one before. */
  private beside(token: HTMLElement, by: 1 | -1): HTMLElement | undefined {
    const shown = this.view?.shown ?? [];
    const i = this.trajectoryOf(placeOf(token) ?? 0);
    const next = shown[shown.indexOf(i) + by];
    const block = next === undefined ? undefined : this.blockOf.get(next);
    if (next === undefined || block === undefined) return undefined;
    if (!block.isDrawn) this.draw(block);
    return asElement(block.element.querySelector(`[data-at="${this.model.weighing.offset(next)}"]`));
  }
}

/** Whether two views differ in nothing but the chosen token, as far as a list shows them. */
function looksAlike(a: ExplorerView, b: ExplorerView): boolean {
  return (
    a.panels === b.panels &&
    a.shown === b.shown &&
    a.first === b.first &&
    a.state.finding === b.state.finding &&
    a.state.level === b.state.level
  );
}

/** Makes a token the one of its trajectory that the tab key leads to. */
function focusable(token: Element): void {
  for (const other of listOf(token)?.querySelectorAll('[tabindex="0"]') ?? [])
    other.setAttribute('tabindex', '-1');
  token.setAttribute('tabindex', '0');
}

/** The list that a token stands in. */
function listOf(token: Element): HTMLElement | undefined {
  return asElement(token.closest('.tokens'));
}

function asElement(element: Element | null | undefined): HTMLElement | undefined {
  return element instanceof HTMLElement ? element : undefined;
}

function placeOf(target: EventTarget | null): number | undefined {
  const at = target instanceof HTMLElement ? target.dataset.at : undefined;
  return at === undefined ? undefined : Number(at);
}
