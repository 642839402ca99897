import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function whileSignalsGoTo(handle) {
  const handlers = signals.map((signal) => [signal, () => handle(signal)]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

/**
 * Runs a tool of the set-up; what it prints goes to the log, never to our stdout, which belongs to the task.
 * It gets a process group of its own, so that a Ctrl-C ends its children too.
 */
export function runLogged(command, args, { cwd, env, log }) {
  return new Promise((resolve, reject) => {
    appendFileSync(log, `$ ${command} ${args.join(' ')}\n`);
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const end = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    };
    const restore = whileSignalsGoTo((signal) => {
      end();
      process.exit(128 + constants.signals[signal]);
    });
    let output = '';
    let unwritable;
    const take = (chunk) => {
      output += chunk;
      try {
        appendFileSync(log, chunk);
      } catch (error) {
        unwritable = error;
        end();
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => {
      restore();
      reject(error);
    });
    child.once('close', (code, signal) => {
      restore();
      if (unwritable) reject(unwritable);
      else resolve({ code: code ?? signal, output });
    });
  });
}

/** Runs a program of the task with our own streams, hands signals on to it and answers its exit code. */
export function runTask(command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    const restore = whileSignalsGoTo((signal) => child.kill(signal));
    child.once('error', (error) => {
      restore();
      reject(error);
    });
    child.once('close', (code, signal) => {
      restore();
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
