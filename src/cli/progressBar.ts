// A progress bar on stderr; silent where stderr is no terminal.
import { SingleBar } from 'cli-progress';

export interface Progress {
  /** `more` are values of other names in the format. */
  update(done: number, more?: Readonly<Record<string, string>>): void;
  stop(): void;
}

/** `format` may name {bar}, {percentage}, {value}, {total} and {eta}; `show` writes {value} and {total}. */
export function startProgress(
  total: number,
  format: string,
  show: (value: number) => string = String,
  more: Readonly<Record<string, string>> = {},
): Progress {
  const bar = new SingleBar({
    format,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    formatValue: (value, _options, type) => (type === 'value' || type === 'total' ? show(value) : String(value)),
  });
  bar.start(total, 0, { ...more });
  return { update: (done, more) => bar.update(done, { ...more }), stop: () => bar.stop() };
}
