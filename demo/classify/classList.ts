// The likeliest classes, each with its bar.
import type { Classification } from '../../src/platform/browser/index.js';
import { byId, element } from '../page/dom.js';
import { percent } from '../page/format.js';

const list = byId('classes', HTMLOListElement);

/** Rows are reused, so that bars of live pictures move instead of blinking. */
export function showClasses(classes: readonly Classification[]): void {
  while (list.children.length > classes.length) list.lastElementChild!.remove();
  while (list.children.length < classes.length) list.append(row());
  classes.forEach(({ label, probability }, i) => {
    const [name, bar, share] = list.children[i]!.children as unknown as HTMLElement[];
    name!.textContent = label;
    (bar!.firstElementChild as HTMLElement).style.transform = `scaleX(${probability})`;
    share!.textContent = percent(probability);
  });
}

function row(): HTMLElement {
  const bar = element('span', { className: 'bar', ariaHidden: 'true' }, element('span'));
  return element('li', {}, element('span', { className: 'label' }), bar, element('span', { className: 'share' }));
}
