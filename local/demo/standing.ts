import type { Cloud } from '../cloud.ts';
import { registerOf } from '../register.ts';
import { tracesOf } from './traces.ts';

/** What earlier runs on the same engine left behind; nothing on one of our own. */
export interface Standing {
  cases: ReadonlySet<string>;
  executions: ReadonlySet<string>;
  notTakenIn: number;
}

export async function standingIn(cloud: Cloud): Promise<Standing> {
  const cases = await registerOf(cloud.engine, cloud.outputs.RegisterTable).list(1000);
  const traces = tracesOf(cloud);
  const executions = await traces.executions();
  const notTakenIn = await traces.notTakenIn();
  traces.close();
  return {
    cases: new Set(cases.map(({ id }) => id)),
    executions: new Set(executions.map(({ name }) => name)),
    notTakenIn,
  };
}
