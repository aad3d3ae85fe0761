// A progress bar on stderr; silent where stderr is no terminal.
import { SingleBar } from 'cli-progress';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** `format` may name {bar}, {percentage}, {value}, {total} and {eta}; `show` writes {value} and {total}. */
export function startProgress(total: number, format: string, show: (value: number) => string = String): Progress {
  const bar = new SingleBar({
    format,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    formatValue: (value, _options, type) => (type === 'value' || type === 'total' ? show(value) : String(value)),
  });
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}
