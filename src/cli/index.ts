#!/usr/bin/env node
// The command `hetconv`: its subcommands, and how a failure reaches the shell (0 done, 1 failed, 2 used wrongly).
import { Command, CommanderError } from 'commander';
import { addAgree } from './agree.js';
import { addBench } from './bench.js';
import { addClassify } from './classify.js';
import { addCompare } from './compare.js';
import { addConvert } from './convert.js';
import { addEvaluate } from './evaluate.js';
import { addGraph } from './graph.js';
import { addInspect } from './inspect.js';
import { VERSION } from './packageRoot.js';
import { addPlan } from './plan.js';
import { addProfile } from './profile.js';
import { reportError, UsageError } from './reportError.js';
import { addRun } from './run.js';

const program = new Command('hetconv')
  .description('Runs trained HetConv networks, and the CNNs they replace, on WebAssembly SIMD kernels.')
  .version(VERSION)
  .showHelpAfterError('(--help shows how it is used)')
  .exitOverride();
for (const add of [
  addClassify,
  addInspect,
  addRun,
  addConvert,
  addEvaluate,
  addGraph,
  addBench,
  addProfile,
  addCompare,
  addPlan,
  addAgree,
])
  add(program);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe, such as `head`, had enough.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  // Commander has already printed its message.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    reportError(error, process.argv.includes('--json'));
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
