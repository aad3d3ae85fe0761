// Runs every test, one after the other, and reports each as it ends: a platform that hangs has told where.
import { type Capability, type Environment, type Test, TestContext, tests } from './test.js';

export type Outcome = 'ok' | 'FAILED' | 'skipped';

export interface Result {
  readonly test: string;
  readonly outcome: Outcome;
  readonly milliseconds: number;
  /** Why it failed, or which limit of the platform it was skipped for. */
  readonly reason?: string;
  /** Base64 of what must be equal on every platform, by label. */
  readonly shared?: Readonly<Record<string, string>>;
}

/** A module with one instruction, f32x4.relaxed_madd. */
const RELAXED = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0],
  ...[32, 0, 32, 1, 32, 2, 253, 133, 2, 11],
);

/** Whether WebAssembly may be compiled at run time. */
function canCompile(): boolean {
  try {
    return new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) !== undefined;
  } catch {
    return false;
  }
}

/** Whether the platform has what it is said to lack; only what can be seen from inside. */
const PRESENT: Partial<Record<Capability, () => boolean>> = {
  page: () => 'document' in globalThis,
  cache: () => 'caches' in globalThis,
  inline: canCompile,
  relaxed: () => WebAssembly.validate(RELAXED),
  wideColor: () => typeof ImageData !== 'undefined' && 'colorSpace' in ImageData.prototype,
};

export interface SuiteOptions {
  /** Names of tests; the others do not run. */
  readonly only?: readonly string[];
  /** Milliseconds after which a test has failed. */
  readonly timeout?: number;
}

export async function runSuite(
  environment: Environment,
  report: (result: Result) => unknown,
  { only, timeout = 60_000 }: SuiteOptions = {},
): Promise<void> {
  for (const test of tests) {
    if (only && !only.includes(test.name)) continue;
    const begin = performance.now();
    const context = new TestContext(environment);
    const outcome = await outcomeOf(test, context, timeout);
    const shared = outcome.outcome === 'ok' ? { shared: context.shared } : {};
    await report({ test: test.name, milliseconds: performance.now() - begin, ...outcome, ...shared });
    // Memories that nobody holds are address space until they are collected, which a worker that needs some cannot ask the page for.
    environment.memory?.();
  }
}

async function outcomeOf(test: Test, context: TestContext, timeout: number): Promise<Pick<Result, 'outcome' | 'reason'>> {
  const missing = test.needs.find((capability) => context.environment.limits[capability]);
  if (missing) {
    if (PRESENT[missing]?.()) return { outcome: 'FAILED', reason: `this platform has what it is said to lack: ${missing}` };
    return { outcome: 'skipped', reason: context.environment.limits[missing]! };
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${timeout / 1000} s`)), timeout);
  });
  try {
    await Promise.race([test.body(context), late]);
    return { outcome: 'ok' };
  } catch (error) {
    return { outcome: 'FAILED', reason: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) };
  } finally {
    clearTimeout(timer);
    context.dispose();
  }
}
