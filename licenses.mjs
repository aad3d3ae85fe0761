// The licences of other packages whose code goes into what is built: their texts have to go with it.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Packages whose code gets there without esbuild: the decoders of pictures are copied, asc compiles its library into the kernels. */
const UNBUNDLED = ['@jsquash/jpeg', '@jsquash/webp', 'assemblyscript'].map((name) => `node_modules/${name}`);

/** Packages that come without the texts of their repository, which another package of it has. */
const TEXTS_FROM = { 'node_modules/@assemblyscript/loader': 'node_modules/assemblyscript' };

/** Names of files with texts that the licences of a package, and of what it contains, want passed on. */
const TEXTS = /^(licen[cs]e|copying|notice)([-.].*)?$/i;

/** Folders of the packages of which something is in the outputs of a build by esbuild. */
export function packagesIn({ outputs }) {
  const inputs = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => {
    const [folder] = path.match(/^.*\bnode_modules\/(@[^/]+\/)?[^/]+/) ?? [];
    return folder && bytesInOutput > 0 ? [folder] : [];
  });
  return new Set(folders);
}

/** All licences of packages, by their folders, and of those that esbuild does not see. Fails for one that comes without. */
export async function licensesOf(folders) {
  /** Which packages have a text. */
  const holders = new Map();
  for (const folder of [...new Set([...folders, ...UNBUNDLED])].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const source = TEXTS_FROM[folder] ?? folder;
    const paths = await readdir(source, { recursive: true });
    const files = paths.filter((path) => TEXTS.test(basename(path)) && !path.includes('node_modules'));
    if (files.length === 0)
      throw new Error(`${name} ${version} (${license}) is part of the build, but has no text of its licence`);
    for (const file of files) {
      const text = (await readFile(join(source, file), 'utf8')).replaceAll('\r\n', '\n').trim();
      holders.set(text, [...(holders.get(text) ?? []), `${name} ${version} (${license})`]);
    }
  }
  const parts = [...holders].map(([text, packages]) => `${packages.join('\n')}\n\n${text}\n`);
  return ['Beside the code of hetconv itself, this folder holds code of the packages below.\n', ...parts].join(
    `\n${'─'.repeat(80)}\n`,
  );
}
