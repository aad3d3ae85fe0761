// How a guest that is no process ends.

/** Does the work of a guest that is no process, and tells the server that it ended and what it failed of. */
export async function endGuest(name, server, work) {
  let problem = '';
  try {
    await work();
  } catch (error) {
    problem = `${error}\n${error?.stack}`;
  }
  await fetch(`${server}/ends/${name}`, { method: 'POST', body: problem });
}
