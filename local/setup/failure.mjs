/** A set-up that cannot go on. The message is one line: the thing, and the remedy. */
export class Failure extends Error {}

const full = /ENOSPC|no space left on device/i;
const unreachable =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError|CERT_|SELF_SIGNED|Max retries exceeded|network is unreachable|name resolution|from versions: none/i;

export const diskFull = () => new Failure('the disk is full: free about 1 GB and run this again');

/** Says why a tool failed, from what it printed. */
export function explain(tool, code, output, log) {
  if (full.test(output)) return diskFull();
  if (unreachable.test(output)) {
    return new Failure(
      `${tool} cannot reach its package registry: check the network or the proxy and run this again (details: ${log})`,
    );
  }
  // npm ends with where its log is, which is no cause.
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/complete log of this run/.test(line));
  const last = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return new Failure(`${tool} failed (exit ${code}): ${last.trim().slice(0, 200)} (details: ${log})`);
}

/** Turns an error of our own file operations into a line with a remedy. */
export function explainOwn(error) {
  if (error instanceof Failure) return error;
  if (error.code === 'ENOSPC') return diskFull();
  if (['EACCES', 'EPERM', 'EROFS'].includes(error.code)) {
    return new Failure(`cannot write ${error.path}: make it writable for this user and run this again`);
  }
  return new Failure(
    `set-up stopped on ${error.message.split('\n')[0]}: delete .local and node_modules and run this again`,
  );
}
