// What stands in the scripts of workerd for what no worker there needs: the same names, and what to do instead.
import { HetConvError } from '../../graph/error.js';

export function loadInWorker(): never {
  throw new HetConvError('unsupported-platform', 'there are no workers here: load the model without the option worker');
}

export function refuseWeights(): never {
  throw new HetConvError('bad-file', "this is weights without their network: 'hetconv convert' makes a model file of them");
}
