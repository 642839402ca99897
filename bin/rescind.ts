#!/usr/bin/env node
import { rescind } from './program.ts';
import { terminal } from './terminal.ts';

// `rescind cases | head` closes the pipe: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const stdin = async () => Buffer.concat(await Array.fromAsync(process.stdin as AsyncIterable<Buffer>));
const write = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
};
process.exitCode = await rescind(process.argv.slice(2), terminal(write, stdin));
