// The bundled pictures, as buttons.
import { samples } from '../page/built.js';
import { byId, element } from '../page/dom.js';

export const FIRST_SAMPLE = samples.find((name) => name.startsWith('cat'))!;

export const sampleUrl = (file: string): string => `samples/${file}`;

/** As in 'cat' for cat-2.jpg. */
export const sampleName = (file: string): string => file.replace(/-\d+\.\w+$/, '');

const place = byId('samples', HTMLElement);

export function listSamples(pick: (file: string) => void): void {
  const numbered = new Map<string, number>();
  place.replaceChildren(
    ...samples.map((file) => {
      const name = sampleName(file);
      const number = (numbered.get(name) ?? 0) + 1;
      numbered.set(name, number);
      const image = element('img', { src: sampleUrl(file), alt: number > 1 ? `${name} ${number}` : name, width: 48, height: 48 });
      const button = element('button', { type: 'button', className: 'sample', ariaPressed: 'false' }, image);
      button.dataset.file = file;
      button.addEventListener('click', () => pick(file));
      return button;
    }),
  );
}

/** None for pictures from elsewhere. */
export function markSample(file: string | undefined): void {
  for (const button of place.children) button.ariaPressed = String((button as HTMLElement).dataset.file === file);
}
