// Report pages in Chromium, opened from a file as a reader opens them.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** Without the browser's own traffic, so that a request means that the page asked for it. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The screen of a phone in pixels of the page. */
export const PHONE = { width: 390, height: 844 } as const;

/** A browser that opens markup. */
export class Reader {
  readonly #browser: Browser;
  readonly #folder = mkdtempSync(join(tmpdir(), 'gradsplit-reader-'));
  /** What pages have asked the network or the disk for beside themselves, and errors of their scripts. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** @throws Error saying what to install if there is no Chromium */
  static async start(): Promise<Reader> {
    if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: apt-get install chromium`);
    return new Reader(await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }));
  }

  /** Opens a page. Its address ends in `hash`. */
  async open(markup: string, options: BrowserContextOptions = {}, hash = ''): Promise<Page> {
    const context = await this.#browser.newContext(options);
    const page = await context.newPage();
    const path = join(this.#folder, 'report.html');
    writeFileSync(path, markup);
    const address = `file://${path}${hash}`;
    page.on('request', (request) => {
      const url = request.url();
      if (url.split('#')[0] !== `file://${path}` && !url.startsWith('data:')) this.complaints.push(url);
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    await page.goto(address);
    return page;
  }

  /** Ends the browser. */
  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true });
  }
}

/** Opens every card of a page. */
export async function openAll(page: Page): Promise<void> {
  await page.evaluate("document.querySelectorAll('details').forEach((card) => { card.open = true; })");
}

/** How many pages a print of it has on A4. */
export async function printedPages(page: Page): Promise<number> {
  const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
  return [...pdf.toString('latin1').matchAll(/\/Type\s*\/Page\b/g)].length;
}
