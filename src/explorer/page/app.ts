// The explorer at work: one state, written to the address, and the parts that show it.

import type { ExplorerData } from '../../documents/explorer.ts';
import { ExplorerModel, type ExplorerView } from '../model.ts';
import { type ExplorerState, readState, START, writeState } from '../state.ts';
import { copyButton } from './copyButton.ts';
import { Detail } from './detail.ts';
import { make } from './dom.ts';
import { TrajectoryList } from './list.ts';
import { Sidebar } from './sidebar.ts';
import { Toolbar } from './toolbar.ts';

/** How long weights are computed at a time, in milliseconds. */
const PIECE = 16;

/** The explorer of a page. */
export class ExplorerApp {
  private readonly model: ExplorerModel;
  private readonly toolbar: Toolbar;
  private readonly sidebar: Sidebar;
  private readonly list: TrajectoryList;
  private readonly detail: Detail;
  private state: ExplorerState;
  private waiting = false;
  private hasDrawn = false;
  /** What computes the weights of the state, as long as they are not there. */
  private work: Generator<void, void> | undefined;

  /** @param into what the explorer is put in */
  constructor(data: ExplorerData, into: HTMLElement) {
    this.model = new ExplorerModel(data);
    this.state = this.model.start;
    const change = (more: Partial<ExplorerState>): void => this.change(more);
    this.toolbar = new Toolbar(this.model, change);
    this.sidebar = new Sidebar(this.model, change);
    this.list = new TrajectoryList(this.model, (token) => this.choose(token));
    this.detail = new Detail(this.model, change, () => this.list.reveal(this.state.token, true));
    const filters = make(
      'details',
      { class: 'side-fold', open: true },
      make('summary', {}, 'Sort, filter, heat map'),
      this.sidebar.element,
    );
    if (innerWidth < 1000) filters.open = false;
    into.replaceChildren(
      make(
        'header',
        { class: 'explorer-head' },
        make('h1', { tabindex: -1 }, 'Explorer'),
        make('a', { href: '#', class: 'back' }, '← the report'),
        copyButton('copy a link to this view', () => location.href),
      ),
      this.toolbar.element,
      make('div', { class: 'explorer-body' }, filters, this.list.element, this.detail.element),
    );
    this.watchBar(into);
  }

  /** Tells the style how high the bar is, below which the sides stand. */
  private watchBar(into: HTMLElement): void {
    const { element } = this.toolbar;
    new ResizeObserver(() => {
      into.style.setProperty('--gs-bar', `${element.offsetHeight + 12}px`);
    }).observe(element);
  }

  /** Shows what a fragment of an address says. */
  open(fragment: string): void {
    const found = readState(fragment);
    if (found === undefined) return;
    const isBare = writeState(found) === writeState(START);
    this.state = isBare ? this.model.start : found;
    const { token } = this.state;
    this.draw(() => {
      if (token >= 0) this.list.reveal(token, false);
    });
  }

  private choose(token: number): void {
    this.change({ token });
    // The panel covers a part of a narrow screen: the reader is led to it.
    this.detail.element.focus({ preventScroll: true });
  }

  private change(more: Partial<ExplorerState>): void {
    this.state = { ...this.state, ...more };
    history.replaceState(null, '', `#${writeState(this.state)}`);
    // Several changes within one frame are drawn once.
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  /** Draws the state as soon as its weights are there, computed in pieces, between which the page answers its reader. */
  private draw(then: () => void = () => undefined): void {
    const work = this.model.prepare(this.state);
    let isOutlined = false;
    this.work = work;
    this.list.element.setAttribute('aria-busy', 'true');
    const go = (): void => {
      // Another state has come in between.
      if (this.work !== work) return;
      const until = performance.now() + PIECE;
      while (performance.now() < until) {
        if (work.next().done !== true) continue;
        this.work = undefined;
        this.list.element.setAttribute('aria-busy', 'false');
        this.show(this.model.view(this.state));
        if (!isOutlined) then();
        return;
      }
      if (!this.hasDrawn) {
        isOutlined = true;
        this.show(this.model.outline(this.state));
        then();
      }
      setTimeout(go);
    };
    go();
  }

  private show(view: ExplorerView): void {
    this.hasDrawn = true;
    this.toolbar.show(view);
    this.sidebar.show(view);
    this.list.show(view);
    this.detail.show(view);
  }
}
