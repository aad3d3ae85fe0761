// Cards of a model, each in a folder of its own beside it: right ones, and what is none or says nothing of the model.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'small.safetensors';
/** A name that addresses spell otherwise. */
const ODD = 'a model (1) é.safetensors';

const head = (...lines: readonly string[]) => ['---', ...lines, '---', '# A model', ''].join('\n');

function cardsOf(digits: string): { readonly right: Record<string, string>; readonly wrong: Record<string, string> } {
  const line = `  ${FILE}: ${digits}`;
  return {
    right: {
      plain: head(
        'license: mit',
        'sha256:',
        `  golden.safetensors: ${'0'.repeat(64)}`,
        line,
        `  ${ODD}: ${digits}`,
        'tags: [small]',
      ),
      windows: head('sha256:', `    "${FILE}": '${digits.toUpperCase()}'`).replaceAll('\n', '\r\n'),
    },
    wrong: {
      empty: '',
      'no-head': `# A model\n\nsha256:\n${line}\n`,
      'no-end': `---\nsha256:\n${line}\n`,
      'below-the-head': `${head('license: mit')}\nsha256:\n${line}\n`,
      'other-file': head('sha256:', `  other-${FILE}: ${digits}`, `  ${FILE}.onnx: ${digits}`),
      'other-key': head('md5:', line),
      'of-another-key': head('sha256:', 'files:', line),
      short: head('sha256:', line.slice(0, -1)),
      long: head('sha256:', `${line}0`),
      late: head(...Array.from({ length: 20_000 }, () => 'key: value'), 'sha256:', line),
      spaces: head('sha256:', ' '.repeat(60_000)),
      colons: head('sha256:', `  ${': '.repeat(30_000)}`),
      zeros: '\0'.repeat(100_000),
    },
  };
}

/** Writes folders below `folder`, each with a card and the model, and lists of those whose card is right and wrong. */
export function writeCards(folder: string, model: Uint8Array): void {
  const { right, wrong } = cardsOf(createHash('sha256').update(model).digest('hex'));
  for (const [name, text] of Object.entries({ ...right, ...wrong })) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'README.md'), text);
    writeFileSync(join(folder, name, FILE), model);
  }
  writeFileSync(join(folder, 'plain', ODD), model);
  writeFileSync(join(folder, 'right.json'), JSON.stringify(Object.keys(right)));
  writeFileSync(join(folder, 'wrong.json'), JSON.stringify(Object.keys(wrong)));
}
