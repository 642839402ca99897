import { describe, expect, it } from 'vitest';
import { cedarDecide } from '#adapters/cedar';
import type { Question } from '#core/ports';
import { policiesOf, policyText } from '../case-run.ts';

const question: Question = {
  step: 'contain',
  action: 'deny-user-sessions',
  identity: {
    key: 'user/111122223333/alice',
    kind: 'iam-user',
    protected: false,
    decoy: false,
    own: false,
    managed: true,
    accountMatches: true,
    uniqueId: 'matches',
    credentialBelongs: true,
    madeBy: 'account',
    sweepable: false,
  },
  context: {
    mode: 'enforce',
    signal: 'immediate',
    simulated: false,
    contained: false,
    takenBack: false,
    brake: 'none',
  },
};
const policy = (id: string, body: string) => `\n@id("${id}")\n${body}`;

describe('policy by Cedar', () => {
  it('answers auto where a policy permits at once, and names it', () => {
    expect(cedarDecide(policiesOf())(question)).toMatchObject({
      answer: 'auto',
      policies: [{ id: 'contain-immediate-findings-at-once' }],
    });
  });

  it('answers approval where only a person could', () => {
    const blocking = { ...question, context: { ...question.context, signal: 'blocking' } };
    expect(cedarDecide(policiesOf())(blocking)).toMatchObject({
      answer: 'approval',
      policies: [{ id: 'a-person-may-approve' }],
    });
  });

  it('answers forbidden where no approval helps', () => {
    const own = { ...question, identity: { ...question.identity, own: true } };
    expect(cedarDecide(policiesOf())(own)).toMatchObject({
      answer: 'forbidden',
      policies: [{ id: 'the-pipeline-never-touches-itself' }],
    });
  });

  it('asks rather than acts where a policy cannot be evaluated, although others permit', () => {
    const fails = policy(
      'too-large',
      'forbid (principal, action, resource is Identity) when { 9223372036854775807 + 1 == 0 };',
    );
    expect(cedarDecide(policiesOf(policyText + fails))(question)).toMatchObject({
      answer: 'approval',
      policies: [],
      reason: expect.stringContaining('policy could not decide: too-large'),
    });
  });

  it.each([
    ['are not Cedar', 'permit everything'],
    ['use a word that the schema does not know', policy('a', 'permit (principal, action, resource is Role);')],
    ['name no id', 'permit (principal, action, resource is Identity);'],
    ['name an id twice', policy('a', 'permit (principal, action, resource is Identity);').repeat(2)],
  ])('asks rather than acts where the policies %s', (_, text) => {
    expect(cedarDecide(policiesOf(text))(question)).toMatchObject({
      answer: 'approval',
      reason: expect.stringContaining('the policies cannot be read'),
    });
  });

  it('asks where the question does not fit the schema', () => {
    expect(cedarDecide(policiesOf())({ ...question, action: 'delete-everything' })).toMatchObject({
      answer: 'approval',
      reason: expect.stringContaining('policy could not decide'),
    });
  });

  it('keeps two sets of policies apart', () => {
    const first = cedarDecide(policiesOf());
    const nothing = policy('nothing', 'forbid (principal, action, resource is Identity);');
    const second = cedarDecide(policiesOf(nothing));
    expect([first(question).answer, second(question).answer]).toEqual(['auto', 'forbidden']);
  });
});
