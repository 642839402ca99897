import { spawnSync } from 'node:child_process';

/** `taskset` (util-linux) binds a program to one core where it is installed. */
const taskset = ['/usr/bin/taskset', '/bin/taskset'].find(
  (path) => spawnSync(path, ['-c', '0', '/bin/true']).status === 0,
);

export const oneCore = {
  said: taskset ? 'on one core (taskset -c 0)' : 'on all cores (there is no taskset here)',
  command: (program: string, args: string[]): [string, string[]] =>
    taskset ? [taskset, ['-c', '0', program, ...args]] : [program, args],
};
