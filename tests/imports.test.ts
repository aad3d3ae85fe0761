// The import table of ARCHITECTURE.md holds for every file of assembly, src and demo.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';

interface Row {
  readonly folder: string;
  readonly imports: readonly string[];
  readonly packages: readonly string[];
}

/** Rows that may import Node's modules. */
const ON_NODE = new Set(['platform', 'cli']);

function parseTable(markdown: string): Row[] {
  const lines = markdown.split('\n');
  const header = lines.findIndex((line) => line.startsWith('| folder |'));
  assert.ok(header >= 0, 'ARCHITECTURE.md has no table that begins with "| folder |"');
  const names = (cell: string | undefined) => [...(cell ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
  const rows: Row[] = [];
  for (const line of lines.slice(header + 2)) {
    if (!line.startsWith('|')) break;
    const [, folder, , imports, packages] = line.split('|');
    rows.push({ folder: names(folder)[0]!, imports: names(imports), packages: names(packages) });
  }
  return rows;
}

/** What a source file imports, types included. */
function importsOf(source: string): string[] {
  const code = source.replace(/^\s*(\/\/|\/?\*).*$/gm, '');
  const statements = [
    ...code.matchAll(/^\s*(?:import|export)\b[^;'"]*?\bfrom\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]/gm),
  ];
  const calls = [...code.matchAll(/\b(?:import|require)\(\s*(?:['"]([^'"]+)['"])?/g)];
  return [...statements.map((match) => match[1] ?? match[2]!), ...calls.map((match) => match[1] ?? '(computed)')];
}

/** `src/ops/conv` is in row `ops`, `src/index` in row `index`, `assembly/abi` in row `assembly`. */
function rowOf(path: string): string {
  const [top, ...rest] = path.split('/');
  return top === 'src' ? rest[0]! : top!;
}

/** The complaint about one import of one file, or undefined. */
function complaint(rows: readonly Row[], file: string, specifier: string): string | undefined {
  const own = rowOf(file.replace(/\.ts$/, ''));
  const row = rows.find(({ folder }) => folder === own);
  if (!row) return `${file}: the table has no row for ${own}`;
  if (!specifier.startsWith('.')) {
    if (specifier.startsWith('node:')) return ON_NODE.has(own) ? undefined : `${file} imports ${specifier}`;
    const [first, second] = specifier.split('/');
    const name = first!.startsWith('@') ? `${first}/${second}` : first!;
    return row.packages.includes(name) ? undefined : `${file} imports the package ${specifier}`;
  }
  const target = normalize(join(dirname(file), specifier)).replace(/\.js$/, '');
  const inside = target.replace(/^src\//, '');
  const allowed = [own, ...row.imports].some((name) => inside === name || inside.startsWith(`${name}/`));
  return allowed ? undefined : `${file} imports ${specifier}, which is not among: ${row.imports.join(', ') || 'nothing'}`;
}

const rows = parseTable(readFileSync('ARCHITECTURE.md', 'utf8'));
const files = ['assembly', 'src', 'demo'].flatMap((top) =>
  readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${top}/${name}`),
);

describe('imports', () => {
  it('follow the table of ARCHITECTURE.md', () => {
    const complaints = files.flatMap((file) =>
      importsOf(readFileSync(file, 'utf8')).flatMap((specifier) => complaint(rows, file, specifier) ?? []),
    );
    assert.deepEqual(complaints, []);
  });

  it('go one way: a row of the table names only rows above it', () => {
    const above = new Set<string>();
    for (const { folder, imports } of rows) {
      for (const name of imports) assert.ok(above.has(name.split('/')[0]!), `${folder} names ${name}, which is not above it`);
      above.add(folder);
    }
  });

  it('are described for what exists', () => {
    for (const { folder } of rows) {
      const found = [folder, `src/${folder}`, `src/${folder}.ts`].some(existsSync);
      assert.ok(found, `the table has a row for ${folder}, which does not exist`);
    }
  });

  it('are found in every spelling, and judged', () => {
    const source = `import { a } from './a.js';\nimport type {\n  B,\n} from "../graph/b.js";\nexport * from './c';\nimport './d.js';
      // import x from './comment.js';\n  const e = await import('node:fs');\n  import(name);\n  const from = 'no';`;
    assert.deepEqual(importsOf(source), ['./a.js', '../graph/b.js', './c', './d.js', 'node:fs', '(computed)']);

    const table: Row[] = [
      { folder: 'graph', imports: [], packages: [] },
      { folder: 'ops', imports: ['graph', 'assembly/abi'], packages: ['@scope/x'] },
    ];
    const fine = ['./op.js', '../graph/graph.js', '../../assembly/abi.js', '@scope/x/y.js'];
    const wrong = [
      '../index.js',
      '../../assembly/simd.js',
      '../graphics/x.js',
      '../../tests/run.js',
      '@scope/y',
      'node:fs',
      '(computed)',
    ];
    for (const specifier of fine) assert.equal(complaint(table, 'src/ops/conv.ts', specifier), undefined, specifier);
    for (const specifier of wrong) assert.ok(complaint(table, 'src/ops/conv.ts', specifier), specifier);
    assert.ok(complaint(table, 'src/unknown/x.ts', './y.js'));
  });
});
