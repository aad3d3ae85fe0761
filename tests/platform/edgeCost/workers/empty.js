// What every worker costs.
export default { fetch: () => new Response('ready') };
