// How reports look, by day and by night, from 320 pixels on.

/** The colours of figures, by position, on light pages and on dark ones. */
export const LIGHT = '#2f6fd0 #d9652b #1f8f63 #a14fb8 #a9820a #c43c50 #5c6b7c #0c8a9c #7a5230 #6b8e23'.split(' ');
const DARK = '#6aa2f2 #f0905c #54c493 #cf8be2 #d8b23f #ef7a89 #9aabbd #4fc3d4 #c89b76 #a9c956'.split(' ');
export const LIGHT_PAGE = '#ffffff';
export const LIGHT_TEXT = '#1b1f24';

const rootOf = (colors: readonly string[]): string =>
  `:root { ${colors.map((color, i) => `--series-${i + 1}: ${color};`).join(' ')} }`;

export const SERIES_COLORS = `
${rootOf(LIGHT)}
@media (prefers-color-scheme: dark) { ${rootOf(DARK)} }
`;

export const STYLE = `${SERIES_COLORS}
:root { --page: ${LIGHT_PAGE}; --text: ${LIGHT_TEXT}; --soft: #5b6470; --line: #d8dde3; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171b; --text: #e4e8ec; --soft: #9aa5b1; --line: #343b43; }
}
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 980px; margin: 0 auto; padding: 16px; }
h1 { font-size: 24px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 20px; margin: 40px 0 0; border-top: 1px solid var(--line); padding-top: 24px; overflow-wrap: anywhere; }
h3 { font-size: 17px; margin: 24px 0 0; }
h4 { font-size: 16px; margin: 0; }
.about, figcaption { color: var(--soft); font-size: 13px; }
.about { margin: 4px 0; overflow-wrap: anywhere; }
figure { margin: 32px 0; }
figcaption { margin-top: 8px; }
.legend { margin: 4px 0 8px; font-size: 13px; }
.key { display: inline-block; margin-right: 12px; }
.key span { display: inline-block; width: 10px; height: 10px; margin-right: 5px; border-radius: 2px; }
.narrow { display: none; }
.scroll { overflow-x: auto; margin: 16px 0; }
table { border-collapse: collapse; font-size: 13px; white-space: nowrap; }
th, td { text-align: left; padding: 3px 10px 3px 0; border-bottom: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 1011px) { .wide { display: none; } .narrow { display: block; } }
`;
