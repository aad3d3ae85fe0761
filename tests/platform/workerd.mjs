// workerd by itself, with one worker and a folder of files for it: nothing else is in the process that is measured.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import workerd from 'workerd';

/** In the words of workerd.capnp. The files of the bundle are beside the configuration. */
const configurationOf = (files, assets) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      compatibilityDate = "2026-04-01",
      modules = [${files.map((file) => basename(file)).map((name) => `(name = "${name}", ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed "${name}")`)}],
      bindings = [(name = "ASSETS", service = "assets")],
    )),
    (name = "assets", disk = "${assets}"),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
`;

/**
 * Starts a bundle, the script first. Gives its address, the processor time in milliseconds that all its threads took until now, and its
 * process.
 */
export async function startWorkerd(files, assets) {
  const configuration = join(dirname(files[0]), 'workerd.capnp');
  writeFileSync(configuration, configurationOf(files, assets));
  const child = spawn(workerd.default, ['serve', '--control-fd=3', configuration], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const ended = once(child, 'exit');
  const listens = once(createInterface(child.stdio[3]), 'line');
  const [line] = await Promise.race([listens, ended.then(([code]) => Promise.reject(new Error(`workerd ended with ${code}`)))]);
  const threads = `/proc/${child.pid}/task`;
  return {
    url: `http://127.0.0.1:${JSON.parse(line).port}/`,
    pid: child.pid,
    processorTime: () =>
      readdirSync(threads).reduce(
        (sum, thread) => sum + Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]),
        0,
      ) / 1e6,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
