// Assertions about errors that a user may cause.
import assert from 'node:assert/strict';
import { type ErrorCode, HetConvError } from '../../src/graph/error.js';

/** `work` fails with a HetConvError of this code whose message matches; any other outcome fails the test. */
export async function rejects(work: () => unknown, code: ErrorCode | undefined, message = /./): Promise<void> {
  await assert.rejects(
    async () => work(),
    (error) => {
      assert.ok(error instanceof HetConvError, `not a HetConvError: ${error instanceof Error ? error.stack : error}`);
      if (code) assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      assert.ok(error.message.length < 20_000, `a message of ${error.message.length} characters`);
      return true;
    },
  );
}
