// Node, Deno and Bun: `commandLine.mjs NAME SERVER`.
import process from 'node:process';
import './importScripts.mjs';
import { contestants } from './contestants/index.mjs';
import { timeHere } from './latency.mjs';
import { nodeClock } from './nodeClock.mjs';

const [name, server] = process.argv.slice(2);
await timeHere(name, { server, base: import.meta.url, contestants, clock: nodeClock });
process.exit(0);
