// A page that classifies the picture that its user picks. The model runs in a worker, so that the page stays responsive.
import { loadModel } from 'hetconv';
import modelUrl from 'hetconv/models/resnet20-cifar10-p4/model.safetensors?url';

const input = document.querySelector('input')!;
const status = document.querySelector('p')!;
const list = document.querySelector('dl')!;

function say(text: string): void {
  status.textContent = text;
}

async function classify(file: File): Promise<void> {
  const begin = performance.now();
  const classes = await model.classify(file);
  say(`${file.name}: ${classes[0]!.label} (${(performance.now() - begin).toFixed(1)} ms)`);
  list.replaceChildren(
    ...classes.flatMap(({ label, probability }) => {
      const [term, detail, meter] = [document.createElement('dt'), document.createElement('dd'), document.createElement('meter')];
      term.textContent = `${label}, ${(100 * probability).toFixed(1)} %`;
      meter.value = probability;
      meter.ariaLabel = label;
      detail.append(meter);
      return [term, detail];
    }),
  );
}

const model = await loadModel(modelUrl, {
  worker: true,
  onProgress: (loaded, total) => say(`${(loaded / 2 ** 20).toFixed(1)} MB${total ? ` of ${(total / 2 ** 20).toFixed(1)}` : ''}`),
});
input.disabled = false;
input.addEventListener('change', () => {
  const file = input.files?.[0];
  if (file) classify(file).catch((error: Error) => say(error.message));
});
say('Ready.');
