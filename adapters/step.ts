import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { isCaseId } from '#core/ids';
import type { Next, StepInput, StepName } from '#core/pipeline';
import type { Decide, Deployment, Trail } from '#core/ports';
import { runStep, type StepPorts } from '#core/run/run-step';
import type { Settings } from '#core/settings';
import type { Step } from '#core/steps/step';
import { awsCaller, type Operations } from './call-aws.ts';
import { deployment } from './deployment.ts';
import { log } from './log.ts';
import { callAs } from './probe.ts';
import { surroundings } from './surroundings.ts';

const input = v.object({
  caseId: v.pipe(
    v.string(),
    v.check((text) => isCaseId(text)),
  ),
  run: v.pipe(v.number(), v.integer(), v.minValue(1)),
  error: v.optional(v.object({ Error: v.optional(v.string(), ''), Cause: v.optional(v.string(), '') })),
});

/** What a function bundles beside its step: the SDK calls it declares, and policy if it decides. */
interface Parts {
  operations?: Operations;
  policy?: (policies: Deployment['policies']) => Decide;
  trail?: (settings: Settings['trail']) => Trail;
}

/** The Lambda of a step: takes a case id, applies the step, answers id and way. */
export function stepHandler<S extends StepName>(
  step: Step<S>,
  { operations = {}, policy = noPolicy, trail = noTrail }: Parts,
) {
  return async (event: unknown, context: Context): Promise<StepInput & { next: Next<S> }> => {
    const { caseId, run, error } = v.parse(input, event);
    log.addContext(context);
    log.appendKeys({ caseId, run, step: step.name });
    const now = () => new Date();
    const here = deployment(context.invokedFunctionArn);
    const { call, probe, takeCalls, guard } = awsCaller(operations, now, callAs);
    const ports: StepPorts = {
      aws: call,
      decide: policy(here.policies),
      probe,
      trail: trail(here.settings.trail),
      now,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      deployment: here,
    };
    const answer = await runStep(
      step,
      { caseId, run, ...(error && { error: causeOf(error) }) },
      {
        ...surroundings({ takeCalls, guard }),
        ports,
      },
    );
    log.info('step', { next: answer.next });
    return answer;
  };
}

/** Step functions hand the Catch a name and a cause; a Lambda's cause is JSON with errorType and errorMessage. */
function causeOf({ Error: name, Cause: cause }: { Error: string; Cause: string }): { name: string; message: string } {
  try {
    const { errorMessage, errorType } = JSON.parse(cause) as { errorMessage?: string; errorType?: string };
    return { name: errorType ?? name, message: errorMessage ?? '' };
  } catch {
    return { name, message: cause };
  }
}

const noPolicy = (): Decide => () => {
  throw new Error('this step asks no policy');
};

const noTrail = (): Trail => {
  const refuse = async () => {
    throw new Error('this step reads no trail');
  };
  return { folders: refuse, keys: refuse, read: refuse };
};
