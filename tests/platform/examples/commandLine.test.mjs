// examples/deno and examples/bun on their runtimes, by the commands of their READMEs.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { install } from '../install.mjs';
import { commandOf, copyExample } from './project.mjs';
import { labelOf, PICTURES, pathOf, sample } from './samples.mjs';

install();
const binaries = fileURLToPath(new URL('../node_modules/.bin', import.meta.url));
const env = {
  ...process.env,
  PATH: `${binaries}:${process.env.PATH}`,
  DENO_NO_UPDATE_CHECK: '1',
  DO_NOT_TRACK: '1',
  NO_COLOR: '1',
};

describe('examples/deno', () => {
  const cwd = copyExample('deno');
  const classify = (...pictures) =>
    spawnSync('deno', ['task', '--quiet', 'classify', ...pictures], { cwd, env, encoding: 'utf8' });

  it('classifies pictures', () => {
    const { status, stdout, stderr } = classify(...Object.keys(PICTURES).map(pathOf));
    assert.equal(status, 0, stderr);
    const lines = stdout.trim().split('\n');
    Object.keys(PICTURES).forEach((name, i) => {
      assert.match(lines[i], new RegExp(`${name}: ${labelOf(name)}, \\d\\d\\.\\d %$`));
    });
  });

  it('says what is no picture, and how it is called', () => {
    const { status, stdout, stderr } = classify('deno.json', pathOf('cat-1.png'));
    assert.equal(status, 1);
    assert.match(stderr, /deno\.json: this is no picture of a known format/);
    assert.match(stdout, /cat-1\.png: cat/);
    assert.deepEqual([classify().status, /deno task classify/.test(classify().stderr)], [2, true]);
  });

  it('has types that fit', () => {
    execFileSync('deno', ['check', '--quiet', 'classify.ts'], { cwd, env, stdio: 'inherit' });
  });
});

describe('examples/bun', () => {
  const cwd = copyExample('bun');

  it('serves', async () => {
    const server = spawn('bun', ['run', '--silent', 'start'], {
      cwd,
      env: { ...env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = await once(server.stdout, 'data');
      const url = String(line).match(/http:\S+/)[0];
      assert.match(await (await fetch(url)).text(), /curl --data-binary @cat\.jpg http/);
      const post = (body) => fetch(url, { method: 'POST', body });
      const answers = await Promise.all(Object.keys(PICTURES).map(async (name) => (await post(sample(name))).json()));
      assert.deepEqual(
        answers.map(({ classes }) => classes[0].label),
        Object.keys(PICTURES).map(labelOf),
      );
      const bad = await post('hello');
      assert.deepEqual([bad.status, (await bad.json()).error.code], [400, 'bad-image']);
      const large = request(url, { method: 'POST', headers: { 'content-length': 9 * 2 ** 20 } });
      large.flushHeaders();
      const [{ statusCode }] = await once(large, 'response');
      large.destroy();
      assert.equal(statusCode, 413);
      const many = await Promise.all(Array.from({ length: 100 }, () => post(sample('ship-2.jpg'))));
      const refused = many.filter(({ status }) => status === 503);
      assert.equal(many.filter(({ status }) => status === 200).length, 100 - refused.length);
      for (const answer of refused) assert.equal((await answer.json()).error.code, 'busy');
    } finally {
      server.kill();
      await once(server, 'exit');
    }
  });

  it('has types that fit', () => {
    execFileSync(process.execPath, [commandOf('typescript', 'tsc'), '--project', cwd], { stdio: 'inherit' });
  });
});
