// Files made in the page.
import { element } from '../page/dom.js';

export function download(name: string, type: string, content: string | Blob): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  element('a', { href: url, download: name }).click();
  // Not at once: the browser has yet to begin reading.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
