// POST a picture, get what it shows as JSON; GET a short help.
import { MAX_BODY, mediaTypeOf, pictureIn, withBody } from './body.js';
import { inTurn } from './inTurn.js';
import { MAX_PIXELS, modelOf } from './model.js';
import { Refusal, refuse } from './refusal.js';

export interface Env {
  readonly ASSETS: Fetcher;
}

export default {
  fetch(request, env, context) {
    const answer = respond(request, env).catch(refuse);
    // What one request began, others may wait for: it is ended even if its client goes away.
    context.waitUntil(answer);
    return answer;
  },
} satisfies ExportedHandler<Env>;

async function respond(request: Request, env: Env): Promise<Response> {
  const { pathname, origin } = new URL(request.url);
  if (pathname !== '/') throw new Refusal(404, 'not-found', `there is nothing at ${pathname}; GET ${origin}/ says what is here`);
  switch (request.method) {
    case 'GET':
      return new Response(helpOf(origin));
    case 'HEAD':
      return new Response(null, { headers: { 'content-type': 'text/plain;charset=UTF-8' } });
    case 'POST':
      return classify(request, env);
    default:
      throw new Refusal(405, 'bad-option', `${request.method} is not served; POST a picture`, { allow: 'GET, HEAD, POST' });
  }
}

async function classify(request: Request, env: Env): Promise<Response> {
  // Whatever its type, the body is read: the connection of one that is not would close, under the client's next request.
  return withBody(request, async (body) => {
    const type = mediaTypeOf(request.headers);
    const model = await modelOf(env.ASSETS);
    return inTurn(async () => {
      const picture = await pictureIn(body, type);
      const begin = performance.now();
      const classes = await model.classify(picture);
      return Response.json({ model: model.name, classes, milliseconds: performance.now() - begin });
    });
  });
}

function helpOf(origin: string): string {
  return `Classifies pictures: POST a JPEG, PNG or WebP, as the body or as a file of a form.

  curl --data-binary @cat.jpg --header 'content-type: image/jpeg' ${origin}
  curl --form picture=@cat.jpg ${origin}

At most ${MAX_BODY} bytes and ${MAX_PIXELS} pixels. The answer is JSON: the likeliest classes with their probabilities, or an error
with a code and a message.
`;
}
