// A button that writes a text to the clipboard, and says how that went.
import { button } from './dom.ts';

/** How long the button says so, in milliseconds. */
const SAID = 2000;

/** The button; `text` is asked for when it is pressed. */
export function copyButton(name: string, text: () => string): HTMLButtonElement {
  const say = (self: HTMLButtonElement, said: string): void => {
    self.textContent = said;
    setTimeout(() => {
      self.textContent = name;
    }, SAID);
  };
  return button(name, { class: 'plain' }, async (self) => {
    try {
      await navigator.clipboard.writeText(text());
      say(self, 'copied');
    } catch {
      // The browser has no clipboard here, or the reader has not allowed it.
      say(self, 'not allowed here');
    }
  });
}
