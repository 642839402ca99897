import { type Check, deployAgain, missing, ok } from './check.ts';

/** The receiver answers a GET with 405, because it takes POST alone. It counts that as a refused request. */
export const receiver: Check = {
  name: 'receiver',
  async examine({ name }, { output, statusOf }) {
    const url = `${output('ReceiverUrl')}/${name}`;
    const status = await statusOf(url);
    return status === 405 ? ok(`${url} answers`) : missing(`${url} answers a GET with ${status}, not 405`, deployAgain);
  },
};
