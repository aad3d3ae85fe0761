// workerd: a worker that runs the suite while it answers `/NAME?SERVER`.

import { endGuest } from './endGuest.mjs';
import { runGuest } from './guest.mjs';
import * as hetconv from './node_modules/hetconv/dist/workerd.js';

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const [name, server] = [pathname.slice(1), searchParams.get('server')];
    await endGuest(name, server, () => runGuest(name, server, hetconv));
    return new Response();
  },
};
