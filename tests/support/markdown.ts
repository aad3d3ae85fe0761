// Tables in Markdown, and the places of documents that commands write.
import { readFileSync, writeFileSync } from 'node:fs';

/** The first column is words, the others are numbers. */
export function markdownTable(header: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = header.map((_, i) => (i === 0 ? '---' : '---:'));
  return [header, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Puts text between the marks of `name` in a document. Throws where there are none. */
export function writeBetweenMarks(file: string, name: string, text: string): void {
  const before = readFileSync(file, 'utf8');
  const marks = new RegExp(`(<!-- ${name}: [^\\n]* -->\\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
  if (!marks.test(before)) throw new Error(`${file} has no place for ${name}: ${marks}`);
  writeFileSync(
    file,
    before.replace(marks, (_, begin, end) => `${begin}\n${text}\n\n${end}`),
  );
}
