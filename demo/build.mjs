// The web demo as a folder of static files with relative addresses: any server of files will do.
import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { marked } from 'marked';
import { licensesOf, packagesIn } from '../licenses.mjs';

export const FOLDER = 'build/demo';
const MODEL = 'models/vgg16-cifar10-p4';
const BINARIES = ['simd.wasm', 'relaxed.wasm', 'jpeg.wasm', 'webp.wasm'];

/** `options`: how the package's own scripts for browsers are bundled. dist holds its binaries by now. */
export async function buildDemo(options) {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  const built = { version, samples: await readdir('samples') };
  const scripts = await build({
    ...options,
    write: true,
    outdir: FOLDER,
    entryPoints: {
      page: 'demo/page/main.ts',
      'measure-worker': 'demo/measure/worker.ts',
      'browser-worker': 'src/platform/browser/worker.ts',
    },
    splitting: true,
    define: { BUILT: JSON.stringify(built) },
  });
  const style = await build({
    entryPoints: { page: 'demo/style/page.css' },
    outdir: FOLDER,
    bundle: true,
    minify: true,
    loader: { '.woff2': 'file' },
    assetNames: '[name]',
    metafile: true,
    logLevel: 'warning',
  });
  const html = await readFile('demo/index.html', 'utf8');
  const card = await readFile(`${MODEL}/README.md`, 'utf8');
  await writeFile(
    `${FOLDER}/index.html`,
    html.replace('<!-- the card of the bundled model -->', () => cardHtml(card)),
  );
  await copyFile('demo/icon.svg', `${FOLDER}/icon.svg`);
  await copyFile(`${MODEL}/model.safetensors`, `${FOLDER}/model.safetensors`);
  await cp('samples', `${FOLDER}/samples`, { recursive: true });
  for (const name of BINARIES) await copyFile(`dist/${name}`, `${FOLDER}/${name}`);
  const packages = [scripts, style].flatMap(({ metafile }) => [...packagesIn(metafile)]);
  await writeFile(`${FOLDER}/THIRD-PARTY-LICENSES.txt`, await licensesOf(packages));
}

/** Without the head that programs read. Headings below those of the page; links would lead to files of the repository, so their words stay alone. */
function cardHtml(markdown) {
  marked.use({
    renderer: {
      link({ tokens }) {
        return this.parser.parseInline(tokens);
      },
      heading({ tokens, depth }) {
        return depth === 1 ? '' : `<h${depth + 1}>${this.parser.parseInline(tokens)}</h${depth + 1}>`;
      },
      table({ rows }) {
        const cells = rows.map((row) => row.map(({ tokens }) => this.parser.parseInline(tokens)));
        return `<dl class="facts">${cells.map(([term, text]) => `<div><dt>${term}</dt><dd>${text}</dd></div>`).join('')}</dl>`;
      },
    },
  });
  return marked.parse(markdown.replace(/^---\n.*?\n---\n/s, ''));
}
