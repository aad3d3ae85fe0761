// The ways by which files come: dropped, pasted, chosen.
import { HetConvError } from '../../src/platform/browser/index.js';
import { byId } from '../page/dom.js';

export interface Intake {
  picture(file: Blob, name: string): void;
  model(file: File): void;
  /** Something came that is no file. */
  nothing(error: HetConvError): void;
}

/** Files of weights are models too: the loader says what to do with them. */
const MODEL = /\.(safetensors|onnx|pth?|bin)$/i;

export function listen(intake: Intake): void {
  const take = (files: FileList | null | undefined, way: string): void => {
    const file = files?.[0];
    if (!file)
      intake.nothing(new HetConvError('bad-image', `what was ${way} holds no file; save the picture first, or choose it`));
    else if (MODEL.test(file.name)) intake.model(file);
    else intake.picture(file, file.name);
  };
  listenToDrops((transfer) => take(transfer.files, 'dropped'));
  document.addEventListener('paste', (event) => {
    event.preventDefault();
    take(event.clipboardData?.files, 'pasted');
  });
  chooser('choose', 'picture-file', (files) => take(files, 'chosen'));
  chooser('model-own', 'model-file', (files) => {
    if (files[0]) intake.model(files[0]);
  });
}

/** The whole page takes them; the frame shows that it would. */
function listenToDrops(take: (transfer: DataTransfer) => void): void {
  const frame = byId('frame', HTMLElement);
  let depth = 0;
  const over = (change: number): void => {
    depth = Math.max(0, depth + change);
    frame.classList.toggle('over', depth > 0);
  };
  document.addEventListener('dragenter', () => over(1));
  document.addEventListener('dragleave', () => over(-1));
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    event.dataTransfer!.dropEffect = 'copy';
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    over(-depth);
    take(event.dataTransfer!);
  });
}

function chooser(button: string, input: string, take: (files: FileList) => void): void {
  const field = byId(input, HTMLInputElement);
  byId(button, HTMLButtonElement).addEventListener('click', () => field.click());
  field.addEventListener('change', () => {
    if (field.files!.length > 0) take(field.files!);
    // So that the same file can be chosen again.
    field.value = '';
  });
}
