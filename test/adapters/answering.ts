import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** A server on a loopback address that answers what the test says, by method and path, or by the operation of a header. */
export async function answering(replies: Record<string, Reply>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const target = request.headers['x-amz-target'] ?? `${request.method} ${request.url}`;
    asked.push(String(target));
    const { status = 200, headers = {}, body } = replies[String(target)] ?? { status: 404, body: {} };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body instanceof Uint8Array ? body : JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, close: () => new Promise((closed) => server.close(closed)) };
}
