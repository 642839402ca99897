import type { Handle, Input } from './fake-aws.ts';

/** What a simulator weighs: all of its context, none of it, or the date without the name of the session. */
export type Weighs = 'everything' | 'nothing' | 'date only';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Condition?: Record<string, Record<string, string>>;
}
interface Entry {
  ContextKeyName: string;
  ContextKeyValues: string[];
}

/** Policy simulation as the IAM API reference describes it, over the resource `*`. */
export function fakeSimulator(policiesOf: (arn: string) => Iterable<string>) {
  const simulator: { weighs: Weighs } = { weighs: 'everything' };

  const holds = ({ Condition = {} }: Statement, entries: Entry[]): boolean =>
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => {
        if (simulator.weighs === 'nothing') return false;
        if (key === 'aws:userid' && simulator.weighs === 'date only') return true;
        const given = entries.find(({ ContextKeyName }) => ContextKeyName === key)?.ContextKeyValues[0];
        if (given === undefined) return false;
        return operator === 'DateLessThan' ? Date.parse(given) < Date.parse(wanted) : given === wanted;
      }),
    );
  const covers = ({ Action }: Statement, name: string) =>
    [Action].flat().some((pattern) => pattern === '*' || pattern.toLowerCase() === name.toLowerCase());

  const decide = (documents: Iterable<string>, { ActionNames, ContextEntries }: Input) => {
    const statements = [...documents].flatMap((text) => (JSON.parse(text) as { Statement: Statement[] }).Statement);
    const EvaluationResults = (ActionNames as string[]).map((EvalActionName) => {
      const fitting = statements.filter(
        (each) => covers(each, EvalActionName) && holds(each, (ContextEntries as Entry[] | undefined) ?? []),
      );
      const denied = fitting.some(({ Effect }) => Effect === 'Deny');
      const EvalDecision = denied ? 'explicitDeny' : fitting.length > 0 ? 'allowed' : 'implicitDeny';
      return { EvalActionName, EvalResourceName: '*', EvalDecision };
    });
    return { EvaluationResults, IsTruncated: false };
  };

  const handles = {
    'iam:SimulateCustomPolicy': (input) => decide(input.PolicyInputList as string[], input),
    'iam:SimulatePrincipalPolicy': (input) => decide(policiesOf(String(input.PolicySourceArn)), input),
  } satisfies Record<string, Handle>;
  return { simulator, handles };
}
