// What went wrong, where the user looks: the library's own sentence, and its code for whoever looks it up.
import { HetConvError } from '../../src/platform/browser/index.js';
import { element } from './dom.js';

/** Says it in a region with the role of an alert. `context` is what the page was about to do. */
export function showProblem(region: HTMLElement, context: string, error: unknown): void {
  const { message } = error instanceof Error ? error : { message: String(error) };
  const parts = [element('strong', { textContent: context }), element('p', { textContent: `${capital(message)}.` })];
  if (error instanceof HetConvError)
    parts.push(element('p', { className: 'code' }, element('code', { textContent: error.code })));
  region.replaceChildren(...parts);
  region.hidden = false;
}

export function hideProblem(region: HTMLElement): void {
  region.hidden = true;
  region.replaceChildren();
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, '');
