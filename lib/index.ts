/** Constructs for embedding Rescind in another CDK app: the stack, or its parts. */
export { parseSettings, type Settings } from '#core/settings';
export { Alarms } from './alarms.ts';
export { bundledCode, type CodeOf } from './bundle.ts';
export { CaseMachine } from './case-machine.ts';
export { Intake } from './intake.ts';
export { type Hub, statementsFor } from './permissions.ts';
export { RescindStack, type RescindStackProps } from './rescind-stack.ts';
export { ScheduledRotation } from './scheduled-rotation.ts';
export { readSettings } from './settings.ts';
export { Simulation } from './simulation.ts';
export { StepFunction, type StepFunctionProps } from './step-function.ts';
export { type DeclaredStep, Steps } from './steps.ts';
export { Storage } from './storage.ts';
export { NoticeTopic } from './topic.ts';
export { Watch, type WatchProps } from './watch.ts';
